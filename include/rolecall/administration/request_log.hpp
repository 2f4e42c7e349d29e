#pragma once

#include <vector>

#include "rolecall/administration/environment.hpp"

namespace rolecall::administration {

/// Whose requests somebody may see: those of a workspace, and maybe those that belong to none because their token was
/// not good.
struct RequestReach {
  WorkspaceId workspace;
  bool unattributed = false;
};
struct RequestPage {
  std::vector<store::LoggedRequest> requests;  ///< the newest first, without bodies
  RequestId next;                              ///< empty on the last page
};
[[nodiscard]] Result<RequestPage> list_requests(const Environment& environment, const RequestReach& reach,
                                                const store::RequestLogFilter& filter, std::int64_t limit);
[[nodiscard]] Result<store::LoggedRequest> get_request(const Environment& environment, const RequestReach& reach,
                                                       const RequestId& id);

}  // namespace rolecall::administration
