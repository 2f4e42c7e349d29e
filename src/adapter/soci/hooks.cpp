#include "enum_text.hpp"
#include "workspace.hpp"

namespace rolecall::adapter::soci {
namespace {

using store::HookRecord;
using store::HookState;

constexpr EnumText<HookState, 4> kStates{{{{HookState::by_hand, "by_hand"},
                                           {HookState::making, "making"},
                                           {HookState::verified, "verified"},
                                           {HookState::removing, "removing"}}}};

#define ROLECALL_HOOK                                                                                            \
  "SELECT directory, url, secret, state, vendor_id, reason, vendor_request, failures, due, verified, received, " \
  "made_by, created"
constexpr Sql kInsert{"directory_hooks.insert",
                      "INSERT INTO directory_hooks (workspace, directory, url, secret, state, vendor_id, reason, "
                      "vendor_request, failures, due, verified, received, made_by, created, lease, leased_until) "
                      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', 0)"};
constexpr Sql kFind{"directory_hooks.find", ROLECALL_HOOK " FROM directory_hooks WHERE workspace = ? AND directory = ?",
                    "tttttttnnnntn"};
constexpr Sql kList{"directory_hooks.list",
                    ROLECALL_HOOK " FROM directory_hooks WHERE workspace = ? ORDER BY directory", "tttttttnnnntn"};
constexpr Sql kFindAnywhere{"directory_hooks.find_anywhere",
                            ROLECALL_HOOK ", workspace FROM directory_hooks WHERE directory = ?", "tttttttnnnntnt"};
constexpr Sql kUpdate{"directory_hooks.update",
                      "UPDATE directory_hooks SET url = ?, secret = ?, state = ?, vendor_id = ?, reason = ?, "
                      "vendor_request = ?, failures = ?, due = ?, verified = ? WHERE workspace = ? AND directory = ?"};
constexpr Sql kReceived{"directory_hooks.received",
                        "UPDATE directory_hooks SET received = ? WHERE workspace = ? AND directory = ?"};
constexpr Sql kRemove{"directory_hooks.remove", "DELETE FROM directory_hooks WHERE workspace = ? AND directory = ?"};
constexpr Sql kLease{"directory_hooks.lease",
                     "UPDATE directory_hooks SET lease = ?, leased_until = ? WHERE workspace = ? AND directory = ? AND "
                     "state IN ('making', 'removing') AND due <= ? AND leased_until <= ?"};
constexpr Sql kRelease{
    "directory_hooks.release",
    "UPDATE directory_hooks SET lease = '', leased_until = 0 WHERE workspace = ? AND directory = ? AND lease = ?"};
constexpr Sql kDue{
    "directory_hooks.due",
    "SELECT workspace, directory FROM directory_hooks WHERE state IN ('making', 'removing') AND due <= ? AND "
    "leased_until <= ? AND EXISTS (SELECT 1 FROM directories WHERE directories.workspace = directory_hooks.workspace "
    "AND directories.id = directory_hooks.directory AND directories.is_paused = 0) ORDER BY due, directory LIMIT ?",
    "tt"};

HookRecord hook_of(Row& row) {
  HookRecord hook;
  hook.directory = row.id<DirectoryId>(0);
  hook.url = row.text(1);
  hook.secret = row.text(2);
  hook.state = kStates.value(row.view(3));
  hook.vendor_id = row.text(4);
  hook.reason = row.text(5);
  hook.vendor_request = row.text(6);
  hook.failures = row.number(7);
  hook.due = row.instant(8);
  hook.verified = row.optional_instant(9);
  hook.received = row.optional_instant(10);
  hook.made_by = row.text(11);
  hook.created = row.instant(12);
  return hook;
}

}  // namespace

Result<std::optional<store::FoundHook>> HookRepository::find_anywhere(Session& session, const DirectoryId& directory) {
  std::optional<store::FoundHook> found;
  ROLECALL_TRY(session.select(kFindAnywhere, {directory}, [&](Row& row) {
    found = store::FoundHook{row.id<WorkspaceId>(13), hook_of(row)};
  }));
  return found;
}

Result<std::vector<store::DueDirectory>> HookRepository::due(Session& session, Instant now, std::int64_t limit) {
  std::vector<store::DueDirectory> found;
  ROLECALL_TRY(session.select(kDue, {now, now, limit}, [&](Row& row) {
    found.push_back({row.id<WorkspaceId>(0), row.id<DirectoryId>(1)});
  }));
  return found;
}

Result<void> HookRepository::insert(const HookRecord& hook) {
  ROLECALL_TRY(scope_.session.execute(
      kInsert,
      {scope_.workspace, hook.directory, hook.url, hook.secret, kStates.text(hook.state), hook.vendor_id, hook.reason,
       hook.vendor_request, hook.failures, hook.due, hook.verified, hook.received, hook.made_by, hook.created}));
  return {};
}

Result<std::optional<HookRecord>> HookRepository::find(const DirectoryId& directory) {
  std::optional<HookRecord> found;
  ROLECALL_TRY(scope_.session.select(kFind, {scope_.workspace, directory}, [&](Row& row) { found = hook_of(row); }));
  return found;
}

Result<std::vector<HookRecord>> HookRepository::list() {
  std::vector<HookRecord> found;
  ROLECALL_TRY(scope_.session.select(kList, {scope_.workspace}, [&](Row& row) { found.push_back(hook_of(row)); }));
  return found;
}

Result<bool> HookRepository::update(const HookRecord& hook) {
  ROLECALL_TRY_ASSIGN(const auto changed,
                      scope_.session.execute(kUpdate, {hook.url, hook.secret, kStates.text(hook.state), hook.vendor_id,
                                                       hook.reason, hook.vendor_request, hook.failures, hook.due,
                                                       hook.verified, scope_.workspace, hook.directory}));
  return changed > 0;
}

Result<void> HookRepository::note_received(const DirectoryId& directory, Instant at) {
  ROLECALL_TRY(scope_.session.execute(kReceived, {at, scope_.workspace, directory}));
  return {};
}

Result<bool> HookRepository::remove(const DirectoryId& directory) {
  ROLECALL_TRY_ASSIGN(const auto removed, scope_.session.execute(kRemove, {scope_.workspace, directory}));
  return removed > 0;
}

Result<bool> HookRepository::lease(const DirectoryId& directory, const std::string& lease, Instant now, Instant until) {
  ROLECALL_TRY_ASSIGN(const auto taken,
                      scope_.session.execute(kLease, {lease, until, scope_.workspace, directory, now, now}));
  return taken > 0;
}

Result<bool> HookRepository::release(const DirectoryId& directory, const std::string& lease) {
  ROLECALL_TRY_ASSIGN(const auto released, scope_.session.execute(kRelease, {scope_.workspace, directory, lease}));
  return released > 0;
}

}  // namespace rolecall::adapter::soci
