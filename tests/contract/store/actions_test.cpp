#include "store_contract.hpp"

namespace rolecall::contract {
namespace {

using access::ActionState;
using store::ActionRecord;

const DirectoryId kOkta("d1");
const ActionId kNone;

class ActionContract : public StoreContract {
 protected:
  void SetUp() override {
    StoreContract::SetUp();
    store::DirectoryRecord directory;
    directory.id = kOkta;
    directory.name = "okta-api";
    directory.provider = "okta";
    directory.state = store::DirectoryState::active;
    for (const auto& workspace : {home, other}) {
      write_in(workspace, [&](Workspace& reached) { return reached.directories().insert(directory); });
    }
  }
  static ActionRecord action(const std::string& id, const std::string& person = "u1",
                             ActionState state = ActionState::approved) {
    ActionRecord record;
    record.id = ActionId(id);
    record.directory = kOkta;
    record.action = "suspend";
    record.person = person;
    record.login = "maya@acme.example";
    record.object = "g1";
    record.object_name = "Zoë's";
    record.parameters = R"({"a":true})";
    record.reason = "Lost";
    record.digest = "d0";
    record.state = state;
    record.requester = "user:1";
    record.requested_by = "api-token:1";
    record.requested = at(10);
    record.request = RequestId("r" + id);
    record.approvals = 2;
    record.approve_until = at(900);
    record.execution_window = 60;
    record.due = at(10);
    if (state == ActionState::approved) {
      record.queued = at(10);
      record.execute_until = at(1000);
    }
    return record;
  }
  void insert(const ActionRecord& record) {
    write_in(home, [&](Workspace& reached) { return reached.actions().insert(record); });
  }
  ActionRecord find(const std::string& id) {
    return read_in(home, [&](Workspace& reached) { return reached.actions().find(ActionId(id)); }).value();
  }
  bool lease(const std::string& id, const std::string& name, Instant now, Instant until) {
    return write_in(home, [&](Workspace& reached) { return reached.actions().lease(ActionId(id), name, now, until); });
  }
  bool step(const ActionRecord& record, const std::string& name, std::optional<Instant> until) {
    return write_in(home, [&](Workspace& reached) { return reached.actions().step(record, name, until); });
  }
  std::string due(Instant now) {
    std::string all;
    const auto found = must(store::read(*store, [&](store::UnitOfWork& unit) { return unit.due_actions(now, 10); }));
    for (const auto& one : found) all += one.action.value() + " ";
    return all;
  }
  std::string page(const store::ActionFilter& filter, const ActionId& after = kNone, std::int64_t limit = 10) {
    std::string all;
    const auto found = read_in(home, [&](Workspace& reached) { return reached.actions().page(filter, after, limit); });
    for (const auto& one : found) all += one.id.value() + " ";
    return all;
  }
  void set_directory(store::DirectoryState state, bool is_paused, std::optional<Instant> throttled_until = {}) {
    write_in(home, [&](Workspace& reached) -> Result<bool> {
      ROLECALL_TRY_ASSIGN(auto directory, reached.directories().find(kOkta));
      directory->state = state;
      directory->is_paused = is_paused;
      directory->throttled_until = throttled_until;
      return reached.directories().update(*directory);
    });
  }
};
ROLECALL_ON_EVERY_ENGINE(ActionContract);

TEST_P(ActionContract, Action_IsKeptWhole_InItsWorkspaceOnly) {
  auto record = action("a1");
  record.fence = 0;
  insert(record);
  const auto found = find("a1");
  EXPECT_EQ(found.object_name, "Zoë's");
  EXPECT_EQ(found.parameters, R"({"a":true})");
  EXPECT_EQ(found.request, RequestId("ra1"));
  EXPECT_EQ(found.approve_until, at(900));
  EXPECT_EQ(found.execute_until, at(1000));
  EXPECT_EQ(found.execution_window, 60);
  EXPECT_FALSE(found.ended);
  EXPECT_FALSE(read_in(other, [&](Workspace& reached) { return reached.actions().find(ActionId("a1")); }));
  record.state = ActionState::cancelled;
  record.note = "Cancelled";
  record.ended = at(20);
  record.due.reset();
  const auto update = [&](ActionState from) {
    return write_in(home, [&](Workspace& reached) { return reached.actions().update(record, from, at(20)); });
  };
  EXPECT_FALSE(update(ActionState::held)) << "it is in another state by now";
  EXPECT_TRUE(update(ActionState::approved));
  EXPECT_EQ(find("a1").state, ActionState::cancelled);
  EXPECT_EQ(find("a1").ended, at(20));
  EXPECT_EQ(due(at(2000)), "");
}

TEST_P(ActionContract, Lease_IsOneAtATime_AndFenced) {
  insert(action("a1"));
  EXPECT_EQ(due(at(9)), "");
  EXPECT_EQ(due(at(10)), "a1 ");
  EXPECT_TRUE(lease("a1", "l1", at(10), at(50)));
  EXPECT_EQ(due(at(49)), "");
  EXPECT_FALSE(lease("a1", "l2", at(49), at(90)));
  auto record = find("a1");
  EXPECT_EQ(record.fence, 1);
  record.state = ActionState::leased;
  EXPECT_TRUE(step(record, "l1", at(60)));
  EXPECT_FALSE(write_in(home, [&](Workspace& reached) {
    return reached.actions().update(record, ActionState::leased, at(55));
  })) << "somebody does it just now";
  EXPECT_TRUE(lease("a1", "l2", at(60), at(90))) << "whoever had it is gone";
  EXPECT_EQ(find("a1").fence, 2);
  EXPECT_FALSE(step(record, "l1", std::nullopt)) << "whoever comes back too late changes nothing";
  record.state = ActionState::succeeded;
  record.ended = at(61);
  record.due.reset();
  EXPECT_TRUE(step(record, "l2", std::nullopt));
  EXPECT_EQ(find("a1").state, ActionState::succeeded);
  EXPECT_EQ(due(at(2000)), "");
}

TEST_P(ActionContract, ActionsOfOnePerson_GoOneByOne_InTheOrderInWhichTheyMayBeDone) {
  insert(action("a1"));
  insert(action("a2"));
  insert(action("a3", "u2"));
  auto late = action("a0");
  late.queued = at(11);
  insert(late);
  auto waiting = action("a4", "u1", ActionState::awaiting_approval);
  waiting.due = at(900);
  insert(waiting);
  EXPECT_EQ(due(at(20)), "a1 a3 ");
  EXPECT_FALSE(lease("a2", "l1", at(20), at(50)));
  EXPECT_TRUE(lease("a1", "l1", at(20), at(50)));
  auto record = find("a1");
  record.state = ActionState::unknown;
  record.due = at(100);
  EXPECT_TRUE(step(record, "l1", std::nullopt));
  EXPECT_EQ(due(at(20)), "a3 ") << "its end may still be found out";
  EXPECT_TRUE(lease("a1", "l1", at(100), at(150)));
  record.ended = at(101);
  record.due.reset();
  EXPECT_TRUE(step(record, "l1", std::nullopt));
  EXPECT_EQ(due(at(100)), "a2 a3 ");
  EXPECT_TRUE(lease("a2", "l1", at(100), at(150)));
  record = find("a2");
  record.state = ActionState::failed;
  record.ended = at(101);
  record.due.reset();
  EXPECT_TRUE(step(record, "l1", std::nullopt));
  EXPECT_EQ(due(at(100)), "a0 a3 ");
}

TEST_P(ActionContract, Queue_WaitsForItsDirectory) {
  insert(action("a1"));
  auto waiting = action("a2", "u2", ActionState::awaiting_approval);
  waiting.due = at(900);
  insert(waiting);
  for (const auto state : {store::DirectoryState::needs_reauthorization, store::DirectoryState::untested}) {
    set_directory(state, false);
    EXPECT_EQ(due(at(20)), "");
    EXPECT_FALSE(lease("a1", "l1", at(20), at(50)));
  }
  EXPECT_EQ(due(at(900)), "a2 ") << "what expires needs nothing of it";
  EXPECT_EQ(due(at(1000)), "a1 a2 ") << "what can no longer be begun, too";
  set_directory(store::DirectoryState::active, true);
  EXPECT_EQ(due(at(20)), "");
  set_directory(store::DirectoryState::throttled, false, at(30));
  EXPECT_EQ(due(at(29)), "");
  EXPECT_EQ(due(at(30)), "a1 ");
  set_directory(store::DirectoryState::degraded, false);
  write_in(home, [&](Workspace& reached) -> Result<void> {
    ROLECALL_TRY_ASSIGN(auto gate, reached.actions().lock_gate(kOkta));
    EXPECT_EQ(gate.failures, 0);
    return reached.actions().set_gate(kOkta, {3, at(40), "silent"});
  });
  EXPECT_EQ(due(at(39)), "");
  EXPECT_FALSE(lease("a1", "l1", at(39), at(50)));
  EXPECT_TRUE(lease("a1", "l1", at(40), at(50)));
  const auto gate = write_in(home, [&](Workspace& reached) { return reached.actions().lock_gate(kOkta); });
  EXPECT_EQ(gate.failures, 3);
  EXPECT_EQ(gate.reason, "silent");
}

TEST_P(ActionContract, Page_IsNewestFirst_OfThoseWhoFit) {
  for (const char* id : {"a1", "a2", "a3"}) insert(action(id));
  insert(action("a4", "u2", ActionState::held));
  EXPECT_EQ(page({}), "a4 a3 a2 a1 ");
  EXPECT_EQ(page({}, ActionId("a3"), 1), "a2 ");
  EXPECT_EQ(page({{}, "u1", {}, ""}), "a3 a2 a1 ");
  EXPECT_EQ(page({{}, "u1", ActionState::held, ""}), "");
  EXPECT_EQ(page({{}, "", ActionState::held, ""}), "a4 ");
  EXPECT_EQ(page({DirectoryId("d2"), "", ActionState::held, ""}), "");
  EXPECT_EQ(page({{}, "", {}, "ra2"}), "a2 ");
  EXPECT_EQ(page({kOkta, "u1", ActionState::approved, "ra3"}), "a3 ");
  EXPECT_EQ(page({DirectoryId("d2"), "", {}, ""}), "");
}

TEST_P(ActionContract, Count_LeavesOutWhatIsHeldOrTakenBack) {
  insert(action("a1"));
  insert(action("a2", "u2", ActionState::held));
  insert(action("a3", "u3", ActionState::cancelled));
  insert(action("a4", "u4", ActionState::failed));
  auto other_kind = action("a5");
  other_kind.action = "unsuspend";
  insert(other_kind);
  const auto count = [&](Instant since) {
    return read_in(home, [&](Workspace& reached) { return reached.actions().count(kOkta, "suspend", since); });
  };
  EXPECT_EQ(count(at(9)), 2);
  EXPECT_EQ(count(at(10)), 0);
}

TEST_P(ActionContract, AttemptsAndApprovals_AreKept_AndGoWithTheAction) {
  insert(action("a1"));
  insert(action("a2", "u2"));
  store::ActionAttempt attempt{1, store::AttemptKind::call, at(20), {}, 0, "", "", "", ""};
  const store::ActionApproval approval{"user:2", "api-token:2", true, "d0", "Fine", at(15)};
  write_in(home, [&](Workspace& reached) -> Result<void> {
    ROLECALL_TRY(reached.actions().begin_attempt(ActionId("a1"), attempt));
    ROLECALL_TRY(reached.actions().begin_attempt(ActionId("a2"), attempt));
    ROLECALL_TRY_ASSIGN(const bool is_first, reached.actions().add_approval(ActionId("a1"), approval));
    EXPECT_TRUE(is_first);
    return {};
  });
  EXPECT_FALSE(write_in(home, [&](Workspace& reached) {
    return reached.actions().add_approval(ActionId("a1"), approval);
  })) << "the same person twice";
  attempt.finished = at(21);
  attempt.status = 503;
  attempt.outcome = "unavailable";
  attempt.code = "E1";
  attempt.message = "Down";
  attempt.vendor_request = "v1";
  write_in(home, [&](Workspace& reached) { return reached.actions().end_attempt(ActionId("a1"), attempt); });
  const auto attempts = read_in(home, [&](Workspace& reached) { return reached.actions().attempts(ActionId("a1")); });
  ASSERT_EQ(attempts.size(), 1U);
  EXPECT_EQ(attempts[0].kind, store::AttemptKind::call);
  EXPECT_EQ(attempts[0].finished, at(21));
  EXPECT_EQ(attempts[0].status, 503);
  EXPECT_EQ(attempts[0].outcome + attempts[0].code + attempts[0].message + attempts[0].vendor_request,
            "unavailableE1Downv1");
  const auto approvals = read_in(home, [&](Workspace& reached) { return reached.actions().approvals(ActionId("a1")); });
  ASSERT_EQ(approvals.size(), 1U);
  EXPECT_EQ(approvals[0].approver + approvals[0].name + approvals[0].comment, "user:2api-token:2Fine");
  auto ended = find("a1");
  ended.state = ActionState::succeeded;
  ended.ended = at(30);
  write_in(home, [&](Workspace& reached) { return reached.actions().update(ended, ActionState::approved, at(30)); });
  const auto left = [&](const char* id) {
    return read_in(home, [&](Workspace& reached) { return reached.actions().attempts(ActionId(id)); }).size();
  };
  write_in(home, [&](Workspace& reached) { return reached.actions().forget_ended(kOkta, at(30)); });
  EXPECT_EQ(left("a1"), 1U);
  write_in(home, [&](Workspace& reached) { return reached.actions().forget_ended(kOkta, at(31)); });
  EXPECT_EQ(left("a1"), 0U);
  EXPECT_EQ(left("a2"), 1U);
  EXPECT_EQ(page({}), "a2 ");
  write_in(home, [&](Workspace& reached) { return reached.actions().forget(kOkta); });
  EXPECT_EQ(page({}), "");
  EXPECT_EQ(left("a2"), 0U);
}

TEST_P(ActionContract, Policy_IsKeptWhole_OnePerDirectoryAndAction) {
  store::ActionPolicyRecord record;
  record.id = ActionPolicyId("p1");
  record.policy = {kOkta,
                   "suspend",
                   {RoleId("r1"), RoleId("r2")},
                   2,
                   {RoleId("r3")},
                   5,
                   true,
                   std::chrono::seconds(60),
                   std::chrono::seconds(120)};
  record.made_by = "admin";
  record.created = at(3);
  write_in(home, [&](Workspace& reached) { return reached.action_policies().insert(record); });
  const auto find_policy = [&] {
    return read_in(home, [&](Workspace& reached) { return reached.action_policies().find(record.id); });
  };
  EXPECT_EQ(find_policy()->policy, record.policy);
  auto twin = record;
  twin.id = ActionPolicyId("p2");
  const auto refused =
      store->write([&](store::UnitOfWork& unit) { return unit.workspace(home).action_policies().insert(twin); });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::uniqueness);
  record.policy.roles.clear();
  record.policy.approvals = 0;
  record.policy.hourly = 0;
  record.policy.needs_reason = false;
  EXPECT_TRUE(write_in(home, [&](Workspace& reached) { return reached.action_policies().update(record); }));
  EXPECT_EQ(find_policy()->policy, record.policy);
  EXPECT_TRUE(read_in(other, [](Workspace& reached) { return reached.action_policies().list(); }).empty());
  EXPECT_EQ(read_in(home, [](Workspace& reached) { return reached.action_policies().list(); }).size(), 1U);
  EXPECT_TRUE(write_in(home, [&](Workspace& reached) { return reached.action_policies().remove(record.id); }));
  EXPECT_FALSE(find_policy());
}

TEST_P(ActionContract, SetsOfAName_AreFound) {
  for (const char* id : {"g2", "g1"}) {
    write_in(home, [&](Workspace& reached) {
      return reached.people().insert_set(
          {kOkta, store::SetKind::group, id, "Finance", "", "OKTA_GROUP", "", true, {}, {}, 1});
    });
  }
  const auto found = read_in(
      home, [](Workspace& reached) { return reached.people().sets_named(kOkta, store::SetKind::group, "Finance"); });
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].id, "g1");
  EXPECT_TRUE(read_in(home, [](Workspace& reached) {
                return reached.people().sets_named(kOkta, store::SetKind::application, "Finance");
              }).empty());
}

}  // namespace
}  // namespace rolecall::contract
