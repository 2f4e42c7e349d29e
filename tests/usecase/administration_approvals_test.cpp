#include "actions_org.hpp"

// Who may ask, who may agree, and what becomes of it when one of them may no longer.

namespace rolecall::administration {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class AdministrationApprovals : public AdministrationActions {
 protected:
  void refused(const Result<ActionRecord>& result, ErrorCode code, const std::string& words) {
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, code) << result.error().detail;
    EXPECT_THAT(result.error().detail, HasSubstr(words));
  }
  /// Not done, and the audit says why.
  void is_rejected(const ActionRecord& action, const std::string& words) {
    EXPECT_THAT(run(), IsEmpty());
    EXPECT_EQ(state(action), ActionState::rejected);
    EXPECT_THAT(view(action).action.note, HasSubstr(words));
    EXPECT_EQ(rows().back(), "action.rejected");
  }
  void tamper(const ActionRecord& action, const std::function<void(ActionRecord&)>& change) {
    // A row that somebody changed behind our back: the store writes what changes only, so it is put in anew.
    ActionRecord changed = view(action).action;
    change(changed);
    ASSERT_TRUE(world.environment.store.write([&](store::UnitOfWork& unit) -> Result<void> {
      auto& actions = unit.workspace(world.workspace).actions();
      changed.id = ActionId(action.id.value() + "x");
      ROLECALL_TRY(actions.insert(changed));
      for (const auto& approval : view_of(actions, action.id)) ROLECALL_TRY(actions.add_approval(changed.id, approval));
      return {};
    }));
    tampered = changed;
  }
  static std::vector<store::ActionApproval> view_of(store::ActionRepository& actions, const ActionId& id) {
    return actions.approvals(id).value_or(std::vector<store::ActionApproval>());
  }
  ActionRecord tampered;
};

TEST_F(AdministrationApprovals, Requester_NeverApproves_HoweverManyTokens) {
  const auto action = must_ask(boss, "deprovision");
  refused(approve(boss, action), ErrorCode::forbidden, "for themselves");
  refused(approve(token_for("boss@acme.example"), action), ErrorCode::forbidden, "for themselves");
  ASSERT_TRUE(approve(other_boss, action));
  EXPECT_EQ(state(action), ActionState::approved);
  const auto by_admin = must_ask(world.admin, "deprovision", "tom");
  refused(approve(world.admin, by_admin), ErrorCode::forbidden, "for themselves");
  EXPECT_TRUE(approve(boss, by_admin));
}

TEST_F(AdministrationApprovals, MissingIdentity_IsRefused) {
  const auto action = must_ask(asker, "deprovision");
  refused(approve(token_for(""), action), ErrorCode::forbidden, "stands for nobody");
  refused(approve({"api-token:0000", {}}, action), ErrorCode::forbidden, "stands for nobody");
  refused(approve({"system", {}}, action), ErrorCode::forbidden, "stands for nobody");
  refused(approve({"", {}}, action), ErrorCode::forbidden, "stands for nobody");
  EXPECT_EQ(ask({"api-token:0000", {}}, "suspend").error().code, ErrorCode::forbidden);
  EXPECT_TRUE(ask(token_for(""), "suspend")) << "a token asks by its scope";
  const auto automatic = must_ask(token_for(""), "deprovision", "tom");
  refused(approve(world.admin, automatic), ErrorCode::forbidden, "for themselves");
  EXPECT_TRUE(approve(boss, automatic));
}

TEST_F(AdministrationApprovals, WithoutThePermission_IsRefused) {
  const auto action = must_ask(boss, "deprovision");
  refused(approve(asker, action), ErrorCode::forbidden, "actions.approve");
  const auto agent = actor_of("agent@acme.example", "IT Agent");
  refused(ask(agent, "suspend"), ErrorCode::forbidden, "actions.request");
  set_policy({.action = "suspend",
              .roles = std::vector<std::string>{"IT Agent"},
              .approvals = 1,
              .approvers = std::vector<std::string>{"HR Admin"}});
  const auto asked_by_agent = must_ask(agent, "suspend");
  refused(ask(asker, "suspend"), ErrorCode::forbidden, "other roles");
  refused(approve(boss, asked_by_agent), ErrorCode::forbidden, "other roles");
  EXPECT_TRUE(approve(asker, asked_by_agent));
}

TEST_F(AdministrationApprovals, SamePersonTwice_IsOne) {
  set_policy({.action = "suspend", .approvals = 2});
  const auto action = must_ask(asker, "suspend");
  ASSERT_TRUE(approve(boss, action));
  EXPECT_EQ(state(action), ActionState::awaiting_approval);
  refused(approve(boss, action), ErrorCode::conflict, "another one");
  refused(approve(token_for("boss@acme.example"), action), ErrorCode::conflict, "another one");
  ASSERT_TRUE(approve(other_boss, action));
  EXPECT_EQ(run().size(), 2U);
  EXPECT_EQ(state(action), ActionState::succeeded);
  refused(approve(world.admin, action), ErrorCode::conflict, "succeeded");
}

