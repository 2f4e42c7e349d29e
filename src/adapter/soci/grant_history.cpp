#include "batch.hpp"
#include "causes.hpp"
#include "workspace.hpp"

namespace rolecall::adapter::soci {
namespace {

using store::NamedKind;

constexpr EnumText<NamedKind, 5> kNamedKinds{{{{NamedKind::user, "user"},
                                               {NamedKind::group, "group"},
                                               {NamedKind::role, "role"},
                                               {NamedKind::connection, "connection"},
                                               {NamedKind::approver, "approver"}}}};

#define ROLECALL_SPELLS                                                                                       \
  "SELECT user_id, role, cause, link, group_id, connection, made_by, made, since, detail, seq, gained, lost " \
  "FROM grant_history WHERE workspace = ? AND user_id "
#define ROLECALL_SPELL ROLECALL_SPELLS "= ? "
constexpr const char* kKinds = "tttttttnntnnn";

constexpr Sql kBegin{"grant_history.begin",
                     "INSERT INTO grant_history (workspace, user_id, role, cause, link, group_id, connection, made_by, "
                     "made, since, detail, seq, gained, lost) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"};
constexpr Sql kEnd{"grant_history.end",
                   "UPDATE grant_history SET lost = ? WHERE workspace = ? AND user_id = ? AND seq = ? AND gained = ? "
                   "AND role = ? AND cause = ? AND link = ? AND group_id = ?"};
constexpr Sql kForget{"grant_history.forget",
                      "DELETE FROM grant_history WHERE workspace = ? AND user_id = ? AND seq = ? AND gained = ? "
                      "AND role = ? AND cause = ? AND link = ? AND group_id = ?"};
constexpr ForOneOrMany kOpen{
    {"grant_history.open", ROLECALL_SPELL "AND lost IS NULL ORDER BY seq", kKinds},
    {"grant_history.open_of_all", ROLECALL_SPELLS "IN (" ROLECALL_32_VALUES ") AND lost IS NULL ORDER BY seq", kKinds}};
constexpr Sql kAt{
    "grant_history.at",
    ROLECALL_SPELL "AND gained <= ? AND (lost IS NULL OR lost > ?) ORDER BY seq, role, cause, link, group_id", kKinds};
// The index knows the rows and the table when they ended; asked for both at once, SQLite walks the whole table.
constexpr Sql kHolders{"grant_history.holders",
                       "SELECT DISTINCT h.user_id FROM grant_history i CROSS JOIN grant_history h "
                       "WHERE i.workspace = ? AND i.role = ? AND i.cause = ? AND i.link = ? AND i.gained <= ? "
                       "AND h.workspace = i.workspace AND h.user_id = i.user_id AND h.seq = i.seq "
                       "AND h.gained = i.gained AND h.role = i.role AND h.cause = i.cause AND h.link = i.link "
                       "AND h.group_id = i.group_id AND (h.lost IS NULL OR h.lost > ?) ORDER BY h.user_id LIMIT ?",
                       "t"};
constexpr Sql kNote{"name_history.note",
                    "INSERT INTO name_history (workspace, kind, id, at, name, name_key) VALUES (?, ?, ?, ?, ?, ?) "
                    "ON CONFLICT (workspace, kind, id, at) DO UPDATE SET name = excluded.name, "
                    "name_key = excluded.name_key"};
constexpr Sql kNameAt{"name_history.name",
                      "SELECT name FROM name_history WHERE workspace = ? AND kind = ? AND id = ? AND at <= ? "
                      "ORDER BY at DESC LIMIT 1",
                      "t"};
constexpr Sql kNamedAt{"name_history.named",
                       "SELECT id FROM name_history WHERE workspace = ? AND kind = ? AND name_key = ? AND at <= ? "
                       "ORDER BY at DESC LIMIT 1",
                       "t"};

constexpr Sql kHorizon{"grant_history.horizon", "SELECT at FROM history_horizons WHERE workspace = ?", "n"};
constexpr Sql kRaiseHorizon{"grant_history.raise_horizon",
                            "INSERT INTO history_horizons (workspace, at) VALUES (?, ?) ON CONFLICT (workspace) "
                            "DO UPDATE SET at = excluded.at WHERE excluded.at > history_horizons.at"};
constexpr Sql kEndBeyond{"grant_history.end_beyond",
                         "SELECT lost FROM grant_history WHERE workspace = ? AND lost IS NOT NULL "
                         "ORDER BY lost DESC LIMIT 1 OFFSET ?",
                         "n"};
constexpr Sql kForgetEnded{"grant_history.forget_ended",
                           "DELETE FROM grant_history WHERE workspace = ? AND lost IS NOT NULL AND lost <= "
                           "(SELECT MAX(o.lost) FROM (SELECT lost FROM grant_history WHERE workspace = ? "
                           "AND lost IS NOT NULL AND lost <= ? ORDER BY lost LIMIT ?) o)"};
constexpr Sql kNextNames{"name_history.next",
                         "SELECT id FROM name_history WHERE workspace = ? AND kind = ? AND id > ? ORDER BY id LIMIT ?",
                         "t"};
constexpr Sql kForgetReplaced{
    "name_history.forget_replaced",
    "DELETE FROM name_history WHERE workspace = ? AND kind = ? AND id > ? AND id <= ? AND at <= ? AND EXISTS "
    "(SELECT 1 FROM name_history n WHERE n.workspace = name_history.workspace AND n.kind = name_history.kind "
    "AND n.id = name_history.id AND n.at > name_history.at AND n.at <= ?)"};
/// After the other: then what was before is gone, and does not come back.
constexpr Sql kForgetGone{"name_history.forget_gone",
                          "DELETE FROM name_history WHERE workspace = ? AND kind = ? AND id > ? AND id <= ? "
                          "AND at <= ? AND name = ''"};

store::GrantSpell spell_of(Row& row) {
  store::GrantSpell spell;
  spell.user = row.id<ResourceId>(0);
  spell.grant.role = row.id<RoleId>(1);
  spell.grant.cause = kCauses.value(row.view(2));
  spell.grant.link = row.id<LinkId>(3);
  spell.grant.group = row.id<ResourceId>(4);
  spell.connection = row.id<ConnectionId>(5);
  spell.made_by = row.text(6);
  spell.made = row.instant(7);
  spell.since = row.instant(8);
  spell.detail = row.text(9);
  spell.seq = row.number(10);
  spell.gained = row.instant(11);
  spell.lost = row.optional_instant(12);
  return spell;
}

}  // namespace

Result<void> GrantHistoryRepository::begin(const store::GrantSpell& spell) {
  const access::Grant& grant = spell.grant;
  return scope_.session.execute_later(kBegin, {scope_.workspace, spell.user, grant.role, kCauses.text(grant.cause),
                                               grant.link, grant.group, spell.connection, spell.made_by, spell.made,
                                               spell.since, spell.detail, spell.seq, spell.gained, spell.lost});
}

Result<void> GrantHistoryRepository::end(const store::GrantSpell& spell, Instant at) {
  const access::Grant& grant = spell.grant;
  const char* cause = kCauses.text(grant.cause);
  if (spell.gained == at) {
    return scope_.session.execute_later(
        kForget, {scope_.workspace, spell.user, spell.seq, spell.gained, grant.role, cause, grant.link, grant.group});
  }
  return scope_.session.execute_later(
      kEnd, {at, scope_.workspace, spell.user, spell.seq, spell.gained, grant.role, cause, grant.link, grant.group});
}

Result<std::vector<store::GrantSpell>> GrantHistoryRepository::open_of(const ResourceId& user) {
  return open_of_all({user});
}

Result<std::vector<store::GrantSpell>> GrantHistoryRepository::open_of_all(const std::vector<ResourceId>& users) {
  std::vector<store::GrantSpell> found;
  ROLECALL_TRY(in_batches(kOpen, users, [&](const Sql& sql, const auto& append) {
    std::vector<Param> params{scope_.workspace};
    append(params);
    return scope_.session.select(sql, params, [&](Row& row) { found.push_back(spell_of(row)); });
  }));
  return found;
}

Result<std::vector<store::GrantSpell>> GrantHistoryRepository::spells_at(const ResourceId& user, Instant at) {
  std::vector<store::GrantSpell> found;
  ROLECALL_TRY(
      scope_.session.select(kAt, {scope_.workspace, user, at, at}, [&](Row& row) { found.push_back(spell_of(row)); }));
  return found;
}

Result<std::vector<ResourceId>> GrantHistoryRepository::holders_at(const access::Grant& grant, Instant at,
                                                                   std::int64_t limit) {
  std::vector<ResourceId> found;
  ROLECALL_TRY(scope_.session.select(
      kHolders, {scope_.workspace, grant.role, kCauses.text(grant.cause), grant.link, at, at, limit},
      [&](Row& row) { found.push_back(row.id<ResourceId>(0)); }));
  return found;
}

Result<void> GrantHistoryRepository::note_name(NamedKind kind, const std::string& id, const std::string& name,
                                               const std::string& key, Instant at) {
  return scope_.session.execute_later(kNote, {scope_.workspace, kNamedKinds.text(kind), id, at, name, key});
}

Result<std::optional<std::string>> GrantHistoryRepository::name_at(NamedKind kind, const std::string& id, Instant at) {
  std::string name;
  ROLECALL_TRY(scope_.session.select(kNameAt, {scope_.workspace, kNamedKinds.text(kind), id, at},
                                     [&](Row& row) { name = row.text(0); }));
  return name.empty() ? std::optional<std::string>() : std::optional(std::move(name));
}

Result<std::optional<std::string>> GrantHistoryRepository::named_at(NamedKind kind, const std::string& key,
                                                                    Instant at) {
  std::optional<std::string> found;
  ROLECALL_TRY(scope_.session.select(kNamedAt, {scope_.workspace, kNamedKinds.text(kind), key, at},
                                     [&](Row& row) { found = row.text(0); }));
  return found;
}

Result<std::optional<Instant>> GrantHistoryRepository::horizon() {
  std::optional<Instant> found;
  ROLECALL_TRY(scope_.session.select(kHorizon, {scope_.workspace}, [&](Row& row) { found = row.instant(0); }));
  return found;
}

Result<void> GrantHistoryRepository::raise_horizon(Instant at) {
  ROLECALL_TRY(scope_.session.execute(kRaiseHorizon, {scope_.workspace, at}));
  return {};
}

Result<std::optional<Instant>> GrantHistoryRepository::end_beyond(std::int64_t keep) {
  std::optional<Instant> found;
  ROLECALL_TRY(scope_.session.select(kEndBeyond, {scope_.workspace, keep}, [&](Row& row) { found = row.instant(0); }));
  return found;
}

Result<std::int64_t> GrantHistoryRepository::forget_ended(Instant until, std::int64_t limit) {
  return scope_.session.execute(kForgetEnded, {scope_.workspace, scope_.workspace, until, limit});
}

Result<store::GrantHistoryRepository::ForgottenNames> GrantHistoryRepository::forget_names(NamedKind kind,
                                                                                           const std::string& after,
                                                                                           Instant until,
                                                                                           std::int64_t limit) {
  const char* text = kNamedKinds.text(kind);
  ForgottenNames names;
  std::int64_t seen = 0;
  ROLECALL_TRY(scope_.session.select(kNextNames, {scope_.workspace, text, after, limit}, [&](Row& row) {
    names.last = row.text(0);
    ++seen;
  }));
  if (seen == 0) return names;
  ROLECALL_TRY_ASSIGN(
      names.count, scope_.session.execute(kForgetReplaced, {scope_.workspace, text, after, names.last, until, until}));
  ROLECALL_TRY_ASSIGN(const auto gone,
                      scope_.session.execute(kForgetGone, {scope_.workspace, text, after, names.last, until}));
  names.count += gone;
  if (seen < limit) names.last.clear();
  return names;
}

}  // namespace rolecall::adapter::soci
