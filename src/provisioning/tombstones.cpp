#include "tombstones.hpp"

namespace rolecall::provisioning {
namespace {

/// Per create and delete. A delete makes one tombstone, so that those that are over never pile up.
constexpr std::int64_t kPrunedAtOnce = 20;

Instant oldest_kept(const WriteSession& session) {
  return session.now - std::chrono::duration_cast<Instant::duration>(session.environment.tombstones_kept);
}

bool are_kept(const WriteSession& session) { return session.environment.tombstones_kept.count() > 0; }

/// With none kept, those of a time when they were go as well.
Result<void> prune(WriteSession& session) {
  const Instant before = are_kept(session) ? oldest_kept(session) : Instant::max();
  ROLECALL_TRY(session.workspace.tombstones().prune(before, kPrunedAtOnce));
  return {};
}

}  // namespace

Result<void> bury(WriteSession& session, const store::ResourceRecord& record) {
  ROLECALL_TRY(prune(session));
  if (!are_kept(session)) return {};
  store::TombstoneRecord tombstone;
  tombstone.type = record.type;
  tombstone.id = record.id;
  tombstone.connection = record.connection;
  tombstone.version = record.version;
  tombstone.unique_key = record.unique_key;
  tombstone.external_id = record.external_id;
  tombstone.deleted = session.now;
  tombstone.deleted_by = session.trail.actor();
  return session.workspace.tombstones().insert(tombstone);
}

Result<bool> raise(WriteSession& session, store::ResourceRecord& record) {
  ROLECALL_TRY(prune(session));
  if (!are_kept(session)) return false;
  auto& tombstones = session.workspace.tombstones();
  ROLECALL_TRY_ASSIGN(const auto found, tombstones.find(record.connection, record.type, record.unique_key,
                                                        record.external_id, oldest_kept(session)));
  if (!found) return false;
  ROLECALL_TRY(tombstones.remove(found->type, found->id));
  record.id = found->id;
  record.version = Version{found->version.number + 1};
  return true;
}

}  // namespace rolecall::provisioning