TEST_F(AdministrationApprovals, AnotherAction_IsNotApproved) {
  const auto action = must_ask(asker, "deprovision");
  const auto other = must_ask(asker, "deprovision", "tom");
  auto wrong = action;
  wrong.digest = other.digest;
  refused(approve(boss, wrong), ErrorCode::conflict, "digest");
  wrong.digest = "";
  refused(approve(boss, wrong), ErrorCode::conflict, "digest");
}

TEST_F(AdministrationApprovals, ChangedPayload_IsNotDone) {
  const auto action = must_ask(asker, "deprovision");
  ASSERT_TRUE(approve(boss, action));
  ASSERT_TRUE(cancel_action(world.environment, world.workspace, asker, action.id));
  tamper(action, [](ActionRecord& row) {
    row.person = "tom";
    row.state = ActionState::approved;
    row.ended.reset();
    row.due = row.queued;
  });
  is_rejected(tampered, "changed");
}

TEST_F(AdministrationApprovals, ApprovalWindow_Expires) {
  set_policy({.action = "suspend", .approvals = 1, .approval_window = 60});
  const auto action = must_ask(asker, "suspend");
  world.clock.advance(std::chrono::seconds(60));
  refused(approve(boss, action), ErrorCode::conflict, "time");
  EXPECT_THAT(run(), IsEmpty());
  EXPECT_EQ(state(action), ActionState::expired);
  EXPECT_EQ(rows().back(), "action.expired");
}

TEST_F(AdministrationApprovals, ExecutionWindow_Expires_EvenWhileTheDirectoryIsAway) {
  set_policy({.action = "suspend", .approvals = 1, .execution_window = 60});
  const auto action = must_ask(asker, "suspend");
  ASSERT_TRUE(approve(boss, action));
  DirectoryChange pause;
  pause.is_paused = true;
  ASSERT_TRUE(change_directory(world.environment, world.workspace, world.admin, "okta-api", pause));
  world.clock.advance(std::chrono::seconds(59));
  EXPECT_THAT(run(), IsEmpty());
  EXPECT_EQ(state(action), ActionState::approved);
  world.clock.advance(std::chrono::seconds(1));
  EXPECT_THAT(run(), IsEmpty());
  EXPECT_EQ(state(action), ActionState::expired);
}

TEST_F(AdministrationApprovals, ApproverDemoted_BeforeItIsDone) {
  const auto action = must_ask(asker, "deprovision");
  ASSERT_TRUE(approve(boss, action));
  ASSERT_TRUE(revoke_direct(world.environment, world.workspace, world.admin, "boss@acme.example", "IT Admin"));
  is_rejected(action, "no longer counts");
}

TEST_F(AdministrationApprovals, ApproverDeactivated_BeforeItIsDone) {
  const auto action = must_ask(asker, "deprovision");
  ASSERT_TRUE(approve(boss, action));
  ASSERT_TRUE(world.set_active(users["boss@acme.example"], false));
  is_rejected(action, "no access any more");
  refused(approve(boss, must_ask(asker, "deprovision", "tom")), ErrorCode::forbidden, "no access");
}

TEST_F(AdministrationApprovals, RequesterDemotedOrGone_BeforeItIsDone) {
  const auto action = must_ask(asker, "suspend");
  ASSERT_TRUE(revoke_direct(world.environment, world.workspace, world.admin, "asker@acme.example", "HR Admin"));
  is_rejected(action, "actions.request");
  const auto other = must_ask(boss, "suspend");
  ASSERT_TRUE(world.delete_user(users["boss@acme.example"]));
  is_rejected(other, "no access any more");
}

TEST_F(AdministrationApprovals, Rejected_IsNeverDone) {
  const auto action = must_ask(asker, "deprovision");
  const auto reject = [&](const Actor& actor, const ActionRecord& one) {
    return reject_action(world.environment, world.workspace, actor, one.id, {one.digest, "The wrong Maya"});
  };
  refused(reject(asker, action), ErrorCode::forbidden, "for themselves");
  ASSERT_TRUE(reject(boss, action));
  refused(approve(other_boss, action), ErrorCode::conflict, "rejected");
  EXPECT_THAT(run(), IsEmpty());
  EXPECT_EQ(view(action).approvals.front().comment, "The wrong Maya");
  EXPECT_FALSE(view(action).approvals.front().is_approval);
}

TEST_F(AdministrationApprovals, Refusals_AreWrittenDown) {
  const auto action = must_ask(boss, "deprovision");
  const auto tried = approve(boss, action);
  ASSERT_FALSE(tried);
  ASSERT_TRUE(note_refusal(world.environment, world.workspace, boss, action.id, tried.error().detail));
  EXPECT_EQ(rows().back(), "action.approval_refused");
}

