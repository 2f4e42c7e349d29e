#include "rolecall/administration/timeline.hpp"

#include "lookup.hpp"
#include "scope.hpp"
#include "timeline_text.hpp"

namespace rolecall::administration {
namespace {

std::string subject_of(const ResourceId& user) { return "User/" + user.value(); }

/// Somebody who was deleted is known by id alone: the name may be another's by now.
Result<ResourceId> find_subject(store::Workspace& workspace, const TextFolder& folder, const std::string& name) {
  auto present = find_user(workspace, folder, name);
  if (present) return present->id;
  if (present.error().code != ErrorCode::not_found) return fail(std::move(present).error());
  const ResourceId id(name);
  constexpr auto kNewest = std::numeric_limits<std::int64_t>::max();
  ROLECALL_TRY_ASSIGN(const auto rows, workspace.audit().about(subject_of(id), kNewest, 1));
  if (!rows.empty()) return id;
  return fail(std::move(present).error());
}

/// What a request did is audited before it is answered, and the request is recorded after that.
bool is_newer(const store::AuditRecord& row, const store::LoggedRequest& request) { return row.at >= request.at; }

}  // namespace

const char* name_of(TimelineEntry::Kind kind) {
  switch (kind) {
    case TimelineEntry::Kind::change:
      return "change";
    case TimelineEntry::Kind::membership:
      return "membership";
    case TimelineEntry::Kind::role:
      return "role";
    case TimelineEntry::Kind::access:
      return "access";
    case TimelineEntry::Kind::token:
      return "token";
    case TimelineEntry::Kind::request:
      return "request";
  }
  return "";
}

Result<ResourceId> timeline_user(const Environment& environment, const WorkspaceId& workspace_id,
                                 const std::string& user) {
  return in_view(environment, workspace_id,
                 [&](store::Workspace& workspace) { return find_subject(workspace, environment.folder, user); });
}

Result<Timeline> timeline_of(const Environment& environment, const WorkspaceId& workspace_id, const std::string& user,
                             const TimelinePlace& from, std::int64_t limit) {
  return in_view(environment, workspace_id, [&](store::Workspace& workspace) -> Result<Timeline> {
    const std::int64_t wanted = page_limit(limit);
    Timeline timeline;
    ROLECALL_TRY_ASSIGN(timeline.user, find_subject(workspace, environment.folder, user));
    ROLECALL_TRY_ASSIGN(const auto rows,
                        workspace.audit().about(subject_of(timeline.user), from.before_seq, wanted + 1));
    ROLECALL_TRY_ASSIGN(const auto requests,
                        workspace.request_log().about(timeline.user, from.before_request, wanted + 1));
    TimelineTeller teller(workspace);
    timeline.next = from;
    std::size_t row = 0;
    std::size_t request = 0;
    while (timeline.entries.size() < static_cast<std::size_t>(wanted) &&
           (row < rows.size() || request < requests.size())) {
      const bool takes_row =
          request == requests.size() || (row < rows.size() && is_newer(rows[row], requests[request]));
      if (takes_row) {
        ROLECALL_TRY_ASSIGN(auto entry, teller.tell(rows[row]));
        timeline.entries.push_back(std::move(entry));
        timeline.next.before_seq = rows[row++].seq;
      } else {
        ROLECALL_TRY_ASSIGN(auto entry, teller.tell(requests[request]));
        timeline.entries.push_back(std::move(entry));
        timeline.next.before_request = requests[request++].id;
      }
    }
    timeline.has_more = row < rows.size() || request < requests.size();
    return timeline;
  });
}

}  // namespace rolecall::administration
