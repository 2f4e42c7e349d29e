#include "rolecall/administration/timeline.hpp"

#include <algorithm>
#include <iterator>

#include "action_rows.hpp"
#include "lookup.hpp"
#include "people_lookup.hpp"
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

/// Rows about a person and about a user, newest first; either may be nobody.
Result<std::vector<store::AuditRecord>> rows_about(store::Workspace& workspace, const std::string& person,
                                                   const ResourceId& user, std::int64_t before, std::int64_t limit) {
  std::vector<store::AuditRecord> rows;
  for (const std::string& subject : {person, user.empty() ? std::string() : subject_of(user)}) {
    if (subject.empty()) continue;
    ROLECALL_TRY_ASSIGN(auto some, workspace.audit().about(subject, before, limit));
    rows.insert(rows.end(), std::make_move_iterator(some.begin()), std::make_move_iterator(some.end()));
  }
  std::sort(rows.begin(), rows.end(), [](const auto& one, const auto& other) { return one.seq > other.seq; });
  if (rows.size() > static_cast<std::size_t>(limit)) rows.resize(static_cast<std::size_t>(limit));
  return rows;
}

Result<Timeline> merge(store::Workspace& workspace, const std::string& person, ResourceId user,
                       const TimelinePlace& from, std::int64_t wanted) {
  Timeline timeline;
  timeline.user = std::move(user);
  ROLECALL_TRY_ASSIGN(const auto rows, rows_about(workspace, person, timeline.user, from.before_seq, wanted + 1));
  std::vector<store::LoggedRequest> requests;
  if (!timeline.user.empty()) {
    ROLECALL_TRY_ASSIGN(requests, workspace.request_log().about(timeline.user, from.before_request, wanted + 1));
  }
  TimelineTeller teller(workspace);
  timeline.next = from;
  std::size_t row = 0;
  std::size_t request = 0;
  while (timeline.entries.size() < static_cast<std::size_t>(wanted) &&
         (row < rows.size() || request < requests.size())) {
    const bool takes_row = request == requests.size() || (row < rows.size() && is_newer(rows[row], requests[request]));
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
}

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
    case TimelineEntry::Kind::action:
      return "action";
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
    ROLECALL_TRY_ASSIGN(auto id, find_subject(workspace, environment.folder, user));
    return merge(workspace, {}, std::move(id), from, page_limit(limit));
  });
}

Result<Timeline> person_timeline(const Environment& environment, const WorkspaceId& workspace_id,
                                 const std::string& name, const TimelinePlace& from, std::int64_t limit) {
  return in_view(environment, workspace_id, [&](store::Workspace& workspace) -> Result<Timeline> {
    ROLECALL_TRY_ASSIGN(const auto people, people_named(environment, workspace, name));
    if (people.size() > 1) return several_people(name);
    if (people.empty()) return fail(ErrorCode::not_found, "There is no person “" + name + "” in a directory.");
    const auto& person = people.front();
    ResourceId user;
    for (const std::string& known : {person.login, person.email}) {
      if (known.empty() || !user.empty()) continue;
      ROLECALL_TRY_ASSIGN(const auto found, workspace.resources().find_by_key("User", environment.folder.fold(known)));
      // Two connections may each have one of that name, and nobody says which is meant.
      if (found.size() == 1) user = found.front().id;
    }
    return merge(workspace, person_target(person.directory, person.id), std::move(user), from, page_limit(limit));
  });
}

}  // namespace rolecall::administration
