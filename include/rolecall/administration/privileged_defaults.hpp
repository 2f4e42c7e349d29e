#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rolecall/administration/environment.hpp"

namespace rolecall::administration {

/// The second key to a default role that may do more than the lowest shipped one: the operator says in
/// `access.privileged_defaults`, which no request can change, which connection may have which. Immutable.
class PrivilegedDefaults {
 public:
  /// "okta=HR Admin, entra=IT Admin"; a connection by name, in every workspace, or by id. `invalid_value` names the
  /// piece that is none.
  [[nodiscard]] static Result<PrivilegedDefaults> parse(std::string_view text);
  [[nodiscard]] bool confirms(const store::ConnectionRecord& connection, const access::Role& role,
                              const TextFolder& folder) const;

 private:
  std::vector<std::pair<std::string, std::string>> confirmed_;  ///< connection, role
};

/// `forbidden` when the default role of a connection may do more than the lowest shipped role and is not confirmed:
/// then a server does not start.
[[nodiscard]] Result<void> check_default_roles(const Environment& environment);

}  // namespace rolecall::administration
