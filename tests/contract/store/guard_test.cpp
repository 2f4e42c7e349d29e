#include "store_contract.hpp"

namespace rolecall::contract {
namespace {

using store::HeldState;
using testing::ElementsAre;
using testing::IsEmpty;

class GuardContract : public StoreContract {
 protected:
  template <typename F>
  auto guard(F&& work) {
    return write([&](Workspace& reached) { return work(reached.guard()); });
  }
  void lose(const std::string& user, int when, bool ends_access = true) {
    guard([&](auto& reached) { return reached.count_loss(okta, ResourceId(user), at(when), ends_access); });
  }
  std::int64_t losses(int since) {
    return guard([&](auto& reached) { return reached.losses(okta, at(since)); });
  }
  bool is_counted(const std::string& user, int since) {
    return guard([&](auto& reached) { return reached.is_counted(okta, ResourceId(user), at(since)); });
  }
  std::int64_t active(int since) {
    return guard([&](auto& reached) { return reached.active_users(okta, at(since)); });
  }
  void take(const std::string& id, int when, std::optional<WaveId> wave = {}) {
    guard([&](auto& reached) { return reached.note_taken({id, okta, wave, at(when), "{}"}); });
  }
  std::vector<std::string> taken_in(const std::string& wave, std::int64_t limit = 100) {
    std::vector<std::string> ids;
    for (const auto& row : guard([&](auto& reached) { return reached.taken_in(WaveId(wave), limit); })) {
      ids.push_back(row.id);
    }
    return ids;
  }
  store::WaveRecord wave(const std::string& id, const ConnectionId& connection) const {
    return {WaveId(id), connection, at(1), at(2), access::GuardMode::observe, 201, 200, std::nullopt, ""};
  }

