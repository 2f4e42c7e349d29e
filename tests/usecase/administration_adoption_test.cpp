#include "provisioning_fixture.hpp"
#include "rehearsed.hpp"
#include "rolecall/administration/adoption.hpp"

namespace rolecall::test {
namespace {

class Adoptions : public ProvisioningTest {
 protected:
  void SetUp() override {
    ProvisioningTest::SetUp();
    okta_ = caller_;
    keep_groups_unlinked("okta");
    const auto entra = make_connection("entra");
    keep_groups_unlinked("entra");
    entra_ = okta_;
    entra_.connection = entra.id;
  }
  void keep_groups_unlinked(const std::string& connection) {
    ASSERT_TRUE(administration::set_unknown_groups(*administration_, workspace_, {}, connection,
                                                   store::UnknownGroupPolicy::keep_unlinked));
  }
  administration::AdoptionWish wish(const std::string& connection = "entra") const { return {connection, false}; }
  Result<administration::Adoption> adopt(const ResourceId& user, const administration::AdoptionWish& wished) {
    return administration::adopt_user(*administration_, workspace_, {}, user.value(), wished);
  }
  Result<administration::Adoption> adopt_group(const ResourceId& group) {
    return administration::adopt_group(*administration_, workspace_, {}, group.value(), "", wish());
  }
  bool reaches(const provisioning::Caller& caller, const char* type_name, const ResourceId& id) {
    const auto before = caller_;
    caller_ = caller;
    const bool found = get(type_name, id).has_value();
    caller_ = before;
    return found;
  }
  std::int64_t listed(const provisioning::Caller& caller, const char* type_name) {
    store::ResourceQuery query;
    query.type = &type(type_name);
    query.count = 0;
    return provisioning::list(*environment_, caller, query, {})->total;
  }
  std::string members_body(const std::string& name, const std::vector<ResourceId>& members) {
    std::string list;
    for (const auto& id : members) list += (list.empty() ? "" : ",") + (R"({"value":")" + id.value() + R"("})");
    return R"({"displayName":")" + name + R"(","members":[)" + list + "]}";
  }

