#include "provisioning_fixture.hpp"

// A deleted User or Group that its connection makes again.

namespace rolecall::test {
namespace {

class Returns : public ProvisioningTest {
 protected:
  static std::string user_body(const std::string& name, const std::string& external_id) {
    return R"({"userName":")" + name + R"(","externalId":")" + external_id + R"("})";
  }
  ResourceId deleted_user(const std::string& body) {
    const auto user = create("User", body);
    EXPECT_TRUE(remove("User", user.id));
    return user.id;
  }
  void keep_groups_unlinked() {
    const auto set = administration::set_unknown_groups(*administration_, workspace_, {}, "okta",
                                                        store::UnknownGroupPolicy::keep_unlinked);
    ASSERT_TRUE(set.has_value());
  }
  std::int64_t tombstones() {
    // Pruning in a unit of work that fails counts without taking anything.
    std::int64_t count = 0;
    static_cast<void>(store_->write([&](store::UnitOfWork& unit) -> Result<void> {
      ROLECALL_TRY_ASSIGN(count, unit.workspace(workspace_).tombstones().prune(Instant::max(), 1'000'000));
      return fail(ErrorCode::conflict, "counted");
    }));
    return count;
  }
};

TEST_F(Returns, User_HasItsIdAgainAndNothingElseOfBefore) {
  const auto user = create("User", R"({"userName":"ana@acme.example","externalId":"00u1","title":"Lead"})");
  const auto group = find_group("IT Admin");
  ASSERT_TRUE(patch("Group", group.id, add_member(user.id)));
  grant_directly(user.id, "HR Admin");
  const auto before = get("User", user.id)->record;
  ASSERT_TRUE(remove("User", user.id));
  EXPECT_EQ(get("User", user.id).error().code, ErrorCode::not_found);
  EXPECT_EQ(members_of(group.id), 0);
  advance_clock();

  const auto again = create("User", user_body("ana@acme.example", "00u1"));
  EXPECT_EQ(again.id, user.id);
  EXPECT_GT(again.version, before.version) << "no ETag of before may match";
  EXPECT_EQ(again.created, clock_.now()) << "it was added to this service now";
  EXPECT_EQ(again.last_modified, clock_.now());
  EXPECT_EQ(again.document.find("Lead"), std::string::npos);
  EXPECT_EQ(roles_of(user.id), std::vector<std::string>{"IT Agent"});
  EXPECT_EQ(members_of(group.id), 0);
  EXPECT_TRUE(get("User", user.id)->groups.empty());
  EXPECT_TRUE(administration::get_user(*administration_, workspace_, user.id.value())->direct.empty());
  EXPECT_EQ(tombstones(), 0);
  EXPECT_EQ(audit_actions_about("User/" + user.id.value()),
            (std::vector<std::string>{"user.created", "user.role_granted", "access.revoked", "user.role_revoked",
                                      "user.deleted", "user.returned"}));
}

TEST_F(Returns, AnEtagOfBefore_DoesNotMatch) {
  const auto user = create_user("ana@acme.example");
  ASSERT_TRUE(remove("User", user.id));
  ASSERT_EQ(create_user("ana@acme.example").id, user.id);
  const auto stale = patch("User", user.id, R"({"op":"replace","value":{"title":"x"}})", user.version);
  ASSERT_FALSE(stale.has_value());
  EXPECT_EQ(stale.error().code, ErrorCode::precondition_failed);
}

TEST_F(Returns, ExternalId_WinsOverTheName) {
  const auto id = deleted_user(user_body("ana@acme.example", "00u1"));
  const auto namesake = create("User", user_body("ana@acme.example", "00u2"));
  EXPECT_NE(namesake.id, id) << "a new person under a name that was free";
  EXPECT_EQ(audit_actions_about("User/" + namesake.id.value()), std::vector<std::string>{"user.created"});
  EXPECT_EQ(create("User", user_body("ana.lopez@acme.example", "00u1")).id, id) << "the same person, renamed";
}

TEST_F(Returns, Name_IsEnoughWhereOneSideHasNoExternalId) {
  const auto with = deleted_user(user_body("ana@acme.example", "00u1"));
  EXPECT_EQ(create_user("ANA@acme.example").id, with);
  const auto without = deleted_user(R"({"userName":"ben@acme.example"})");
  EXPECT_EQ(create("User", user_body("ben@acme.example", "00u2")).id, without);
}

TEST_F(Returns, AnotherConnection_NeverGetsTheId) {
  const auto id = deleted_user(user_body("ana@acme.example", "00u1"));
  use_connection(make_connection("entra"));
  EXPECT_NE(create("User", user_body("ana@acme.example", "00u1")).id, id);
  EXPECT_EQ(tombstones(), 1);
}

TEST_F(Returns, AfterTheTime_TheUserIsANewOne) {
  environment_->tombstones_kept = std::chrono::hours(24);
  const auto user = create_user("ana@acme.example");
  ASSERT_TRUE(remove("User", user.id));
  clock_.advance(std::chrono::hours(24));
  ASSERT_EQ(create_user("ana@acme.example").id, user.id) << "at the limit";
  ASSERT_TRUE(remove("User", user.id));
  clock_.advance(std::chrono::hours(24) + std::chrono::microseconds(1));
  EXPECT_NE(create_user("ana@acme.example").id, user.id) << "one past it";
  EXPECT_EQ(tombstones(), 0) << "what is over is pruned";
}

TEST_F(Returns, WithNoneKept_NothingStaysAndWhatThereIsGoes) {
  const auto early = deleted_user(R"({"userName":"ana@acme.example"})");
  environment_->tombstones_kept = std::chrono::seconds(0);
  EXPECT_NE(create_user("ana@acme.example").id, early);
  EXPECT_EQ(tombstones(), 0);
  const auto late = deleted_user(R"({"userName":"ben@acme.example"})");
  EXPECT_EQ(tombstones(), 0);
  EXPECT_NE(create_user("ben@acme.example").id, late);
}

TEST_F(Returns, Pruning_IsBounded) {
  constexpr int kMany = 50;
  ASSERT_TRUE(store_->write([&](store::UnitOfWork& unit) -> Result<void> {
    for (int i = 0; i < kMany; ++i) {
      ROLECALL_TRY(unit.workspace(workspace_)
                       .tombstones()
                       .insert({"User", ResourceId("old" + std::to_string(i)), caller_.connection, Version{1},
                                "old" + std::to_string(i), "", Instant{}, "token:t"}));
    }
    return {};
  }));
  create_user("ana@acme.example");
  EXPECT_EQ(tombstones(), kMany - 20);
  create_user("ben@acme.example");
  create_user("cleo@acme.example");
  EXPECT_EQ(tombstones(), 0);
}

TEST_F(Returns, ARefusedReturn_LeavesTheTombstone) {
  const auto id = deleted_user(user_body("ana@acme.example", "00u1"));
  create_user("taken@acme.example");
  EXPECT_EQ(try_create("User", user_body("taken@acme.example", "00u1")).error().code, ErrorCode::uniqueness);
  EXPECT_EQ(create("User", user_body("ana@acme.example", "00u1")).id, id);
}

TEST_F(Returns, PushedGroupWithoutARole_HasItsIdAgain) {
  keep_groups_unlinked();
  const auto user = create_user("ana@acme.example");
  const auto group = create("Group", R"({"displayName":"Tier 2","members":[{"value":")" + user.id.value() + R"("}]})");
  ASSERT_TRUE(remove("Group", group.id));
  const auto again = create("Group", R"({"displayName":"tier 2"})");
  EXPECT_EQ(again.id, group.id);
  EXPECT_GT(again.version, group.version);
  EXPECT_EQ(members_of(again.id), 0);
  EXPECT_EQ(audit_actions_about("Group/" + group.id.value()),
            (std::vector<std::string>{"group.created", "group.member_added", "group.deleted", "group.returned"}));
}

TEST_F(Returns, AdminsLink_OfAGroupThatReturned_StaysOrphanedUntilResumed) {
  keep_groups_unlinked();
  const auto user = create_user("ana@acme.example");
  const std::string body = R"({"displayName":"Tier 2","members":[{"value":")" + user.id.value() + R"("}]})";
  const auto group = create("Group", body);
  link("Tier 2", "HR Admin");
  const LinkId link_id = administration::get_group(*administration_, workspace_, "Tier 2")->links.front().link.id;
  ASSERT_TRUE(remove("Group", group.id));
  EXPECT_EQ(administration::resume_link(*administration_, workspace_, {}, link_id).error().code, ErrorCode::conflict);

  ASSERT_EQ(create("Group", body).id, group.id);
  EXPECT_EQ(roles_of(user.id), std::vector<std::string>{"IT Agent"}) << "no role comes back by itself";
  EXPECT_EQ(orphaned_links(), 1);
  ASSERT_TRUE(remove("Group", group.id));
  EXPECT_EQ(orphaned_links(), 1) << "an orphan stays one";
  ASSERT_EQ(create("Group", body).id, group.id);

  ASSERT_TRUE(administration::resume_link(*administration_, workspace_, {}, link_id));
  EXPECT_EQ(roles_of(user.id), std::vector<std::string>{"HR Admin"});
}

TEST_F(Returns, AdminsLink_MadeAnew_KeepsTheOrphanFromBeingResumed) {
  keep_groups_unlinked();
  const auto group = create("Group", R"({"displayName":"Tier 2"})");
  link("Tier 2", "HR Admin");
  const LinkId link_id = administration::get_group(*administration_, workspace_, "Tier 2")->links.front().link.id;
  ASSERT_TRUE(remove("Group", group.id));
  ASSERT_EQ(create("Group", R"({"displayName":"Tier 2"})").id, group.id);
  link("Tier 2", "HR Admin");
  EXPECT_EQ(administration::resume_link(*administration_, workspace_, {}, link_id).error().code, ErrorCode::conflict);
}

TEST_F(Returns, ARolesGroup_ComesBackAsTheListingUnderANewId) {
  const auto group = create("Group", R"({"displayName":"Tier 2"})");
  ASSERT_TRUE(remove("Group", group.id));
  EXPECT_EQ(tombstones(), 0);
  EXPECT_NE(create("Group", R"({"displayName":"Tier 2"})").id, group.id);
}

TEST_F(Returns, TokenOfTheUser_StaysRevoked) {
  const auto user = create_user("ana@acme.example");
  ASSERT_TRUE(store_->write([&](store::UnitOfWork& unit) {
    return unit.workspace(workspace_)
        .tokens()
        .insert(
            {TokenId("hers"), workspace_, caller_.connection, user.id, std::string(32, 'x'), "", clock_.now(), {}, {}});
  }));
  ASSERT_TRUE(remove("User", user.id));
  ASSERT_EQ(create_user("ana@acme.example").id, user.id);
  const auto token =
      store::read(*store_, [&](store::UnitOfWork& unit) { return unit.find_token(TokenId("hers")); }).value();
  EXPECT_TRUE(token->revoked.has_value());
  EXPECT_EQ(audit_actions_about("Token/hers"), std::vector<std::string>{"token.revoked"});
}

}  // namespace
}  // namespace rolecall::test
