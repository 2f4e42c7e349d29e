#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "rolecall/administration/environment.hpp"

namespace rolecall::administration {

/// What happened to or around somebody: an entry of the audit, or a SCIM request for the user.
struct TimelineEntry {
  enum class Kind { change, membership, role, access, token, action, request };
  Instant at{};
  Kind kind = Kind::change;
  std::string sentence;       ///< in words, with the names of that time
  std::string action;         ///< of the audit, or method and path of the request
  std::string actor;          ///< who did it, by name
  RequestId request;          ///< in which it happened; empty when in none
  std::int64_t sequence = 0;  ///< in the audit; 0 for a request
  std::int64_t status = 0;    ///< of a request; 0 for an entry of the audit
};
[[nodiscard]] const char* name_of(TimelineEntry::Kind kind);

/// Where a page begins: behind the last entry of the one before.
struct TimelinePlace {
  std::int64_t before_seq = std::numeric_limits<std::int64_t>::max();
  RequestId before_request = RequestId("~");  ///< above every id, which are digits, letters and hyphens
};
struct Timeline {
  ResourceId user;
  std::vector<TimelineEntry> entries;  ///< newest first
  bool has_more = false;
  TimelinePlace next;
};
/// By userName or id; by id also of somebody who is no longer there.
[[nodiscard]] Result<Timeline> timeline_of(const Environment& environment, const WorkspaceId& workspace,
                                           const std::string& user, const TimelinePlace& from, std::int64_t limit);
/// Of somebody in a directory, by login, work email or the provider's id: what was asked for and done there, and what
/// happened to the user of the same userName, should there be one. `user` is then theirs.
[[nodiscard]] Result<Timeline> person_timeline(const Environment& environment, const WorkspaceId& workspace,
                                               const std::string& person, const TimelinePlace& from,
                                               std::int64_t limit);
/// Whose timeline that is; for what a page's place is bound to.
[[nodiscard]] Result<ResourceId> timeline_user(const Environment& environment, const WorkspaceId& workspace,
                                               const std::string& user);

}  // namespace rolecall::administration
