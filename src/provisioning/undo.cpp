#include <algorithm>
#include <set>
#include <utility>

#include "guard.hpp"
#include "redo.hpp"
#include "rolecall/granting/history.hpp"
#include "rolecall/granting/membership.hpp"
#include "rolecall/granting/recompute.hpp"

namespace rolecall::provisioning {
namespace {

/// Other writers wait while it runs.
constexpr std::int64_t kTakenBackAtOnce = 20'000;

/// What is as the wave left it gets back what it had before; the names of the rest are the answer.
Result<std::string> restore_change(WriteSession& session, const schema::ResourceType& type, const Effect& effect) {
  ROLECALL_TRY_ASSIGN(const auto record,
                      session.workspace.resources().find(session.connection.id, type.name, effect.id));
  if (!record) return std::string("It is not there any more.");
  ROLECALL_TRY_ASSIGN(const auto now, document_of(*record));
  json::Object values;
  std::string kept;
  for (const auto& [name, value] : effect.after) {
    const json::Value* current = now.find(name);
    const json::Value* before = effect.before.find(name);
    if (before != nullptr && (current == nullptr ? json::Value() : *current) == value) {
      values.set(name, *before);
    } else {
      kept += (kept.empty() ? "" : ", ") + name;
    }
  }
  ROLECALL_TRY(
      redo(session, type, effect.id, values, {effect.added, effect.parked}, {effect.removed, effect.unparked}));
  return kept.empty() ? std::string() : "Changed since, and left as it is: " + kept + ".";
}

Result<void> insert_again(WriteSession& session, const schema::ResourceType& type, store::ResourceRecord& record) {
  record.version = Version{record.version.number + 1};
  record.last_modified = std::max(session.now, record.last_modified);
  ROLECALL_TRY_ASSIGN(const auto document, document_of(record));
  record.signature = resource::signature_of(type, document, session.environment.folder);
  if (auto inserted =
          session.workspace.resources().insert(record, resource::index_of(type, document, session.environment.folder));
      !inserted) {
    return fail(already_there(std::move(inserted).error(), record.type));
  }
  ROLECALL_TRY(session.workspace.tombstones().remove(record.type, record.id));
  ROLECALL_TRY(granting::note_name(session.workspace, record, session.now));
  return session.trail.record(record.type == "User" ? "user.returned" : "group.returned", target_of(record), {});
}

/// None when the connection may not put anybody into it any more, or when one of the two is gone.
Result<bool> join_again(WriteSession& session, const ResourceId& group, const ResourceId& member) {
  std::optional<store::ResourceRecord> record;
  for (const char* type : {"User", "Group"}) {
    if (record) break;
    ROLECALL_TRY_ASSIGN(record, session.workspace.resources().find(session.connection.id, type, member));
  }
  ROLECALL_TRY_ASSIGN(const auto there, session.workspace.resources().find(session.connection.id, "Group", group));
  if (!record || !there) return false;
  ROLECALL_TRY(granting::check_membership(session.workspace, session.connection, group));
  ROLECALL_TRY_ASSIGN(const bool joined,
                      granting::join(session.workspace, group, *record, session.trail, session.environment.folder));
  if (joined) ROLECALL_TRY(session.workspace.resources().touch("Group", group, session.now));
  return true;
}

/// Who was awaited is awaited again, or joins when he has come in between.
Result<void> park_again(WriteSession& session, const ResourceId& group, const std::string& value,
                        const std::string& type) {
  for (const char* name : {"User", "Group"}) {
    if (!type.empty() && type != name) continue;
    ROLECALL_TRY_ASSIGN(auto arrived,
                        session.workspace.resources().find_by_external_id(session.connection.id, name, value, 2));
    ROLECALL_TRY_ASSIGN(auto by_id, session.workspace.resources().find(session.connection.id, name, ResourceId(value)));
    if (by_id) arrived.assign(1, std::move(*by_id));
    if (arrived.size() != 1) continue;
    ROLECALL_TRY(join_again(session, group, arrived.front().id));
    return {};
  }
  ROLECALL_TRY_ASSIGN(const bool added, session.workspace.parked_members().add({group, value, type, session.now}));
  if (!added) return {};
  return session.trail.record("group.member_parked", "Group/" + group.value(), granting::describe_stranger(value));
}

Result<std::string> restore_user(WriteSession& session, const schema::ResourceType& type, const Effect& effect) {
  ROLECALL_TRY_ASSIGN(auto user, lost_user(effect.lost));
  ROLECALL_TRY(insert_again(session, type, user.record));
  std::string left;
  for (const auto& grant : user.direct) {
    ROLECALL_TRY_ASSIGN(const auto role, session.workspace.roles().find(grant.role));
    if (!role || role->is_protected) {
      left = "A role that was granted by hand did not come back: " + (role ? role->name : grant.role.value()) + ".";
      continue;
    }
    ROLECALL_TRY(session.workspace.grants().add_direct(grant));
    ROLECALL_TRY(
        session.trail.record("user.role_granted", target_of(user.record), {{"role", "Role/" + role->id.value()}}));
  }
  for (const ResourceId& group : user.groups) {
    ROLECALL_TRY_ASSIGN(const bool is_back, join_again(session, group, user.record.id));
    if (!is_back && left.empty()) left = "A group that it was in is gone.";
  }
  ROLECALL_TRY_ASSIGN(const auto back, granting::admit_parked(session.workspace, user.record, session.trail,
                                                              session.environment.folder));
  ROLECALL_TRY(granting::recompute_user(session.workspace, back, session.trail, session.environment.folder));
  return left;
}

/// The listing that took the place of a role's group makes room for it; it is unused by definition.
Result<void> remove_listing(WriteSession& session, const RoleId& role) {
  ROLECALL_TRY_ASSIGN(const auto groups, session.workspace.roles().groups_of(role));
  for (const store::RoleGroupRecord& other : groups) {
    if (other.connection != session.connection.id || !other.relisted) continue;
    ROLECALL_TRY_ASSIGN(const auto group, session.workspace.resources().find_anywhere("Group", other.group));
    ROLECALL_TRY_ASSIGN(const auto links, session.workspace.links().of_group(other.group));
    for (const auto& link : links) ROLECALL_TRY(session.workspace.links().remove(link.id));
    ROLECALL_TRY(session.workspace.roles().remove_group(other.group));
    ROLECALL_TRY(session.workspace.resources().remove("Group", other.group));
    if (!group) continue;
    ROLECALL_TRY(granting::note_removal(session.workspace, *group, session.now));
    ROLECALL_TRY(session.trail.record("group.deleted", target_of(*group), {}));
  }
  return {};
}

Result<void> restore_link(WriteSession& session, const store::LinkRecord& link) {
  ROLECALL_TRY_ASSIGN(const auto role, session.workspace.roles().find(link.role));
  if (!role) return {};
  ROLECALL_TRY_ASSIGN(const auto orphan, session.workspace.links().find(link.id));
  if (orphan) {
    ROLECALL_TRY(session.workspace.links().set_state(link.id, link.state));
  } else {
    ROLECALL_TRY(session.workspace.links().insert(link));
  }
  return session.trail.record("link.created", "Link/" + link.id.value(),
                              {{"group", "Group/" + link.group.value()}, {"role", "Role/" + link.role.value()}});
}

Result<std::string> restore_group(WriteSession& session, const schema::ResourceType& type, const Effect& effect) {
  ROLECALL_TRY_ASSIGN(auto group, lost_group(effect.lost));
  const bool stands_for_role = !group.stands_for.empty();
  if (stands_for_role) ROLECALL_TRY(remove_listing(session, group.stands_for));
  ROLECALL_TRY(insert_again(session, type, group.record));
  if (stands_for_role) {
    ROLECALL_TRY_ASSIGN(const auto role, session.workspace.roles().find(group.stands_for));
    if (role) {
      ROLECALL_TRY(session.workspace.roles().insert_group({group.record.id, role->id, session.connection.id, false}));
    }
  }
  for (const store::LinkRecord& link : group.links) ROLECALL_TRY(restore_link(session, link));
  std::int64_t gone = 0;
  for (const std::string& member : group.members) {
    ROLECALL_TRY_ASSIGN(const bool is_back, join_again(session, group.record.id, ResourceId(member)));
    gone += is_back ? 0 : 1;
  }
  for (const auto& [value, of_type] : group.parked) {
    ROLECALL_TRY(park_again(session, group.record.id, value, of_type));
  }
  for (const std::string& above : group.groups) {
    ROLECALL_TRY(join_again(session, ResourceId(above), group.record.id));
  }
  ROLECALL_TRY(granting::admit_parked(session.workspace, group.record, session.trail, session.environment.folder));
  return gone == 0 ? std::string() : std::to_string(gone) + " of its members are gone.";
}

/// Why some of it is left; empty when nothing is.
Result<std::string> restore(WriteSession& session, const Effect& effect) {
  const auto* type = session.environment.registry.find_type(effect.type);
  if (type == nullptr) return internal_error("the type of a taken change is gone");
  session.effect.type = effect.type;
  session.effect.id = effect.id;
  if (!effect.is_deletion) return restore_change(session, *type, effect);
  return type->name == "User" ? restore_user(session, *type, effect) : restore_group(session, *type, effect);
}

class Undo {
 public:
  Undo(store::UnitOfWork& unit, const Environment& environment, const Decider& decider, store::WaveRecord wave)
      : unit_(unit), environment_(environment), decider_(decider), workspace_(unit.workspace(decider.workspace)) {
    undone_.wave = std::move(wave);
  }

