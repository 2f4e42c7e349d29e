#include "enum_text.hpp"
#include "workspace.hpp"

namespace rolecall::adapter::soci {
namespace {

using store::HeldState;

constexpr EnumText<HeldState, 4> kStates{{{{HeldState::held, "held"},
                                           {HeldState::applied, "applied"},
                                           {HeldState::rejected, "rejected"},
                                           {HeldState::withdrawn, "withdrawn"}}}};

#define ROLECALL_HELD                                                                                          \
  "SELECT id, connection, wave, digest, action, type, resource, name, effect, costs, users, asked_by, since, " \
  "last_asked, asked, due, state, note, decided_by, decided FROM held_changes WHERE workspace = ? "
constexpr const char* kKinds = "ttttttttttntnnnntttn";
// What is not asked for is bound so that all rows pass.
#define ROLECALL_FILTER \
  "AND (? = '' OR state = ?) AND (? = '' OR connection = ?) AND (? = '' OR wave = ?) AND (? = '' OR type = ?) "

constexpr Sql kAny{"held_changes.any", "SELECT 1 FROM held_changes WHERE workspace = ? LIMIT 1", "n"};
constexpr Sql kInsert{"held_changes.insert",
                      "INSERT INTO held_changes (workspace, id, connection, wave, digest, action, type, resource, "
                      "name, effect, costs, users, asked_by, since, last_asked, asked, due, state, note, decided_by, "
                      "decided) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"};
constexpr Sql kUpdate{"held_changes.update",
                      "UPDATE held_changes SET effect = ?, costs = ?, users = ?, asked_by = ?, since = ?, "
                      "last_asked = ?, asked = ?, due = ?, state = ?, note = ?, decided_by = ?, decided = ? "
                      "WHERE workspace = ? AND id = ?"};
constexpr Sql kFind{"held_changes.find", ROLECALL_HELD "AND id = ?", kKinds};
constexpr Sql kFindByDigest{"held_changes.find_by_digest",
                            ROLECALL_HELD "AND connection = ? AND digest = ? ORDER BY id DESC LIMIT 1", kKinds};
constexpr Sql kList{"held_changes.list", ROLECALL_HELD ROLECALL_FILTER "AND id > ? ORDER BY id LIMIT ?", kKinds};
constexpr Sql kListOf{"held_changes.list_of",
                      ROLECALL_HELD "AND resource = ? " ROLECALL_FILTER "AND id > ? ORDER BY id LIMIT ?", kKinds};
constexpr Sql kListHeld{"held_changes.list_held",
                        ROLECALL_HELD
                        "AND state = 'held' AND (? = '' OR connection = ?) AND (? = '' OR wave = ?) "
                        "AND (? = '' OR type = ?) AND id > ? ORDER BY id LIMIT ?",
                        kKinds};
constexpr Sql kCount{
    "held_changes.count",
    "SELECT COUNT(*) FROM held_changes WHERE workspace = ? " ROLECALL_FILTER "AND (? = '' OR resource = ?)", "n"};
constexpr Sql kCountHeld{"held_changes.count_held",
                         "SELECT COUNT(*) FROM held_changes WHERE workspace = ? AND state = 'held' "
                         "AND (? = '' OR connection = ?) AND (? = '' OR wave = ?) AND (? = '' OR type = ?) "
                         "AND (? = '' OR resource = ?)",
                         "n"};
constexpr Sql kDue{"held_changes.due", ROLECALL_HELD "AND state = 'held' AND due <= ? ORDER BY due, id LIMIT ?",
                   kKinds};

constexpr Sql kForgetOld{"held_changes.forget_old",
                         "DELETE FROM held_changes WHERE workspace = ? AND state <> 'held' AND decided < ?"};
constexpr Sql kForgetMany{"held_changes.forget_many",
                          "DELETE FROM held_changes WHERE workspace = ? AND state <> 'held' AND decided <= "
                          "(SELECT decided FROM held_changes WHERE workspace = ? AND state <> 'held' "
                          "ORDER BY decided DESC LIMIT 1 OFFSET ?)"};

store::HeldChangeRecord change_of(Row& row) {
  store::HeldChangeRecord change;
  change.id = row.id<HeldChangeId>(0);
  change.connection = row.id<ConnectionId>(1);
  change.wave = row.id<WaveId>(2);
  change.digest = row.text(3);
  change.action = row.text(4);
  change.type = row.text(5);
  change.resource = row.id<ResourceId>(6);
  change.name = row.text(7);
  change.effect = row.text(8);
  change.costs = row.text(9);
  change.users = row.number(10);
  change.asked_by = row.text(11);
  change.since = row.instant(12);
  change.last_asked = row.instant(13);
  change.asked = row.number(14);
  change.due = row.optional_instant(15);
  change.state = kStates.value(row.view(16));
  change.note = row.text(17);
  change.decided_by = row.text(18);
  change.decided = row.optional_instant(19);
  return change;
}

}  // namespace

Result<void> HeldChangeRepository::insert(const store::HeldChangeRecord& change) {
  ROLECALL_TRY(scope_.session.execute(
      kInsert,
      {scope_.workspace, change.id,         change.connection, change.wave,   change.digest, change.action,
       change.type,      change.resource,   change.name,       change.effect, change.costs,  change.users,
       change.asked_by,  change.since,      change.last_asked, change.asked,  change.due,    kStates.text(change.state),
       change.note,      change.decided_by, change.decided}));
  return {};
}

Result<void> HeldChangeRepository::update(const store::HeldChangeRecord& change) {
  ROLECALL_TRY(
      scope_.session.execute(kUpdate, {change.effect, change.costs, change.users, change.asked_by, change.since,
                                       change.last_asked, change.asked, change.due, kStates.text(change.state),
                                       change.note, change.decided_by, change.decided, scope_.workspace, change.id}));
  return {};
}

Result<std::optional<store::HeldChangeRecord>> HeldChangeRepository::find(const HeldChangeId& id) {
  std::optional<store::HeldChangeRecord> found;
  ROLECALL_TRY(scope_.session.select(kFind, {scope_.workspace, id}, [&](Row& row) { found = change_of(row); }));
  return found;
}

Result<std::optional<store::HeldChangeRecord>> HeldChangeRepository::find_by_digest(const ConnectionId& connection,
                                                                                    const std::string& digest) {
  std::optional<store::HeldChangeRecord> found;
  ROLECALL_TRY(scope_.session.select(kFindByDigest, {scope_.workspace, connection, digest},
                                     [&](Row& row) { found = change_of(row); }));
  return found;
}

Result<std::vector<store::HeldChangeRecord>> HeldChangeRepository::list(const store::HeldFilter& filter,
                                                                        std::int64_t limit) {
  std::vector<store::HeldChangeRecord> found;
  const auto take = [&](Row& row) { found.push_back(change_of(row)); };
  const std::string state = filter.state ? kStates.text(*filter.state) : "";
  if (!filter.resource.empty()) {
    ROLECALL_TRY_ASSIGN(const bool are_none, scope_.session.finds_none(kAny, {scope_.workspace}));
    if (are_none) return found;
    ROLECALL_TRY(
        scope_.session.select(kListOf,
                              {scope_.workspace, filter.resource, state, state, filter.connection, filter.connection,
                               filter.wave, filter.wave, filter.type, filter.type, filter.after, limit},
                              take));
  } else if (filter.state == HeldState::held) {
    ROLECALL_TRY(scope_.session.select(kListHeld,
                                       {scope_.workspace, filter.connection, filter.connection, filter.wave,
                                        filter.wave, filter.type, filter.type, filter.after, limit},
                                       take));
  } else {
    ROLECALL_TRY(scope_.session.select(kList,
                                       {scope_.workspace, state, state, filter.connection, filter.connection,
                                        filter.wave, filter.wave, filter.type, filter.type, filter.after, limit},
                                       take));
  }
  return found;
}

Result<std::int64_t> HeldChangeRepository::count(const store::HeldFilter& filter) {
  const std::string state = filter.state ? kStates.text(*filter.state) : "";
  std::int64_t found = 0;
  if (filter.state == HeldState::held) {
    ROLECALL_TRY(scope_.session.select(kCountHeld,
                                       {scope_.workspace, filter.connection, filter.connection, filter.wave,
                                        filter.wave, filter.type, filter.type, filter.resource, filter.resource},
                                       [&](Row& row) { found = row.number(0); }));
    return found;
  }
  ROLECALL_TRY(scope_.session.select(kCount,
                                     {scope_.workspace, state, state, filter.connection, filter.connection, filter.wave,
                                      filter.wave, filter.type, filter.type, filter.resource, filter.resource},
                                     [&](Row& row) { found = row.number(0); }));
  return found;
}

Result<std::vector<store::HeldChangeRecord>> HeldChangeRepository::due(Instant now, std::int64_t limit) {
  std::vector<store::HeldChangeRecord> found;
  ROLECALL_TRY(
      scope_.session.select(kDue, {scope_.workspace, now, limit}, [&](Row& row) { found.push_back(change_of(row)); }));
  return found;
}

Result<void> HeldChangeRepository::forget_decided(std::int64_t keep, Instant oldest) {
  ROLECALL_TRY(scope_.session.execute(kForgetOld, {scope_.workspace, oldest}));
  ROLECALL_TRY(scope_.session.execute(kForgetMany, {scope_.workspace, scope_.workspace, keep}));
  return {};
}

}  // namespace rolecall::adapter::soci