  provisioning::Caller okta_;
  provisioning::Caller entra_;
};

TEST_F(Adoptions, User_IsSeenByTheNewConnectionAlone) {
  const auto user = create("User", R"({"userName":"ana@acme.example","externalId":"00u1","title":"Lead"})");
  const auto before = listed(okta_, "User");
  const auto adoption = adopt(user.id, wish());
  ASSERT_TRUE(adoption.has_value()) << adoption.error().detail;
  EXPECT_EQ(adoption->from, "okta");
  EXPECT_EQ(adoption->to, "entra");
  EXPECT_EQ(adoption->users, 1);
  EXPECT_EQ(adoption->users_changed, 0);
  EXPECT_FALSE(reaches(okta_, "User", user.id));
  EXPECT_TRUE(reaches(entra_, "User", user.id));
  EXPECT_EQ(listed(okta_, "User"), before - 1);
  EXPECT_EQ(listed(entra_, "User"), 1);
  caller_ = entra_;
  const auto now = get("User", user.id)->record;
  EXPECT_GT(now.version, user.version);
  EXPECT_EQ(now.created, user.created);
  EXPECT_EQ(now.external_id, "") << "a name in the other IdP";
  EXPECT_EQ(now.document.find("00u1"), std::string::npos);
  EXPECT_NE(now.document.find("Lead"), std::string::npos);
  ASSERT_TRUE(patch("User", user.id, R"({"op":"replace","value":{"externalId":"e-1","active":false}})"));
  EXPECT_TRUE(roles_of(user.id).empty());
  const auto actions = audit_actions_about("User/" + user.id.value());
  EXPECT_EQ(actions.at(1), "user.adopted");
}

TEST_F(Adoptions, PostOfItsName_IsRefusedWithTheWayOut) {
  create_user("ana@acme.example");
  const auto own = try_create("User", R"({"userName":"ana@acme.example"})");
  caller_ = entra_;
  const auto foreign = try_create("User", R"({"userName":"ana@acme.example"})");
  ASSERT_FALSE(own.has_value());
  ASSERT_FALSE(foreign.has_value());
  EXPECT_EQ(foreign.error().code, ErrorCode::uniqueness);
  EXPECT_NE(foreign.error().detail.find("users adopt"), std::string::npos);
  EXPECT_EQ(foreign.error().detail, own.error().detail) << "whose the account is, is not said";
}

TEST_F(Adoptions, MembershipsThatWouldCross_EndAndRolesFollow) {
  const auto user = create_user("ana@acme.example");
  const auto group = find_group("IT Admin");
  ASSERT_TRUE(patch("Group", group.id, add_member(user.id)));
  grant_directly(user.id, "HR Admin");
  const auto version = get("Group", group.id)->record.version;
  const auto adoption = adopt(user.id, wish());
  ASSERT_TRUE(adoption.has_value());
  EXPECT_EQ(adoption->memberships_ended, 1);
  ASSERT_EQ(adoption->role_changes.size(), 1U);
  EXPECT_EQ(adoption->role_changes[0].user_name, "ana@acme.example");
  EXPECT_EQ(adoption->role_changes[0].before, (std::vector<std::string>{"IT Admin", "HR Admin"}));
  EXPECT_EQ(adoption->role_changes[0].after, (std::vector<std::string>{"HR Admin"}));
  EXPECT_EQ(members_of(group.id), 0);
  EXPECT_GT(get("Group", group.id)->record.version, version);
  EXPECT_EQ(roles_of(user.id), std::vector<std::string>{"HR Admin"}) << "what an admin gave stays";
}

TEST_F(Adoptions, DefaultRole_IsTheNewConnections) {
  ASSERT_TRUE(administration::set_default_role(*administration_, workspace_, {}, "entra", "HR Admin"));
  const auto user = create_user("ana@acme.example");
  EXPECT_EQ(roles_of(user.id), std::vector<std::string>{"IT Agent"});
  ASSERT_TRUE(adopt(user.id, wish()));
  EXPECT_EQ(roles_of(user.id), std::vector<std::string>{"HR Admin"});
}

TEST_F(Adoptions, SentDefaultRole_CountsUnderTheNewCeiling) {
  ASSERT_TRUE(administration::set_ceiling(*administration_, workspace_, {}, "entra", "IT Agent"));
  const auto user = create("User", user_with_default_role("ana@acme.example", "HR Admin"));
  EXPECT_EQ(roles_of(user.id), std::vector<std::string>{"HR Admin"});
  ASSERT_TRUE(adopt(user.id, wish()));
  EXPECT_EQ(roles_of(user.id), std::vector<std::string>{"IT Agent"});
}

TEST_F(Adoptions, KeepRoles_JoinsTheNewConnectionsGroupOfTheRole) {
  const auto user = create_user("ana@acme.example");
  const auto group = find_group("IT Admin");
  ASSERT_TRUE(patch("Group", group.id, add_member(user.id)));
  auto wished = wish();
  wished.keep_roles = true;
  const auto adoption = adopt(user.id, wished);
  ASSERT_TRUE(adoption.has_value());
  EXPECT_EQ(adoption->memberships_moved, 1);
  EXPECT_EQ(adoption->memberships_ended, 1);
  EXPECT_EQ(adoption->users_changed, 0);
  EXPECT_EQ(roles_of(user.id), std::vector<std::string>{"IT Admin"});
  caller_ = entra_;
  EXPECT_EQ(members_of(find_group("IT Admin").id), 1);
}

TEST_F(Adoptions, KeepRoles_EndsAtTheNewCeiling) {
  ASSERT_TRUE(administration::set_ceiling(*administration_, workspace_, {}, "entra", "IT Agent"));
  const auto user = create_user("ana@acme.example");
  ASSERT_TRUE(patch("Group", find_group("IT Admin").id, add_member(user.id)));
  auto wished = wish();
  wished.keep_roles = true;
  ASSERT_TRUE(adopt(user.id, wished));
  EXPECT_EQ(roles_of(user.id), std::vector<std::string>{"IT Agent"});
}

TEST_F(Adoptions, Rehearsed_TellsAndKeepsNothing) {
  const auto user = create_user("ana@acme.example");
  const auto group = find_group("IT Admin");
  ASSERT_TRUE(patch("Group", group.id, add_member(user.id)));
  const auto before = get("User", user.id)->record;
  const auto actions = audit_actions_about("User/" + user.id.value());
  const auto rehearse = [&](const administration::AdoptionWish& wished) {
    return rehearsed(*administration_, [&](const administration::Environment& environment) {
      return administration::adopt_user(environment, workspace_, {}, user.id.value(), wished);
    });
  };
  auto wished = wish();
  const auto adoption = rehearse(wished);
  ASSERT_TRUE(adoption.has_value());
  EXPECT_EQ(adoption->memberships_ended, 1);
  EXPECT_EQ(adoption->users_changed, 1);
  EXPECT_EQ(get("User", user.id)->record.version, before.version);
  EXPECT_EQ(members_of(group.id), 1);
  EXPECT_EQ(roles_of(user.id), std::vector<std::string>{"IT Admin"});
  EXPECT_EQ(audit_actions_about("User/" + user.id.value()), actions);
  EXPECT_EQ(listed(entra_, "User"), 0);

  wished.connection = "okta";
  EXPECT_EQ(rehearse(wished).error().code, ErrorCode::conflict) << "a refusal is one in a dry run too";
  wished.connection = "nosuch";
  EXPECT_EQ(rehearse(wished).error().code, ErrorCode::not_found);
}

TEST_F(Adoptions, Group_TakesItsLinksAndLeavesForeignMembers) {
  const auto user = create_user("ana@acme.example");
  const auto early = create_user("ben@acme.example");
  const auto group = create("Group", members_body("Tier 2", {user.id, early.id}));
  link("Tier 2", "HR Admin");
  EXPECT_EQ(roles_of(user.id), std::vector<std::string>{"HR Admin"});
  const auto adoption = adopt_group(group.id);
  ASSERT_TRUE(adoption.has_value()) << adoption.error().detail;
  EXPECT_EQ(adoption->groups, 1);
  EXPECT_EQ(adoption->memberships_ended, 2);
  EXPECT_TRUE(reaches(entra_, "Group", group.id));
  EXPECT_FALSE(reaches(okta_, "Group", group.id));
  EXPECT_EQ(roles_of(user.id), std::vector<std::string>{"IT Agent"});
  ASSERT_TRUE(adopt(user.id, wish()));
  caller_ = entra_;
  ASSERT_TRUE(patch("Group", group.id, add_member(user.id)));
  EXPECT_EQ(roles_of(user.id), std::vector<std::string>{"HR Admin"}) << "the link came along";
  EXPECT_EQ(audit_actions_about("Group/" + group.id.value()),
            (std::vector<std::string>{"group.created", "group.member_added", "group.member_added", "group.adopted",
                                      "group.member_removed", "group.member_removed", "group.member_added"}));
}

TEST_F(Adoptions, GroupOfARole_StaysWhereItIs) {
  const auto refused = adopt_group(find_group("IT Admin").id);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::conflict);
  EXPECT_NE(refused.error().detail.find("stands for a role"), std::string::npos);
}

TEST_F(Adoptions, GroupWhoseNameIsTakenOrWhoseLinkIsTooHigh_IsRefusedWhole) {
  const auto group = create("Group", R"({"displayName":"Tier 2"})");
  caller_ = entra_;
  const auto theirs = create("Group", R"({"displayName":"tier 2"})");
  EXPECT_EQ(adopt_group(group.id).error().code, ErrorCode::conflict);
  ASSERT_TRUE(remove("Group", theirs.id));
  caller_ = okta_;
  link("Tier 2", "HR Admin");
  ASSERT_TRUE(administration::set_ceiling(*administration_, workspace_, {}, "entra", "IT Agent"));
  const auto too_high = adopt_group(group.id);
  ASSERT_FALSE(too_high.has_value());
  EXPECT_EQ(too_high.error().code, ErrorCode::conflict);
  EXPECT_NE(too_high.error().detail.find("HR Admin"), std::string::npos);
  EXPECT_TRUE(reaches(okta_, "Group", group.id));
}

TEST_F(Adoptions, Connection_MovesWithTheMembershipsWithin) {
  const auto ana = create_user("ana@acme.example");
  const auto ben = create_user("ben@acme.example");
  const auto inner = create("Group", members_body("Inner", {ana.id}));
  const auto outer = create("Group", members_body("Outer", {inner.id, ben.id}));
  const auto admins = find_group("IT Admin");
  link("Inner", "HR Admin");
  ASSERT_TRUE(patch("Group", admins.id, add_member(ben.id)));
  const auto adoption = administration::adopt_connection(*administration_, workspace_, {}, "okta", wish());
  ASSERT_TRUE(adoption.has_value()) << adoption.error().detail;
  EXPECT_EQ(adoption->users, 2);
  EXPECT_EQ(adoption->groups, 2);
  EXPECT_EQ(adoption->memberships_ended, 1);
  EXPECT_EQ(listed(okta_, "User"), 0);
  EXPECT_EQ(listed(entra_, "User"), 2);
  EXPECT_EQ(roles_of(ana.id), std::vector<std::string>{"HR Admin"});
  EXPECT_EQ(roles_of(ben.id), std::vector<std::string>{"IT Agent"});
  EXPECT_EQ(members_of(inner.id), 1);
  EXPECT_EQ(members_of(outer.id), 2);
  EXPECT_TRUE(reaches(okta_, "Group", admins.id)) << "the groups of roles stay";
  caller_ = entra_;
  EXPECT_EQ(get("User", ana.id)->groups.size(), 2U);
  const auto again = administration::adopt_connection(*administration_, workspace_, {}, "okta", wish());
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->users, 0);
  EXPECT_EQ(again->from, "okta");
  EXPECT_EQ(administration::adopt_connection(*administration_, workspace_, {}, "entra", wish()).error().code,
            ErrorCode::conflict);
}

