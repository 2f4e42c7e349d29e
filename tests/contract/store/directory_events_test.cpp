#include "store_contract.hpp"

namespace rolecall::contract {
namespace {

using store::EndingState;
using store::EventSource;
using store::HookState;

const DirectoryId kOkta("d1");
const DirectoryId kOther("d2");

class DirectoryEventContract : public StoreContract {
 protected:
  void SetUp() override {
    StoreContract::SetUp();
    for (const auto& workspace : {home, other}) {
      for (const auto& id : {kOkta, kOther}) insert_directory(workspace, id);
    }
  }
  void insert_directory(const WorkspaceId& workspace, const DirectoryId& id) {
    store::DirectoryRecord record;
    record.id = id;
    record.name = id.value();
    record.provider = "okta";
    record.created = at(1);
    write_in(workspace, [&](Workspace& reached) { return reached.directories().insert(record); });
  }
  void pause(const WorkspaceId& workspace, const DirectoryId& id) {
    auto record = *read_in(workspace, [&](Workspace& reached) { return reached.directories().find(id); });
    record.is_paused = true;
    write_in(workspace, [&](Workspace& reached) { return reached.directories().update(record); });
  }
  static store::HookRecord hook(const DirectoryId& directory, HookState state = HookState::making) {
    store::HookRecord record;
    record.directory = directory;
    record.url = "https://scim.example.com/hooks/v1/okta/d1";
    record.secret = "sealed";
    record.state = state;
    record.due = at(10);
    record.made_by = "admin";
    record.created = at(2);
    return record;
  }
  /// "home/d1 " for each.
  template <typename F>
  std::string due(const F& ask) {
    std::string all;
    must(store->read([&](UnitOfWork& unit) -> Result<void> {
      ROLECALL_TRY_ASSIGN(const auto found, ask(unit));
      for (const auto& one : found) all += (one.workspace == home ? "home/" : "other/") + one.directory.value() + " ";
      return {};
    }));
    return all;
  }
  void ask(const std::string& person, std::int64_t now, bool with_sets = false, const std::string& event = "e1") {
    write([&](Workspace& reached) {
      return reached.directory_events().ask({kOkta, person, with_sets, event, 1, at(now), at(now), 0});
    });
  }
  std::optional<store::RereadRecord> reread(const std::string& person) {
    return read([&](Workspace& reached) { return reached.directory_events().find(kOkta, person); });
  }
  bool lease(const std::string& person, const std::string& name, std::int64_t now, std::int64_t until) {
    return write(
        [&](Workspace& reached) { return reached.directory_events().lease(kOkta, person, name, at(now), at(until)); });
  }
  bool settle(const std::string& person, const std::string& name, std::int64_t marks) {
    return write([&](Workspace& reached) { return reached.directory_events().settle(kOkta, person, name, marks); });
  }
  std::string due_rereads(std::int64_t now) {
    return due([&](UnitOfWork& unit) { return unit.due_rereads(at(now), 10); });
  }
};
ROLECALL_ON_EVERY_ENGINE(DirectoryEventContract);

TEST_P(DirectoryEventContract, Hook_IsFoundInItsWorkspaceAndFromAnywhere) {
  EXPECT_FALSE(must(store::read(*store, [](UnitOfWork& unit) { return unit.find_hook(kOkta); })));
  write_in(other, [&](Workspace& reached) { return reached.hooks().insert(hook(kOkta)); });
  EXPECT_FALSE(read([](Workspace& reached) { return reached.hooks().find(kOkta); }));
  const auto anywhere = must(store::read(*store, [](UnitOfWork& unit) { return unit.find_hook(kOkta); }));
  ASSERT_TRUE(anywhere);
  EXPECT_EQ(anywhere->workspace, other);
  EXPECT_EQ(anywhere->hook.secret, "sealed");
  const auto again = try_write_in(other, [&](Workspace& reached) { return reached.hooks().insert(hook(kOkta)); });
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::uniqueness);
  auto changed = anywhere->hook;
  changed.url = "https://other.example.com/x";
  changed.secret = "sealed anew";
  changed.state = HookState::verified;
  changed.vendor_id = "who1";
  changed.reason = "Some “words”";
  changed.vendor_request = "req1";
  changed.failures = 2;
  changed.due = at(30);
  changed.verified = at(31);
  EXPECT_TRUE(write_in(other, [&](Workspace& reached) { return reached.hooks().update(changed); }));
  EXPECT_FALSE(write([&](Workspace& reached) { return reached.hooks().update(changed); }));
  write_in(other, [&](Workspace& reached) { return reached.hooks().note_received(kOkta, at(32)); });
  const auto found = read_in(other, [](Workspace& reached) { return reached.hooks().list(); });
  ASSERT_EQ(found.size(), 1U);
  const auto& one = found.front();
  EXPECT_EQ(std::tie(one.url, one.secret, one.vendor_id, one.reason, one.vendor_request, one.made_by),
            std::tie(changed.url, changed.secret, changed.vendor_id, changed.reason, changed.vendor_request,
                     changed.made_by));
  EXPECT_EQ(one.state, HookState::verified);
  EXPECT_EQ(one.failures, 2);
  EXPECT_EQ(one.due, at(30));
  EXPECT_EQ(one.verified, at(31));
  EXPECT_EQ(one.received, at(32));
  EXPECT_EQ(one.created, at(2));
  EXPECT_TRUE(write_in(other, [](Workspace& reached) { return reached.hooks().remove(kOkta); }));
  EXPECT_FALSE(write_in(other, [](Workspace& reached) { return reached.hooks().remove(kOkta); }));
}

TEST_P(DirectoryEventContract, Hook_IsDueWhileSomethingIsToBeDoneAndNobodyDoesIt) {
  write([&](Workspace& reached) { return reached.hooks().insert(hook(kOkta, HookState::removing)); });
  write([&](Workspace& reached) { return reached.hooks().insert(hook(kOther, HookState::by_hand)); });
  const auto hooks = [&](std::int64_t now) {
    return due([&](UnitOfWork& unit) { return unit.due_hooks(at(now), 10); });
  };
  const auto lease = [&](const DirectoryId& id, const char* name, std::int64_t now, std::int64_t until) {
    return write([&](Workspace& reached) { return reached.hooks().lease(id, name, at(now), at(until)); });
  };
  EXPECT_EQ(hooks(9), "");
  EXPECT_EQ(hooks(10), "home/d1 ");
  EXPECT_FALSE(lease(kOkta, "early", 9, 50));
  EXPECT_FALSE(lease(kOther, "by hand", 10, 50));
  EXPECT_TRUE(lease(kOkta, "one", 10, 50));
  EXPECT_EQ(hooks(49), "");
  EXPECT_FALSE(lease(kOkta, "two", 49, 90));
  EXPECT_TRUE(lease(kOkta, "two", 50, 90));
  EXPECT_FALSE(write([](Workspace& reached) { return reached.hooks().release(kOkta, "one"); }));
  EXPECT_TRUE(write([](Workspace& reached) { return reached.hooks().release(kOkta, "two"); }));
  EXPECT_EQ(hooks(51), "home/d1 ");
  pause(home, kOkta);
  EXPECT_EQ(hooks(51), "");
}

TEST_P(DirectoryEventContract, Event_IsNewOnceInItsDirectoryAndForgottenWhenItIsOld) {
  const auto add = [&](const WorkspaceId& workspace, const DirectoryId& directory, const char* uuid,
                       std::int64_t received) {
    return write_in(workspace, [&](Workspace& reached) {
      return reached.directory_events().add(
          {directory, uuid, "user.lifecycle.suspend", EventSource::log, at(5), at(received)});
    });
  };
  EXPECT_TRUE(add(home, kOkta, "e1", 10));
  EXPECT_FALSE(add(home, kOkta, "e1", 11));
  EXPECT_TRUE(add(home, kOther, "e1", 12));
  EXPECT_TRUE(add(other, kOkta, "e1", 13));
  EXPECT_TRUE(add(home, kOkta, "e2", 14));
  const auto newest = read([](Workspace& reached) { return reached.directory_events().newest(kOkta, 10); });
  ASSERT_EQ(newest.size(), 2U);
  EXPECT_EQ(newest.front().uuid, "e2");
  EXPECT_EQ(newest.back().received, at(10)) << "the first time counts";
  EXPECT_EQ(newest.front().published, at(5));
  EXPECT_EQ(newest.front().source, EventSource::log);
  EXPECT_EQ(newest.front().type, "user.lifecycle.suspend");
  const auto forget = [&](std::int64_t before, std::int64_t limit) {
    return write([&](Workspace& reached) { return reached.directory_events().forget_until(at(before), limit); });
  };
  EXPECT_EQ(forget(10, 10), 0);
  EXPECT_EQ(forget(14, 1), 1);
  EXPECT_EQ(forget(14, 10), 1);
  EXPECT_TRUE(add(home, kOkta, "e1", 20)) << "nobody remembers";
  EXPECT_FALSE(add(home, kOkta, "e2", 20));
  EXPECT_FALSE(add(other, kOkta, "e1", 20));
}

TEST_P(DirectoryEventContract, Reread_IsOnePerPersonHoweverOftenItIsAskedFor) {
  ask("u1", 10);
  ask("u1", 20, true, "e2");
  ask("u1", 30, false, "e3");
  const auto found = reread("u1");
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->with_sets) << "once asked for, they are read";
  EXPECT_EQ(found->event, "e3");
  EXPECT_EQ(found->marks, 3);
  EXPECT_EQ(found->asked, at(10));
  EXPECT_EQ(found->due, at(30));
  EXPECT_EQ(due_rereads(29), "");
  EXPECT_EQ(due_rereads(30), "home/d1 ");
  pause(home, kOkta);
  EXPECT_EQ(due_rereads(30), "");
}