TEST_F(AdministrationApprovals, The26thInTheHour_IsHeld_UntilSomebodyElseLetsItGoOn) {
  ActionRecord last;
  for (int count = 1; count <= 25; ++count) {
    last = must_ask(asker, "suspend");
    ASSERT_EQ(last.state, ActionState::approved) << count;
  }
  const auto held = must_ask(asker, "suspend");
  EXPECT_EQ(held.state, ActionState::held);
  EXPECT_EQ(must_ask(asker, "unsuspend").state, ActionState::approved) << "another kind";
  run();
  EXPECT_EQ(state(held), ActionState::held);
  const auto release = [&](const Actor& actor, const ActionRecord& one) {
    return release_action(world.environment, world.workspace, actor, one.id, {one.digest, ""});
  };
  refused(approve(boss, held), ErrorCode::conflict, "held");
  refused(release(asker, held), ErrorCode::forbidden, "for themselves");
  ASSERT_TRUE(release(boss, held));
  EXPECT_EQ(state(held), ActionState::approved);
  refused(release(boss, last), ErrorCode::conflict, "waits for");
  world.clock.advance(std::chrono::minutes(61));
  EXPECT_EQ(must_ask(asker, "suspend").state, ActionState::approved) << "another hour";
}

TEST_F(AdministrationApprovals, Held_GoesOnToItsApproval) {
  set_policy({.action = "suspend", .approvals = 1, .hourly = 1});
  must_ask(asker, "suspend");
  const auto held = must_ask(asker, "suspend", "tom");
  ASSERT_EQ(held.state, ActionState::held);
  ASSERT_TRUE(release_action(world.environment, world.workspace, boss, held.id, {held.digest, ""}));
  EXPECT_EQ(state(held), ActionState::awaiting_approval);
  ASSERT_TRUE(approve(boss, held));
  EXPECT_EQ(state(held), ActionState::approved);
}

TEST_F(AdministrationApprovals, Reason_IsWantedWhereThePolicySaysSo) {
  EXPECT_EQ(ask(asker, "deprovision", "maya", "").error().code, ErrorCode::invalid_value);
  EXPECT_TRUE(ask(asker, "suspend", "maya", ""));
  set_policy({.directory = "okta-api", .action = "suspend", .needs_reason = true});
  EXPECT_EQ(ask(asker, "suspend", "maya", "").error().code, ErrorCode::invalid_value);
}

TEST_F(AdministrationApprovals, Policies_HaveLimits) {
  const auto make = [&](const WantedActionPolicy& wanted) {
    return create_action_policy(world.environment, world.workspace, world.admin, wanted);
  };
  EXPECT_EQ(make({.action = "suspnd"}).error().code, ErrorCode::invalid_value);
  EXPECT_EQ(make({.directory = "nowhere"}).error().code, ErrorCode::not_found);
  EXPECT_EQ(make({.approvals = access::kMostApprovals + 1}).error().code, ErrorCode::invalid_value);
  EXPECT_EQ(make({.hourly = access::kMostAnHour + 1}).error().code, ErrorCode::invalid_value);
  EXPECT_EQ(make({.approval_window = 59}).error().code, ErrorCode::invalid_value);
  EXPECT_EQ(make({.execution_window = access::kLongestWindow.count() + 1}).error().code, ErrorCode::invalid_value);
  const auto made = make({.approvals = access::kMostApprovals,
                          .hourly = access::kMostAnHour,
                          .approval_window = 60,
                          .execution_window = access::kLongestWindow.count()});
  ASSERT_TRUE(made) << made.error().detail;
  EXPECT_EQ(make({}).error().code, ErrorCode::conflict) << "one for the same";
  const auto changed = change_action_policy(world.environment, world.workspace, world.admin, made->record.id,
                                            {.approvers = std::vector<std::string>{"IT Admin"}});
  ASSERT_TRUE(changed);
  EXPECT_EQ(changed->approvers, std::vector<std::string>{"IT Admin"});
  EXPECT_EQ(changed->record.policy.approvals, access::kMostApprovals);
  ASSERT_TRUE(remove_action_policy(world.environment, world.workspace, world.admin, made->record.id));
  EXPECT_TRUE(list_action_policies(world.environment, world.workspace)->empty());
}

TEST_F(AdministrationApprovals, TokenOfAUser_OpensNothingWithoutThem_AndMakesNoneForAnybodyElse) {
  const auto made =
      create_api_token(world.environment, world.workspace, world.admin,
                       {"t", {"actions:write"}, {}, "boss@acme.example"}, {"actions:write"}, std::nullopt);
  ASSERT_TRUE(made);
  EXPECT_TRUE(authenticate_api_token(world.environment, made->token.expose()));
  const AskingToken own{made->record.scopes, made->record.user};
  const Actor boss_token{"api-token:" + made->record.id.value(), {}};
  const auto make = [&](const std::string& user) {
    return create_api_token(world.environment, world.workspace, boss_token, {"t", {"actions:write"}, {}, user},
                            {"actions:write"}, own);
  };
  EXPECT_EQ(make("")->record.user, made->record.user);
  EXPECT_EQ(make("other@acme.example").error().code, ErrorCode::forbidden);
  ASSERT_TRUE(world.set_active(users["boss@acme.example"], false));
  EXPECT_EQ(authenticate_api_token(world.environment, made->token.expose()).error().code, ErrorCode::unauthenticated);
}

}  // namespace
}  // namespace rolecall::administration