  Result<Undone> run() {
    ROLECALL_TRY_ASSIGN(const auto connection, workspace_.connections().find(undone_.wave.connection));
    if (!connection) return internal_error("the connection of a wave is gone");
    const Caller caller{decider_.workspace, connection->id, {}, decider_.request, false, decider_.actor};
    ROLECALL_TRY_ASSIGN(const auto taken, workspace_.guard().taken_in(undone_.wave.id, kTakenBackAtOnce));
    ROLECALL_TRY(reject_held_ones());
    if (taken.empty() && undone_.rejected == 0) {
      return fail(ErrorCode::conflict, "Nothing of this wave is left to take back.");
    }
    ROLECALL_TRY_ASSIGN(const auto tokens, workspace_.tokens().list());
    for (const store::TokenRecord& token : tokens) {
      if (token.user && token.revoked) revoked_.emplace(*token.user, *token.revoked);
    }
    for (const auto& row : taken) ROLECALL_TRY(take_back(caller, *connection, row));
    audit::Trail trail(workspace_, environment_.digest, environment_.clock.now(), decider_.actor, decider_.request);
    undone_.wave.undone = trail.at();
    undone_.wave.undone_by = decider_.actor;
    ROLECALL_TRY(workspace_.guard().update_wave(undone_.wave));
    ROLECALL_TRY(audit_undone(trail, undone_.wave, undone_.restored, static_cast<std::int64_t>(undone_.left.size())));
    return std::move(undone_);
  }

