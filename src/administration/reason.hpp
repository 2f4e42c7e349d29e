#pragma once

#include <functional>

#include "rolecall/administration/explanation.hpp"

// The words of an explanation, which are the same for now and for any past instant.

namespace rolecall::administration {

/// What proves one grant, with the names of that time.
struct ReasonFacts {
  access::Grant grant;
  std::string role;
  std::string group;
  std::string connection;
  std::string made_by;
  std::string approved_by;  ///< of the link; empty: by nobody
  Instant made{};           ///< of the link
  Instant since{};
  std::string places;           ///< cause asserted
  std::string default_because;  ///< cause default
};
[[nodiscard]] GrantReason reason_of(const ReasonFacts& facts);
[[nodiscard]] std::string default_because(bool is_sent, const std::string& connection);

/// Sorts the reasons and says the sentence.
void conclude(Explanation& explanation);

/// Adds who else has the role by the same cause at that instant; `name_of` gives the name that a user had.
using NameOf = std::function<Result<std::string>(const ResourceId&)>;
[[nodiscard]] Result<void> add_others(store::Workspace& workspace, const ResourceId& user, const access::Grant& grant,
                                      Instant at, const NameOf& name_of, GrantReason& reason);

}  // namespace rolecall::administration
