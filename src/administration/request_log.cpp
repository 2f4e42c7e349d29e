#include "rolecall/administration/request_log.hpp"

#include <algorithm>
#include <iterator>

#include "scope.hpp"

namespace rolecall::administration {

Result<RequestPage> list_requests(const Environment& environment, const RequestReach& reach,
                                  const store::RequestLogFilter& filter, std::int64_t limit) {
  const std::int64_t wanted = page_limit(limit);
  return store::read(environment.store, [&](store::UnitOfWork& unit) -> Result<RequestPage> {
    RequestPage page;
    ROLECALL_TRY_ASSIGN(page.requests, unit.workspace(reach.workspace).request_log().page(filter, wanted + 1));
    if (reach.unattributed && (!filter.connection || filter.connection->empty())) {
      ROLECALL_TRY_ASSIGN(auto others, unit.workspace(WorkspaceId()).request_log().page(filter, wanted + 1));
      std::move(others.begin(), others.end(), std::back_inserter(page.requests));
      std::sort(page.requests.begin(), page.requests.end(),
                [](const auto& one, const auto& other) { return one.id > other.id; });
    }
    const auto count = static_cast<std::size_t>(wanted);
    if (page.requests.size() <= count) return page;
    page.requests.resize(count);
    page.next = page.requests.back().id;
    return page;
  });
}

Result<store::LoggedRequest> get_request(const Environment& environment, const RequestReach& reach,
                                         const RequestId& id) {
  return store::read(environment.store, [&](store::UnitOfWork& unit) -> Result<store::LoggedRequest> {
    ROLECALL_TRY_ASSIGN(auto found, unit.workspace(reach.workspace).request_log().find(id));
    if (!found && reach.unattributed) {
      ROLECALL_TRY_ASSIGN(found, unit.workspace(WorkspaceId()).request_log().find(id));
    }
    if (found) return std::move(*found);
    return fail_with_next(ErrorCode::not_found, "There is no record of the request “" + id.value() + "”.",
                          "Records are kept as long as the settings under request_log say.");
  });
}

}  // namespace rolecall::administration