  store::HeldChangeRecord held(const std::string& id, const std::string& digest = "d") const {
    store::HeldChangeRecord change;
    change.id = HeldChangeId(id);
    change.connection = okta;
    change.wave = WaveId("w");
    change.digest = digest;
    change.action = "deactivate";
    change.type = "User";
    change.resource = ResourceId("u" + id);
    change.name = "maya";
    change.effect = R"({"after":{"active":false}})";
    change.costs = "[]";
    change.users = 1;
    change.asked_by = "token:t";
    change.since = at(1);
    change.last_asked = at(1);
    return change;
  }
  void hold(const store::HeldChangeRecord& change) {
    write([&](Workspace& reached) { return reached.held_changes().insert(change); });
  }
  std::vector<std::string> list(const store::HeldFilter& filter, std::int64_t limit = 100) {
    return ids_of(read([&](Workspace& reached) { return reached.held_changes().list(filter, limit); }));
  }
  std::int64_t count_held(const store::HeldFilter& filter) {
    return read([&](Workspace& reached) { return reached.held_changes().count(filter); });
  }
};
ROLECALL_ON_EVERY_ENGINE(GuardContract);

TEST_P(GuardContract, Settings_AreThoseOfOneConnection) {
  const auto settings = [&](const ConnectionId& connection) {
    return read([&](Workspace& reached) { return reached.guard().settings(connection); });
  };
  EXPECT_FALSE(settings(okta));
  access::GuardSettings wanted{
      access::GuardMode::observe, 7, 11, std::chrono::minutes(13), std::chrono::hours(17), std::chrono::minutes(19),
      access::GuardAnswer::accept};
  guard([&](auto& reached) { return reached.set_settings(okta, wanted); });
  EXPECT_EQ(settings(okta), wanted);
  wanted.mode = access::GuardMode::off;
  guard([&](auto& reached) { return reached.set_settings(okta, wanted); });
  EXPECT_EQ(settings(okta), wanted);
  EXPECT_FALSE(settings(entra));
  EXPECT_FALSE(read_in(other, [&](Workspace& reached) { return reached.guard().settings(okta); }));
}

TEST_P(GuardContract, Loss_CountsOncePerUserFromItsLatestInstant) {
  lose("u1", 10);
  lose("u1", 20);
  lose("u2", 15);
  EXPECT_EQ(losses(0), 2);
  EXPECT_EQ(losses(15), 1) << "an instant is over when it is as old as the window";
  EXPECT_EQ(losses(20), 0);
  EXPECT_TRUE(is_counted("u1", 19));
  EXPECT_FALSE(is_counted("u1", 20));
  EXPECT_FALSE(is_counted("u3", 0));
  EXPECT_EQ(write_in(other, [&](Workspace& reached) { return reached.guard().losses(okta, at(0)); }), 0);
  EXPECT_EQ(guard([&](auto& reached) { return reached.losses(entra, at(0)); }), 0);
}

TEST_P(GuardContract, RestoredUser_GoesOnCountingButIsNotCounted) {
  lose("u1", 10);
  guard([&](auto& reached) { return reached.mark_restored(okta, ResourceId("u1")); });
  EXPECT_FALSE(is_counted("u1", 0));
  EXPECT_EQ(losses(0), 1);
  lose("u1", 20);
  EXPECT_TRUE(is_counted("u1", 0));
}

TEST_P(GuardContract, ActiveUsers_AreThoseBeforeTheWindowTookThem) {
  insert(user("u1", "a"));
  insert(user("u2", "b"));
  auto inactive = user("u3", "c");
  inactive.is_active = false;
  insert(inactive);
  insert(group("g1", "group"));
  auto elsewhere = user("u4", "d");
  elsewhere.connection = entra;
  insert(elsewhere);
  EXPECT_EQ(active(0), 2);
  lose("u3", 10);
  lose("gone", 10);
  lose("u2", 10, false);
  lose("u1", 10);
  EXPECT_EQ(active(0), 4) << "deactivated and deleted ones were active; who is active again is there once";
  EXPECT_EQ(active(10), 2);
}

TEST_P(GuardContract, Taken_IsAdoptedByAWaveAndReadBackwards) {
  take("t1", 10);
  take("t2", 20);
  take("t3", 20);
  guard([&](auto& reached) { return reached.adopt(okta, at(10), WaveId("w")); });
  take("t4", 30, WaveId("w"));
  guard([&](auto& reached) { return reached.adopt(okta, at(0), WaveId("x")); });
  EXPECT_THAT(taken_in("w"), ElementsAre("t4", "t3", "t2"));
  EXPECT_THAT(taken_in("w", 2), ElementsAre("t4", "t3"));
  EXPECT_THAT(taken_in("x"), ElementsAre("t1"));
  EXPECT_EQ(guard([&](auto& reached) { return reached.count_taken(WaveId("w")); }), 3);
  guard([&](auto& reached) { return reached.forget_taken("t3"); });
  EXPECT_THAT(taken_in("w"), ElementsAre("t4", "t2"));
  const auto row = guard([&](auto& reached) { return reached.taken_in(WaveId("w"), 1); }).front();
  EXPECT_EQ(row.connection, okta);
  EXPECT_EQ(row.wave, WaveId("w"));
  EXPECT_EQ(row.at, at(30));
  EXPECT_EQ(row.effect, "{}");
}

TEST_P(GuardContract, Prune_RemovesWhatIsOverAndKeepsWavesLonger) {
  lose("u1", 10);
  lose("u2", 20);
  take("loose1", 10);
  take("loose2", 20);
  take("old", 5, WaveId("w"));
  take("kept", 10, WaveId("w"));
  guard([&](auto& reached) { return reached.prune(okta, at(10), at(5)); });
  EXPECT_EQ(losses(0), 1);
  EXPECT_THAT(taken_in("w"), ElementsAre("kept"));
  guard([&](auto& reached) { return reached.adopt(okta, at(0), WaveId("x")); });
  EXPECT_THAT(taken_in("x"), ElementsAre("loose2"));
}

TEST_P(GuardContract, Waves_AreReadBackNewestFirst) {
  for (const auto& one : {wave("w1", okta), wave("w2", entra), wave("w3", okta)}) {
    guard([&](auto& reached) { return reached.insert_wave(one); });
  }
  const auto ids = [&](const ConnectionId& connection, std::int64_t limit) {
    return ids_of(guard([&](auto& reached) { return reached.waves(connection, {}, limit); }));
  };
  EXPECT_THAT(ids({}, 10), ElementsAre("w3", "w2", "w1"));
  EXPECT_THAT(ids(okta, 10), ElementsAre("w3", "w1"));
  EXPECT_THAT(ids(okta, 1), ElementsAre("w3"));
  EXPECT_EQ(guard([](auto& reached) { return reached.count_waves(); }), 3);
  auto changed = wave("w1", okta);
  changed.last = at(9);
  changed.undone = at(10);
  changed.undone_by = "lee";
  guard([&](auto& reached) { return reached.update_wave(changed); });
  const auto found = guard([](auto& reached) { return reached.find_wave(WaveId("w1")); });
  ASSERT_TRUE(found);
  EXPECT_EQ(found->connection, okta);
  EXPECT_EQ(found->opened, at(1));
  EXPECT_EQ(found->last, at(9));
  EXPECT_EQ(found->mode, access::GuardMode::observe);
  EXPECT_EQ(found->losses, 201);
  EXPECT_EQ(found->limit, 200);
  EXPECT_EQ(found->undone, at(10));
  EXPECT_EQ(found->undone_by, "lee");
  EXPECT_FALSE(guard([](auto& reached) { return reached.find_wave(WaveId("w4")); }));
  EXPECT_FALSE(read_in(other, [](Workspace& reached) { return reached.guard().find_wave(WaveId("w1")); }));
}

TEST_P(GuardContract, HeldChange_IsReadBackFieldByField) {
  auto change = held("h1");
  change.due = at(5);
  hold(change);
  change.last_asked = at(7);
  change.asked = 3;
  change.due.reset();
  change.state = HeldState::rejected;
  change.note = "no";
  change.decided_by = "lee";
  change.decided = at(8);
  change.effect = R"({"x":1})";
  change.costs = R"([{"id":"u1"}])";
  change.users = 2;
  write([&](Workspace& reached) { return reached.held_changes().update(change); });
  const auto found = read([](Workspace& reached) { return reached.held_changes().find(HeldChangeId("h1")); });
  ASSERT_TRUE(found);
  EXPECT_EQ(found->connection, okta);
  EXPECT_EQ(found->wave, WaveId("w"));
  EXPECT_EQ(found->digest, "d");
  EXPECT_EQ(found->action, "deactivate");
  EXPECT_EQ(found->type, "User");
  EXPECT_EQ(found->resource, ResourceId("uh1"));
  EXPECT_EQ(found->name, "maya");
  EXPECT_EQ(found->effect, R"({"x":1})");
  EXPECT_EQ(found->costs, R"([{"id":"u1"}])");
  EXPECT_EQ(found->users, 2);
  EXPECT_EQ(found->asked_by, "token:t");
  EXPECT_EQ(found->since, at(1));
  EXPECT_EQ(found->last_asked, at(7));
  EXPECT_EQ(found->asked, 3);
  EXPECT_FALSE(found->due);
  EXPECT_EQ(found->state, HeldState::rejected);
  EXPECT_EQ(found->note, "no");
  EXPECT_EQ(found->decided_by, "lee");
  EXPECT_EQ(found->decided, at(8));
  EXPECT_FALSE(read([](Workspace& reached) { return reached.held_changes().find(HeldChangeId("h2")); }));
  EXPECT_FALSE(read_in(other, [](Workspace& reached) { return reached.held_changes().find(HeldChangeId("h1")); }));
}

TEST_P(GuardContract, HeldDigest_IsThereOnceWhileItIsHeld) {
  hold(held("h1"));
  EXPECT_EQ(try_write([&](Workspace& reached) { return reached.held_changes().insert(held("h2")); }).error().code,
            ErrorCode::uniqueness);
  auto decided = held("h1");
  decided.state = HeldState::applied;
  write([&](Workspace& reached) { return reached.held_changes().update(decided); });
  hold(held("h2"));
  const auto newest = [&](const ConnectionId& connection, const std::string& digest) {
    return read([&](Workspace& reached) { return reached.held_changes().find_by_digest(connection, digest); });
  };
  EXPECT_EQ(newest(okta, "d")->id, HeldChangeId("h2"));
  EXPECT_FALSE(newest(okta, "e"));
  EXPECT_FALSE(newest(entra, "d"));
}

TEST_P(GuardContract, HeldFilter_EveryMemberNarrowsListAndCount) {
  hold(held("h1", "d1"));
  auto applied = held("h2", "d2");
  applied.state = HeldState::applied;
  hold(applied);
  auto elsewhere = held("h3", "d3");
  elsewhere.connection = entra;
  elsewhere.wave = WaveId("x");
  hold(elsewhere);
  auto group_change = held("h4", "d4");
  group_change.type = "Group";
  group_change.resource = ResourceId("uh1");
  hold(group_change);
  struct Case {
    store::HeldFilter filter;
    std::vector<std::string> ids;
  };
  const std::vector<Case> cases{
      {{}, {"h1", "h2", "h3", "h4"}},
      {{HeldState::held, {}, {}, {}, {}}, {"h1", "h3", "h4"}},
      {{HeldState::applied, {}, {}, {}, {}}, {"h2"}},
      {{HeldState::held, okta, {}, {}, {}}, {"h1", "h4"}},
      {{HeldState::held, {}, WaveId("x"), {}, {}}, {"h3"}},
      {{HeldState::held, {}, {}, "Group", {}}, {"h4"}},
      {{HeldState::held, {}, {}, "User", ResourceId("uh1")}, {"h1"}},
      {{std::nullopt, okta, {}, {}, ResourceId("uh2")}, {"h2"}},
      {{HeldState::rejected, {}, {}, {}, {}}, {}},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(list(one.filter), one.ids);
    EXPECT_EQ(count_held(one.filter), static_cast<std::int64_t>(one.ids.size()));
  }
  EXPECT_THAT(list({}, 2), ElementsAre("h1", "h2"));
}

TEST_P(GuardContract, Due_AreThoseHeldWhoseTimeHasCome) {
  const auto with_due = [&](const std::string& id, std::optional<Instant> due, HeldState state = HeldState::held) {
    auto change = held(id, id);
    change.due = due;
    change.state = state;
    hold(change);
  };
  with_due("h1", at(20));
  with_due("h2", at(10));
  with_due("h3", std::nullopt);
  with_due("h4", at(5), HeldState::rejected);
  const auto due = [&](int now, std::int64_t limit = 10) {
    return ids_of(read([&](Workspace& reached) { return reached.held_changes().due(at(now), limit); }));
  };
  EXPECT_THAT(due(9), IsEmpty());
  EXPECT_THAT(due(10), ElementsAre("h2"));
  EXPECT_THAT(due(20), ElementsAre("h2", "h1"));
  EXPECT_THAT(due(20, 1), ElementsAre("h2"));
}

TEST_P(GuardContract, ForgetDecided_LeavesTheNewestThatAreYoungEnoughAndAllThatIsHeld) {
  hold(held("h0", "d0"));
  const HeldState states[] = {HeldState::applied, HeldState::rejected, HeldState::withdrawn, HeldState::applied};
  for (int i = 1; i <= 4; ++i) {
    auto change = held("h" + std::to_string(i), "d" + std::to_string(i));
    change.state = states[i - 1];
    change.decided = at(10 * i);
    hold(change);
  }
  auto elsewhere = held("h9", "d9");
  elsewhere.state = HeldState::applied;
  elsewhere.decided = at(1);
  write_in(other, [&](Workspace& reached) { return reached.held_changes().insert(elsewhere); });
  const auto forget = [&](std::int64_t keep, int oldest) {
    write([&](Workspace& reached) { return reached.held_changes().forget_decided(keep, at(oldest)); });
    return list({});
  };
  EXPECT_THAT(forget(4, 10), ElementsAre("h0", "h1", "h2", "h3", "h4")) << "at both limits";
  EXPECT_THAT(forget(3, 10), ElementsAre("h0", "h2", "h3", "h4"));
  EXPECT_THAT(forget(3, 21), ElementsAre("h0", "h3", "h4"));
  EXPECT_THAT(forget(0, 0), ElementsAre("h0"));
  EXPECT_TRUE(read_in(other, [](Workspace& reached) { return reached.held_changes().find(HeldChangeId("h9")); }));
}

TEST_P(GuardContract, ForgetWaves_LeavesThoseThatSomethingIsLeftOf) {
  for (int i = 1; i <= 6; ++i) {
    auto one = wave("w" + std::to_string(i), i % 2 == 0 ? okta : entra);
    one.last = at(10 * i);
    guard([&](auto& reached) { return reached.insert_wave(one); });
  }
  auto waiting = held("h1", "d1");
  waiting.wave = WaveId("w1");
  hold(waiting);
  auto decided = held("h2", "d2");
  decided.wave = WaveId("w3");
  decided.state = HeldState::applied;
  decided.decided = at(1);
  hold(decided);
  take("t1", 1, WaveId("w2"));
  const auto forget = [&](std::int64_t keep, int oldest) {
    guard([&](auto& reached) { return reached.forget_waves(keep, at(oldest)); });
    return ids_of(guard([](auto& reached) { return reached.waves({}, {}, 100); }));
  };
  EXPECT_THAT(forget(6, 10), ElementsAre("w6", "w5", "w4", "w3", "w2", "w1")) << "at both limits";
  EXPECT_THAT(forget(6, 31), ElementsAre("w6", "w5", "w4", "w2", "w1"));
  EXPECT_THAT(forget(2, 31), ElementsAre("w6", "w5", "w2", "w1"));
  EXPECT_THAT(forget(1, 31), ElementsAre("w6", "w2", "w1"));
}

}  // namespace
}  // namespace rolecall::contract
