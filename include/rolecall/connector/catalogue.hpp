#pragma once

#include <span>
#include <string_view>

// What can be done in a directory, as data: pages, pickers, the API and its documentation read this and nothing else.

namespace rolecall::connector {

enum class Repeat {
  natural,      ///< twice is as good as once: repeated until it is known to have worked
  conditional,  ///< read first, then done only where it is needed
  once,         ///< somebody would notice a second time: one attempt, and if its end is unknown, that is said
};
[[nodiscard]] const char* name_of(Repeat repeat);

struct Parameter {
  enum class Type { boolean, text };
  std::string_view name;
  Type type = Type::boolean;
  bool is_required = false;
  std::string_view description;
};

struct ActionType {
  std::string_view name;  ///< "suspend"
  std::string_view title;
  Repeat repeat = Repeat::conditional;
  std::string_view scope;                     ///< that the provider asks for
  std::span<const std::string_view> targets;  ///< kinds, in the order in which an action names them: user, group
  std::string_view undone_by;                 ///< another action's name; empty: nothing brings it back
  bool is_destructive = false;                ///< asks for confirmation
  std::span<const Parameter> parameters;
  bool ends_later = false;  ///< a success says that it has begun: the person is read until it has ended
  bool is_told = false;     ///< a read of the person afterwards says whether it happened
  bool removes = false;     ///< afterwards there is nobody to read
};

struct Scope {
  std::string_view name;
  std::string_view description;
  bool is_mandatory = false;
  bool is_default = false;  ///< asked for where nobody says which
};

/// How a connection proves who it is.
struct CredentialShape {
  std::string_view name;  ///< "client_secret"
  std::string_view title;
  bool has_client_id = false;
  bool has_scopes = false;     ///< whether it asks for some; otherwise it has what its owner has
  bool is_key = false;         ///< a private key in PEM, and so of several lines
  bool needs_consent = false;  ///< of an administrator of the provider, in a browser, before there is any access
};

}  // namespace rolecall::connector
