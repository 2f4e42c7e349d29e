#include "workspace.hpp"

namespace rolecall::adapter::soci {
namespace {

#define ROLECALL_TOMBSTONE                                                                              \
  "SELECT type, id, connection, version, unique_key, external_id, deleted, deleted_by FROM tombstones " \
  "WHERE workspace = ? AND type = ? AND connection = ? "
constexpr const char* kKinds = "tttnttnt";

constexpr Sql kAny{"tombstones.any", "SELECT 1 FROM tombstones WHERE workspace = ? LIMIT 1", "n"};
constexpr Sql kInsert{"tombstones.insert",
                      "INSERT INTO tombstones (workspace, type, id, connection, version, unique_key, external_id, "
                      "deleted, deleted_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"};
constexpr Sql kFindByExternalId{"tombstones.find_by_external_id",
                                ROLECALL_TOMBSTONE
                                "AND external_id = ? AND external_id <> '' AND deleted >= ? "
                                "ORDER BY deleted DESC, id DESC LIMIT 1",
                                kKinds};
constexpr Sql kFindByKey{
    "tombstones.find_by_key",
    ROLECALL_TOMBSTONE "AND unique_key = ? AND deleted >= ? ORDER BY deleted DESC, id DESC LIMIT 1", kKinds};
constexpr Sql kFindByKeyAlone{"tombstones.find_by_key_alone",
                              ROLECALL_TOMBSTONE
                              "AND unique_key = ? AND external_id = '' AND deleted >= ? "
                              "ORDER BY deleted DESC, id DESC LIMIT 1",
                              kKinds};
constexpr Sql kRemove{"tombstones.remove", "DELETE FROM tombstones WHERE workspace = ? AND type = ? AND id = ?"};
constexpr Sql kPrune{"tombstones.prune",
                     "DELETE FROM tombstones WHERE workspace = ? AND (type, id) IN "
                     "(SELECT type, id FROM tombstones WHERE workspace = ? AND deleted < ? ORDER BY deleted LIMIT ?)"};

store::TombstoneRecord tombstone_of(Row& row) {
  store::TombstoneRecord tombstone;
  tombstone.type = row.text(0);
  tombstone.id = row.id<ResourceId>(1);
  tombstone.connection = row.id<ConnectionId>(2);
  tombstone.version = Version{row.number(3)};
  tombstone.unique_key = row.text(4);
  tombstone.external_id = row.text(5);
  tombstone.deleted = row.instant(6);
  tombstone.deleted_by = row.text(7);
  return tombstone;
}

}  // namespace

Result<void> TombstoneRepository::insert(const store::TombstoneRecord& tombstone) {
  ROLECALL_TRY(remove(tombstone.type, tombstone.id));
  ROLECALL_TRY(scope_.session.execute(
      kInsert, {scope_.workspace, tombstone.type, tombstone.id, tombstone.connection, tombstone.version.number,
                tombstone.unique_key, tombstone.external_id, tombstone.deleted, tombstone.deleted_by}));
  return {};
}

Result<std::optional<store::TombstoneRecord>> TombstoneRepository::find(const ConnectionId& connection,
                                                                        std::string_view type,
                                                                        const std::string& unique_key,
                                                                        const std::string& external_id, Instant since) {
  std::optional<store::TombstoneRecord> found;
  ROLECALL_TRY_ASSIGN(const bool are_none, scope_.session.finds_none(kAny, {scope_.workspace}));
  if (are_none) return found;
  const auto take = [&](Row& row) { found = tombstone_of(row); };
  if (!external_id.empty()) {
    ROLECALL_TRY(
        scope_.session.select(kFindByExternalId, {scope_.workspace, type, connection, external_id, since}, take));
    if (found) return found;
  }
  ROLECALL_TRY(scope_.session.select(external_id.empty() ? kFindByKey : kFindByKeyAlone,
                                     {scope_.workspace, type, connection, unique_key, since}, take));
  return found;
}

Result<bool> TombstoneRepository::remove(std::string_view type, const ResourceId& id) {
  ROLECALL_TRY_ASSIGN(const auto removed, scope_.session.execute(kRemove, {scope_.workspace, type, id}));
  return removed > 0;
}

Result<std::int64_t> TombstoneRepository::prune(Instant before, std::int64_t limit) {
  ROLECALL_TRY_ASSIGN(const bool are_none, scope_.session.finds_none(kAny, {scope_.workspace}));
  if (are_none) return 0;
  return scope_.session.execute(kPrune, {scope_.workspace, scope_.workspace, before, limit});
}

}  // namespace rolecall::adapter::soci
