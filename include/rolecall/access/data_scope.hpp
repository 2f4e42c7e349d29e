#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "rolecall/json/value.hpp"

namespace rolecall::access {

/// One fact of a question: an attribute of who asks, of what the question is about, of the action or of the context.
struct Term {
  enum class Source { subject, resource, action, context };
  Source source = Source::resource;
  std::string name;  ///< "ownerID", "emails.value"
  bool operator==(const Term&) const = default;
};

/// Holds when some value of `one_of` equals some value of `equals`, or some of `in`. A term without a value equals
/// nothing.
struct Condition {
  std::vector<Term> one_of;
  std::vector<Term> equals;  ///< of the subject
  std::vector<json::Value> in;
};

/// Which data a permission is about, where a role holds it as `requests.view@own` and not for all. Data, not code: it
/// stands in `schemas/permissions.json` or in the operator's file.
struct DataScope {
  std::string name;
  std::string description;
  std::vector<Condition> all;  ///< never empty
};

inline constexpr char kScopeSign = '@';

/// `requests.view@own` in its parts; an empty scope is all data.
struct HeldPermission {
  std::string_view name;
  std::string_view scope;
};
[[nodiscard]] HeldPermission split_permission(std::string_view held);

}  // namespace rolecall::access