 private:
  Result<void> take_back(const Caller& caller, const store::ConnectionRecord& connection,
                         const store::TakenRecord& row) {
    ROLECALL_TRY_ASSIGN(const auto effect, effect_from(row.effect));
    Notices notices;
    std::string left;
    ROLECALL_TRY_ASSIGN(const auto attempted, unit_.attempt([&]() -> Result<void> {
      WriteSession session(environment_, caller, workspace_, connection, notices);
      ROLECALL_TRY_ASSIGN(left, restore(session, effect));
      // It may be in other hands by now, and a new one is made in a minute.
      const bool lost_tokens = effect.type == "User" && revoked_.count({effect.id, row.at}) != 0;
      if (lost_tokens && left.empty()) left = "Its tokens stay revoked.";
      for (const std::string& user : effect.users) {
        ROLECALL_TRY(workspace_.guard().mark_restored(connection.id, ResourceId(user)));
      }
      return workspace_.guard().forget_taken(row.id);
    }));
    if (attempted) ++undone_.restored;
    if (!attempted) left = attempted.error().detail;
    if (!left.empty()) undone_.left.push_back({effect.type, effect.id, effect.name, std::move(left)});
    return {};
  }

  /// Or the clock would do what an administrator has just taken back.
  Result<void> reject_held_ones() {
    const store::HeldFilter of_wave{store::HeldState::held, {}, undone_.wave.id, {}, {}};
    ROLECALL_TRY_ASSIGN(auto held, workspace_.held_changes().list(of_wave, kTakenBackAtOnce));
    for (auto& change : held) {
      ROLECALL_TRY(reject_one(environment_, decider_, workspace_, change));
      ++undone_.rejected;
    }
    return {};
  }

  store::UnitOfWork& unit_;
  const Environment& environment_;
  const Decider& decider_;
  store::Workspace& workspace_;
  std::set<std::pair<ResourceId, Instant>> revoked_;  ///< tokens: of whom, and when
  Undone undone_;
};

}  // namespace

Result<Undone> undo_wave(const Environment& environment, const Decider& decider, const WaveId& wave) {
  return store::write(environment.store, [&](store::UnitOfWork& unit) -> Result<Undone> {
    ROLECALL_TRY_ASSIGN(auto found, unit.workspace(decider.workspace).guard().find_wave(wave));
    if (!found) {
      return fail_with_next(ErrorCode::not_found, "There is no wave “" + wave.value() + "”.",
                            "rolecall guard waves shows those that there are.");
    }
    return Undo(unit, environment, decider, std::move(*found)).run();
  });
}

}  // namespace rolecall::provisioning
