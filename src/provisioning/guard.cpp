#include "guard.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "rolecall/base/timestamp.hpp"
#include "rolecall/json/parse.hpp"
#include "rolecall/json/write.hpp"

namespace rolecall::provisioning {
namespace {

/// How long what a wave took can be taken back.
constexpr auto kUndoKept = std::chrono::hours(7 * 24);
/// How long a rejection answers the same change: Entra ID asks again for 28 days, but the wish may become a real one.
constexpr auto kRejectionStands = std::chrono::hours(7 * 24);
/// Named in a held change; all are counted.
constexpr std::size_t kNamedCosts = 100;

class RoleCache {
 public:
  explicit RoleCache(store::Workspace& workspace) : workspace_(workspace) {}

  Result<void> learn(const std::vector<access::Grant>& grants) {
    for (const access::Grant& grant : grants) {
      if (known_.count(grant.role) != 0) continue;
      ROLECALL_TRY_ASSIGN(auto role, workspace_.roles().find(grant.role));
      if (role) known_.emplace(grant.role, std::move(*role));
    }
    return {};
  }
  [[nodiscard]] const std::map<RoleId, access::Role>& known() const { return known_; }

 private:
  store::Workspace& workspace_;
  std::map<RoleId, access::Role> known_;
};

std::vector<access::Grant> before_of(const std::vector<access::Grant>& after, const Watch::Person& person) {
  auto counts = person.difference;
  for (auto& [grant, won] : counts) won = -won;
  for (const access::Grant& grant : after) ++counts[grant];
  std::vector<access::Grant> before;
  for (const auto& [grant, count] : counts) {
    if (count > 0) before.push_back(grant);
  }
  return before;
}

/// What is stored of those who lost something and are not deleted.
struct Losers {
  std::map<ResourceId, store::ResourceRecord> records;
  std::map<ResourceId, std::vector<access::Grant>> grants;
};

Result<Losers> read_losers(WriteSession& session) {
  std::vector<ResourceId> ids;
  for (const auto& [user, person] : session.watch.people()) {
    if (!person.is_deleted && (person.has_lost || person.is_deactivated)) ids.push_back(user);
  }
  Losers losers;
  if (ids.empty()) return losers;
  ROLECALL_TRY_ASSIGN(auto records, session.workspace.resources().find_users(ids));
  ROLECALL_TRY_ASSIGN(auto states, session.workspace.grants().states_of(ids));
  for (auto& record : records) {
    const ResourceId id = record.id;
    losers.records.emplace(id, std::move(record));
  }
  for (std::size_t i = 0; i < ids.size(); ++i) losers.grants.emplace(ids[i], std::move(states[i].effective));
  return losers;
}

/// None for a user of another connection, whom this one's guard does not answer for, and for one who is gone by now.
Result<std::optional<Cost>> cost_of(WriteSession& session, RoleCache& roles, const Losers& losers,
                                    const ResourceId& user, const Watch::Person& person) {
  Cost cost;
  cost.user = user;
  cost.is_deactivated = person.is_deactivated;
  cost.is_deleted = person.is_deleted;
  std::vector<access::Grant> after;
  if (person.is_deleted) {
    cost.name = session.effect.name;
    cost.created = session.created_of_deleted;
  } else {
    const auto record = losers.records.find(user);
    if (record == losers.records.end() || record->second.connection != session.connection.id) {
      return std::optional<Cost>();
    }
    cost.name = record->second.display;
    cost.created = record->second.created;
    after = losers.grants.at(user);
  }
  const auto before = before_of(after, person);
  ROLECALL_TRY(roles.learn(before));
  ROLECALL_TRY(roles.learn(after));
  for (const RoleId& id : access::taken_roles(before, after, roles.known())) {
    const auto role = roles.known().find(id);
    if (role != roles.known().end()) cost.taken.push_back(role->second);
  }
  const bool is_loss = cost.is_deactivated || cost.is_deleted || !cost.taken.empty();
  return is_loss ? std::optional(std::move(cost)) : std::nullopt;
}

/// A person is told apart from an account by an administrator alone: what is granted to one by hand, and protected,
/// goes by hand.
Result<void> check_protected(const std::vector<Cost>& costs) {
  for (const Cost& cost : costs) {
    for (const access::Role& role : cost.taken) {
      if (!role.is_protected) continue;
      return fail(ErrorCode::forbidden,
                  "Not done: a user would lose the protected role " + role.name +
                      ", which no identity provider takes away. An administrator of the application has to revoke it "
                      "first; then send this again.");
    }
  }
  return {};
}

struct Count {
  std::int64_t before = 0;         ///< in the window
  std::vector<const Cost*> added;  ///< those who count and did not yet
};

Result<Count> count(WriteSession& session, const access::GuardSettings& settings, const std::vector<Cost>& costs) {
  store::GuardRepository& guard = session.workspace.guard();
  const Instant since = session.now - settings.window;
  Count counted;
  std::vector<ResourceId> users;
  for (const Cost& cost : costs) {
    if (access::is_newcomer(settings, cost.created, session.now)) continue;
    counted.added.push_back(&cost);
    users.push_back(cost.user);
  }
  if (users.empty()) return counted;
  ROLECALL_TRY_ASSIGN(const auto known, guard.counted_of(session.connection.id, users, since));
  const std::set<ResourceId> before(known.begin(), known.end());
  std::erase_if(counted.added, [&](const Cost* cost) { return before.count(cost->user) != 0; });
  if (counted.added.empty()) return counted;
  ROLECALL_TRY_ASSIGN(counted.before, guard.losses(session.connection.id, since));
  return counted;
}

/// The wave that goes on, or a new one.
Result<store::WaveRecord> wave_of_trip(WriteSession& session, const access::GuardSettings& settings,
                                       std::int64_t losses, std::int64_t limit) {
  store::GuardRepository& guard = session.workspace.guard();
  const Instant since = session.now - settings.window;
  ROLECALL_TRY_ASSIGN(auto newest, guard.waves(session.connection.id, {}, 1));
  if (!newest.empty() && !newest.front().undone && newest.front().last > since) {
    newest.front().last = session.now;
    ROLECALL_TRY(guard.update_wave(newest.front()));
    return std::move(newest.front());
  }
  store::WaveRecord wave;
  wave.id = WaveId(session.environment.ids.next());
  wave.connection = session.connection.id;
  wave.opened = session.now;
  wave.last = session.now;
  wave.mode = settings.mode;
  wave.losses = losses;
  wave.limit = limit;
  ROLECALL_TRY(guard.insert_wave(wave));
  ROLECALL_TRY(guard.adopt(session.connection.id, since, wave.id));
  ROLECALL_TRY(audit_trip(session, wave));
  return wave;
}

/// The wave that what is done now belongs to, if one is open.
Result<std::optional<WaveId>> open_wave(WriteSession& session, const access::GuardSettings& settings) {
  ROLECALL_TRY_ASSIGN(const auto newest, session.workspace.guard().waves(session.connection.id, {}, 1));
  if (newest.empty() || newest.front().undone || newest.front().last <= session.now - settings.window) {
    return std::optional<WaveId>();
  }
  return std::optional(newest.front().id);
}

std::string of_users(std::int64_t count) { return count == 1 ? "1 user" : std::to_string(count) + " users"; }

std::string in_minutes(std::chrono::minutes minutes) {
  return minutes.count() == 1 ? "a minute" : std::to_string(minutes.count()) + " minutes";
}

Error too_many(const access::GuardSettings& settings, const Pending& pending, const std::string& end) {
  std::string detail = pending.limit > 0 || pending.losses > 0
                           ? "With this change " + of_users(pending.losses) +
                                 " would have lost access through this connection within " +
                                 in_minutes(settings.window) + ", and it may take it from " + of_users(pending.limit) +
                                 " (the larger of " + std::to_string(settings.minimum) + " and " +
                                 std::to_string(settings.percent) + " % of its active users)."
                           : "An earlier change of this user waits for an administrator already.";
  return Error{ErrorCode::held, detail + " " + end, {}, {}, settings.window};
}

json::Array shown(const std::vector<Cost>& costs) {
  json::Array people;
  for (const Cost& cost : costs) {
    if (people.size() == kNamedCosts) break;
    std::set<std::string> names;
    for (const access::Role& role : cost.taken) names.insert(role.name);
    json::Array roles;
    for (const std::string& name : names) roles.emplace_back(name);
    people.emplace_back(json::Object{{"user_name", cost.name},
                                     {"id", cost.user.value()},
                                     {"loses", std::move(roles)},
                                     {"access_ends", cost.is_deactivated || cost.is_deleted}});
  }
  return people;
}

store::HeldChangeRecord record_of(WriteSession& session, const access::GuardSettings& settings,
                                  const Pending& pending) {
  const Effect& effect = pending.effect;
  store::HeldChangeRecord change;
  change.id = HeldChangeId(session.environment.ids.next());
  change.connection = session.connection.id;
  change.digest = digest_of(effect, session.environment.digest);
  change.action = effect.is_deletion ? "delete" : (effect.is_deactivation() ? "deactivate" : "change");
  change.type = effect.type;
  change.resource = effect.id;
  change.name = effect.name;
  change.effect = to_text(effect, false);
  change.costs = json::write(shown(pending.costs));
  change.users = static_cast<std::int64_t>(pending.costs.size());
  change.asked_by = session.trail.actor();
  change.since = session.now;
  change.last_asked = session.now;
  // Access that should have ended must not go on because nobody looks; what cannot be got back waits for somebody.
  if (effect.is_deactivation() && settings.auto_apply.count() > 0) change.due = session.now + settings.auto_apply;
  return change;
}

}  // namespace

Result<access::GuardSettings> guard_settings(store::Workspace& workspace, const ConnectionId& connection) {
  ROLECALL_TRY_ASSIGN(const auto stored, workspace.guard().settings(connection));
  return stored.value_or(access::GuardSettings());
}

Result<void> note_what_is_lost(WriteSession& session, const store::ResourceRecord& record) {
  session.created_of_deleted = record.created;
  ROLECALL_TRY_ASSIGN(const auto settings, guard_settings(session.workspace, session.connection.id));
  if (settings.mode == access::GuardMode::off) return {};
  if (record.type == "User") {
    ROLECALL_TRY_ASSIGN(session.effect.lost, snapshot_user(session.workspace, record));
  } else if (record.type == "Group") {
    ROLECALL_TRY_ASSIGN(session.effect.lost, snapshot_group(session.workspace, record));
  }
  return {};
}

Result<std::vector<Cost>> costs_of(WriteSession& session) {
  std::vector<Cost> costs;
  RoleCache roles(session.workspace);
  ROLECALL_TRY_ASSIGN(const auto losers, read_losers(session));
  for (const auto& [user, person] : session.watch.people()) {
    if (!person.has_lost && !person.is_deactivated && !person.is_deleted) continue;
    ROLECALL_TRY_ASSIGN(auto cost, cost_of(session, roles, losers, user, person));
    if (cost) costs.push_back(std::move(*cost));
  }
  return costs;
}

Result<std::optional<Pending>> judge(WriteSession& session) {
  using access::GuardMode;
  if (session.watch.is_harmless()) return std::optional<Pending>();
  ROLECALL_TRY_ASSIGN(const auto settings, guard_settings(session.workspace, session.connection.id));
  if (settings.mode == GuardMode::off) return std::optional<Pending>();
  ROLECALL_TRY_ASSIGN(auto costs, costs_of(session));
  if (costs.empty()) return std::optional<Pending>();
  if (settings.mode == GuardMode::hold) ROLECALL_TRY(check_protected(costs));
  ROLECALL_TRY_ASSIGN(const auto counted, count(session, settings, costs));
  const Effect& effect = session.effect;
  Pending pending;
  bool is_too_much = false;
  const auto added = static_cast<std::int64_t>(counted.added.size());
  // How many users there are is a question of milliseconds, and the minimum mostly answers without it.
  if (counted.before + added > settings.minimum && added > 0) {
    ROLECALL_TRY_ASSIGN(auto active,
                        session.workspace.guard().active_users(session.connection.id, session.now - settings.window));
    // Those whom this change has just taken were active when it came.
    active += std::count_if(counted.added.begin(), counted.added.end(),
                            [](const Cost* cost) { return cost->is_deactivated || cost->is_deleted; });
    is_too_much = access::is_over(settings, counted.before, added, active);
    pending.losses = counted.before + added;
    pending.limit = access::guard_limit(settings, active);
  }
  if (settings.mode == GuardMode::hold && effect.type == "User" && !is_too_much && !effect.is_creation) {
    const store::HeldFilter of_this{store::HeldState::held, session.connection.id, {}, effect.type, effect.id};
    ROLECALL_TRY_ASSIGN(const auto waiting, session.workspace.held_changes().list(of_this, 1));
    if (!waiting.empty()) pending.wave = waiting.front().wave;
  }
  if (settings.mode == GuardMode::hold && (is_too_much || pending.wave)) {
    if (pending.wave) pending.losses = pending.limit = 0;
    // Nobody could ask for a resource that is not there yet, and a success would have to name it: whatever the answer
    // is set to, a POST is not held.
    if (effect.is_creation || effect.id.empty()) {
      return fail(too_many(settings, pending,
                           "Nothing was done, and what makes something new cannot be held. Make it without members and "
                           "add them in smaller parts, or let an administrator of the application raise the limit "
                           "(rolecall guard set)."));
    }
    pending.effect = effect;
    pending.costs = std::move(costs);
    return std::optional(std::move(pending));
  }
  std::optional<WaveId> wave;
  if (is_too_much) {
    ROLECALL_TRY_ASSIGN(const auto tripped, wave_of_trip(session, settings, pending.losses, pending.limit));
    wave = tripped.id;
  } else {
    ROLECALL_TRY_ASSIGN(wave, open_wave(session, settings));
  }
  for (const Cost& cost : costs) {
    if (access::is_newcomer(settings, cost.created, session.now)) continue;
    ROLECALL_TRY(session.workspace.guard().count_loss(session.connection.id, cost.user, session.now,
                                                      cost.is_deactivated || cost.is_deleted));
  }
  ROLECALL_TRY(prune_guard(session.workspace, session.connection.id, settings, session.now));
  ROLECALL_TRY(note_taken(session, costs, wave));
  return std::optional<Pending>();
}

Result<void> prune_guard(store::Workspace& workspace, const ConnectionId& connection,
                         const access::GuardSettings& settings, Instant now) {
  return workspace.guard().prune(connection, now - settings.window, now - kUndoKept);
}

Result<void> note_taken(WriteSession& session, const std::vector<Cost>& costs, const std::optional<WaveId>& wave) {
  Effect effect = session.effect;
  // Of a time when nothing was kept.
  if (effect.is_deletion && effect.lost.empty()) return {};
  for (const Cost& cost : costs) effect.users.insert(cost.user.value());
  return session.workspace.guard().note_taken(
      {session.environment.ids.next(), session.connection.id, wave, session.now, to_text(effect, true)});
}

Result<Held> hold(WriteSession& session, const Pending& pending) {
  ROLECALL_TRY_ASSIGN(const auto settings, guard_settings(session.workspace, session.connection.id));
  store::HeldChangeRepository& held = session.workspace.held_changes();
  store::HeldChangeRecord change = record_of(session, settings, pending);
  ROLECALL_TRY_ASSIGN(auto earlier, held.find_by_digest(session.connection.id, change.digest));
  if (earlier && earlier->state == store::HeldState::rejected && earlier->decided > session.now - kRejectionStands) {
    Error rejected{ErrorCode::forbidden, {}, {}, {}, {}};
    rejected.detail = "Not done: an administrator of the application rejected this change at " +
                      to_timestamp(*earlier->decided) + ", when too many users were to lose access at once.";
    return Held{false, std::move(rejected)};
  }
  if (earlier && earlier->state == store::HeldState::held) {
    std::swap(change.effect, earlier->effect);
    std::swap(change.costs, earlier->costs);
    earlier->users = change.users;
    change = std::move(*earlier);
    change.last_asked = session.now;
    ++change.asked;
    ROLECALL_TRY(held.update(change));
  } else {
    ROLECALL_TRY_ASSIGN(const auto waiting, held.count({store::HeldState::held, session.connection.id, {}, {}, {}}));
    if (waiting >= session.environment.held_changes) {
      return Held{false, too_many(settings, pending,
                                  "Nothing was done, and it is not held either: " + std::to_string(waiting) +
                                      " changes wait for an administrator of the application already.")};
    }
    change.wave = pending.wave.value_or(WaveId());
    if (!pending.wave) {
      ROLECALL_TRY_ASSIGN(const auto wave, wave_of_trip(session, settings, pending.losses, pending.limit));
      change.wave = wave.id;
    }
    ROLECALL_TRY(held.insert(change));
    ROLECALL_TRY(audit_held(session, change));
  }
  const std::string end =
      "The change is held: an administrator of the application decides (rolecall guard held list). " +
      (change.due ? "Without a decision it is done at " + to_timestamp(*change.due) + "."
                  : std::string("Without a decision it stays so."));
  return Held{true, too_many(settings, pending, end)};
}

namespace {

/// Members whom the IdP has added again are not to leave any more. Whether nothing of the change is left.
Result<bool> is_taken_back(const std::set<std::string>& kept, store::HeldChangeRecord& change) {
  ROLECALL_TRY_ASSIGN(auto effect, effect_from(change.effect));
  if (effect.is_deletion) return false;
  const auto is_kept = [&](const std::string& member) { return kept.count(member) != 0; };
  const auto is_awaited = [&](const auto& stranger) { return kept.count(stranger.first) != 0; };
  if (std::erase_if(effect.removed, is_kept) + std::erase_if(effect.unparked, is_awaited) == 0) return false;
  change.effect = to_text(effect, false);
  auto costs = json::parse(change.costs);
  json::Array* people = costs ? costs->as_array() : nullptr;
  if (people != nullptr) {
    change.users -= static_cast<std::int64_t>(std::erase_if(*people, [&](const json::Value& person) {
      const json::Object* object = person.as_object();
      const json::Value* id = object != nullptr ? object->find("id") : nullptr;
      return id != nullptr && id->is_string() && is_kept(*id->as_string());
    }));
    change.costs = json::write(*costs);
  }
  return effect.are_members_the_same() && effect.after.empty();
}

}  // namespace

Result<void> withdraw_outdated(WriteSession& session) {
  const Effect& effect = session.effect;
  const std::set<std::string>& kept = session.kept_members;
  if (effect.id.empty() || (!session.is_last_word && kept.empty())) return {};
  const store::HeldFilter of_this{store::HeldState::held, session.connection.id, {}, effect.type, effect.id};
  constexpr std::int64_t kAtOnce = 1'000;
  ROLECALL_TRY_ASSIGN(auto waiting, session.workspace.held_changes().list(of_this, kAtOnce));
  for (store::HeldChangeRecord& change : waiting) {
    if (!session.is_last_word) {
      ROLECALL_TRY_ASSIGN(const bool is_over, is_taken_back(kept, change));
      if (!is_over) {
        ROLECALL_TRY(session.workspace.held_changes().update(change));
        continue;
      }
    }
    change.state = store::HeldState::withdrawn;
    change.note = "The identity provider has said something else of it since.";
    change.decided_by = session.trail.actor();
    change.decided = session.now;
    ROLECALL_TRY(session.workspace.held_changes().update(change));
    ROLECALL_TRY(audit_decided(session, change));
  }
  return {};
}

}  // namespace rolecall::provisioning