TEST_F(Adoptions, WhoIsParkedThere_JoinsWhenAdopted) {
  ASSERT_TRUE(administration::set_unknown_members(*administration_, workspace_, {}, "entra",
                                                  store::UnknownMemberPolicy::parked));
  const auto user = create_user("ana@acme.example");
  caller_ = entra_;
  const auto group = find_group("IT Admin");
  ASSERT_TRUE(patch("Group", group.id, add_member(user.id)));
  EXPECT_EQ(members_of(group.id), 0);
  ASSERT_TRUE(adopt(user.id, wish()));
  EXPECT_EQ(members_of(group.id), 1);
  EXPECT_EQ(roles_of(user.id), std::vector<std::string>{"IT Admin"});
}

TEST_F(Adoptions, WhoIsParkedInAGroup_JoinsWhenTheGroupFollows) {
  ASSERT_TRUE(administration::set_unknown_members(*administration_, workspace_, {}, "okta",
                                                  store::UnknownMemberPolicy::parked));
  const auto user = create_user("ana@acme.example");
  const auto group = create("Group", R"({"displayName":"Tier 2"})");
  ASSERT_TRUE(adopt(user.id, wish()));
  ASSERT_TRUE(patch("Group", group.id, add_member(user.id)));
  EXPECT_EQ(members_of(group.id), 0);
  ASSERT_TRUE(adopt_group(group.id));
  EXPECT_EQ(members_of(group.id), 1);
}