TEST_P(DirectoryEventContract, FarTimes_AreEnded_AndOthersStay) {
  const auto end_far_times = [&](std::int64_t horizon) {
    return store::write(*store, [&](UnitOfWork& unit) { return unit.end_far_times(at(horizon)); }).value();
  };
  ask("u1", 10);
  EXPECT_TRUE(lease("u1", "far", 10, 5'000));
  EXPECT_EQ(end_far_times(5'000), 0);
  EXPECT_EQ(due_rereads(20), "");
  EXPECT_EQ(end_far_times(4'999), 1);
  EXPECT_EQ(due_rereads(20), "home/d1 ");
  EXPECT_FALSE(settle("u1", "far", 1)) << "whoever held it is not heard";
  ask("u2", 6'000);
  EXPECT_EQ(end_far_times(4'999), 1);
  EXPECT_EQ(due_rereads(20), "home/d1 home/d1 ");
}

TEST_P(DirectoryEventContract, Reread_IsDoneAsFarAsItWasAskedFor) {
  ask("u1", 10);
  EXPECT_FALSE(lease("u1", "early", 9, 50));
  EXPECT_TRUE(lease("u1", "one", 10, 50));
  EXPECT_FALSE(lease("u1", "two", 49, 90));
  EXPECT_EQ(due_rereads(49), "");
  ask("u1", 40);
  EXPECT_TRUE(settle("u1", "one", 1));
  ASSERT_TRUE(reread("u1")) << "something was told while it was read";
  EXPECT_EQ(due_rereads(40), "home/d1 ");
  EXPECT_TRUE(lease("u1", "two", 41, 90));
  EXPECT_FALSE(settle("u1", "one", 2)) << "it went to somebody else";
  write([](Workspace& reached) { return reached.directory_events().postpone(kOkta, "u1", "one", 9, at(99)); });
  EXPECT_EQ(reread("u1")->failures, 0);
  write([](Workspace& reached) { return reached.directory_events().postpone(kOkta, "u1", "two", 4, at(60)); });
  EXPECT_EQ(reread("u1")->failures, 4);
  EXPECT_EQ(due_rereads(59), "");
  EXPECT_TRUE(lease("u1", "three", 60, 90));
  EXPECT_TRUE(settle("u1", "three", 2));
  EXPECT_FALSE(reread("u1"));
}

TEST_P(DirectoryEventContract, Log_IsReadByOneAtATime) {
  store::DirectoryLogRecord log{kOkta, at(3), "", "", 0, std::nullopt, at(10)};
  write([&](Workspace& reached) { return reached.directory_logs().insert(log); });
  const auto again = try_write([&](Workspace& reached) { return reached.directory_logs().insert(log); });
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::uniqueness);
  const auto logs = [&](std::int64_t now) { return due([&](UnitOfWork& unit) { return unit.due_logs(at(now), 10); }); };
  EXPECT_EQ(logs(9), "");
  EXPECT_EQ(logs(10), "home/d1 ");
  const auto lease = [&](const char* name, std::int64_t now, std::int64_t until) {
    return write([&](Workspace& reached) { return reached.directory_logs().lease(kOkta, name, at(now), at(until)); });
  };
  EXPECT_TRUE(lease("one", 10, 50));
  EXPECT_FALSE(lease("two", 20, 50));
  EXPECT_TRUE(write([](Workspace& reached) { return reached.directory_logs().renew(kOkta, "one", at(70)); }));
  EXPECT_FALSE(lease("two", 69, 90));
  EXPECT_TRUE(lease("two", 70, 90));
  EXPECT_FALSE(write([](Workspace& reached) { return reached.directory_logs().renew(kOkta, "one", at(95)); }));
  log = {kOkta, at(4), "/api/v1/logs?after=x", "It said no.", 2, at(71), at(80)};
  EXPECT_TRUE(write([&](Workspace& reached) { return reached.directory_logs().update(log); }));
  EXPECT_EQ(read([](Workspace& reached) { return reached.directory_logs().find(kOkta); }), log);
  EXPECT_FALSE(write_in(other, [&](Workspace& reached) { return reached.directory_logs().update(log); }));
  EXPECT_TRUE(write([](Workspace& reached) { return reached.directory_logs().release(kOkta, "two"); }));
  EXPECT_EQ(logs(80), "home/d1 ");
  pause(home, kOkta);
  EXPECT_EQ(logs(80), "");
  EXPECT_TRUE(write([](Workspace& reached) { return reached.directory_logs().remove(kOkta); }));
  EXPECT_FALSE(read([](Workspace& reached) { return reached.directory_logs().find(kOkta); }));
}

TEST_P(DirectoryEventContract, EndedAccess_IsDueUntilItIsDoneAndForgottenWithItsUser) {
  store::EndedAccessRecord ending{kOkta, "u1",   ResourceId("user1"), EndingState::ending, "suspended", "SyncRun/x",
                                  "",    at(10), std::nullopt};
  const auto put = [&] { write([&](Workspace& reached) { return reached.ended_access().put(ending); }); };
  const auto find = [&] { return read([](Workspace& reached) { return reached.ended_access().find(kOkta, "u1"); }); };
  const auto take = [&] { return write([](Workspace& reached) { return reached.ended_access().take(kOkta, "u1"); }); };
  const auto endings = [&](std::int64_t now) {
    return due([&](UnitOfWork& unit) { return unit.due_endings(at(now), 10); });
  };
  EXPECT_FALSE(take());
  put();
  EXPECT_EQ(find(), ending);
  EXPECT_EQ(endings(9), "");
  EXPECT_EQ(endings(10), "home/d1 ");
  EXPECT_TRUE(take());
  for (const auto state : {EndingState::ended, EndingState::held, EndingState::refused}) {
    ending.state = state;
    ending.ended = at(11);
    ending.note = "A “note”";
    put();
    EXPECT_EQ(find(), ending);
    EXPECT_EQ(endings(99), "");
    EXPECT_FALSE(take());
  }
  ending.state = EndingState::returning;
  ending.user = ResourceId("user2");
  put();
  EXPECT_EQ(endings(10), "home/d1 ");
  EXPECT_TRUE(take());
  write([](Workspace& reached) { return reached.ended_access().forget_user(ResourceId("user1")); });
  write_in(other, [](Workspace& reached) { return reached.ended_access().forget_user(ResourceId("user2")); });
  EXPECT_TRUE(find());
  write([](Workspace& reached) { return reached.ended_access().forget_user(ResourceId("user2")); });
  EXPECT_FALSE(find());
  put();
  EXPECT_TRUE(write([](Workspace& reached) { return reached.ended_access().remove(kOkta, "u1"); }));
  EXPECT_FALSE(write([](Workspace& reached) { return reached.ended_access().remove(kOkta, "u1"); }));
}

TEST_P(DirectoryEventContract, Forgotten_IsWhatIsOfOneDirectory) {
  for (const auto& directory : {kOkta, kOther}) {
    write([&](Workspace& reached) -> Result<void> {
      ROLECALL_TRY(reached.directory_events().add({directory, "e1", "t", EventSource::hook, std::nullopt, at(1)}));
      ROLECALL_TRY(reached.directory_events().ask({directory, "u1", false, "e1", 1, at(1), at(1), 0}));
      return reached.ended_access().put(
          {directory, "u1", ResourceId("x"), EndingState::ending, "suspended", "c", "", at(1), std::nullopt});
    });
  }
  write([](Workspace& reached) -> Result<void> {
    ROLECALL_TRY(reached.directory_events().forget(kOkta));
    return reached.ended_access().forget(kOkta);
  });
  EXPECT_EQ(due_rereads(5), "home/d2 ");
  EXPECT_EQ(due([](UnitOfWork& unit) { return unit.due_endings(at(5), 10); }), "home/d2 ");
  EXPECT_TRUE(read([](Workspace& reached) { return reached.directory_events().newest(kOkta, 10); }).empty());
  EXPECT_EQ(read([](Workspace& reached) { return reached.directory_events().newest(kOther, 10); }).size(), 1U);
}

}  // namespace
}  // namespace rolecall::contract
