#pragma once

#include "rolecall/administration/environment.hpp"

namespace rolecall::administration {

inline constexpr const char* kDefaultWorkspaceName = "default";
inline constexpr const char* kDefaultConnectionName = "okta";

struct Bootstrapped {
  store::WorkspaceRecord workspace;
  bool is_new = false;  ///< this was the first start
};

/// Makes what a first start needs: workspace `default`, the shipped roles, and the connection `okta` with every
/// linkable role listed as a Group. Run at every start: later ones add shipped roles that are missing from any
/// workspace, give protected ones what the catalogue has since, and never reset what an admin edited. Idempotent.
[[nodiscard]] Result<Bootstrapped> bootstrap(const Environment& environment, const Actor& actor);

}  // namespace rolecall::administration