TEST_F(Adoptions, AfterADeletion_TheIdReturnsToTheNewConnection) {
  const auto user = create_user("ana@acme.example");
  ASSERT_TRUE(adopt(user.id, wish()));
  caller_ = entra_;
  ASSERT_TRUE(remove("User", user.id));
  caller_ = okta_;
  const auto fresh = create_user("ana@acme.example");
  EXPECT_NE(fresh.id, user.id);
  ASSERT_TRUE(remove("User", fresh.id));
  caller_ = entra_;
  EXPECT_EQ(create_user("ana@acme.example").id, user.id);
}

TEST_F(Adoptions, MoreThanOneUnitOfWorkHolds_IsRefused) {
  constexpr int kLimit = 20'000;
  const auto fill = [&](int from, int to) {
    return store_->write([&](store::UnitOfWork& unit) -> Result<void> {
      for (int i = from; i < to; ++i) {
        store::ResourceRecord record;
        record.id = ResourceId("user" + std::to_string(i));
        record.type = "User";
        record.connection = okta_.connection;
        record.unique_key = record.id.value();
        record.display = record.id.value();
        record.document = R"({"userName":"x"})";
        ROLECALL_TRY(unit.workspace(workspace_).resources().insert(record, {}));
      }
      return {};
    });
  };
  ASSERT_TRUE(fill(0, kLimit + 1));
  const auto adopt_all = [&] {
    return rehearsed(*administration_, [&](const administration::Environment& environment) {
      return administration::adopt_connection(environment, workspace_, {}, "okta", wish());
    });
  };
  EXPECT_EQ(adopt_all().error().code, ErrorCode::conflict);
  ASSERT_TRUE(adopt(ResourceId("user0"), wish()));
  const auto at_the_limit = adopt_all();
  ASSERT_TRUE(at_the_limit.has_value());
  EXPECT_EQ(at_the_limit->users, kLimit);
  EXPECT_EQ(at_the_limit->role_changes.size(), 1'000U);
}

}  // namespace
}  // namespace rolecall::test
