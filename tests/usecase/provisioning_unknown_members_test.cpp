#include "provisioning_fixture.hpp"

// Members of a push that nobody in reach of the connection is.

namespace rolecall::test {
namespace {

using store::UnknownMemberPolicy;

class UnknownMembers : public ProvisioningTest {
 protected:
  void use_policy(UnknownMemberPolicy policy) {
    const auto set = administration::set_unknown_members(*administration_, workspace_, {}, "okta", policy);
    ASSERT_TRUE(set.has_value());
    EXPECT_EQ(set->unknown_members, policy);
  }
  static std::string values(const std::vector<std::string>& ids) {
    std::string list;
    for (const std::string& id : ids) list += (list.empty() ? "" : ",") + (R"({"value":")" + id + R"("})");
    return "[" + list + "]";
  }
  Result<provisioning::View> push(const ResourceId& group, const std::string& op, const std::vector<std::string>& ids) {
    return patch("Group", group, R"({"op":")" + op + R"(","path":"members","value":)" + values(ids) + "}");
  }
  std::int64_t parked_in(const ResourceId& group) {
    return administration::get_group(*administration_, workspace_, group.value())->parked;
  }
  std::vector<std::string> actions_about_group(const ResourceId& group) {
    auto actions = audit_actions_about("Group/" + group.value());
    std::erase(actions, "group.created");
    return actions;
  }
  std::string last_details(const std::string& action) {
    const auto rows = store::read(
        *store_, [&](store::UnitOfWork& unit) { return unit.workspace(workspace_).audit().page(0, 10'000); });
    std::string details;
    for (const auto& row : rows.value()) {
      if (row.action == action) details = row.details;
    }
    return details;
  }

  const std::string stranger_ = "01932f6a-7b1c-7c3a-9f00-1a2b3c4d5e6f";
};

TEST_F(UnknownMembers, AcceptKnown_StoresTheOthersAndReports) {
  const auto user = create_user("ana@acme.example");
  const auto group = find_group("IT Admin");
  ASSERT_TRUE(push(group.id, "add", {"maya@acme.example", user.id.value(), stranger_}));
  EXPECT_EQ(members_of(group.id), 1);
  EXPECT_EQ(notices().size(), 1U);
  EXPECT_EQ(actions_about_group(group.id), (std::vector<std::string>{"group.member_added", "group.member_unknown"}));
  EXPECT_EQ(last_details("group.member_unknown"), R"({"count":2,"members":[")" + stranger_ + R"("]})")
      << "ids of ours only; what else a client sends may be an address";
  EXPECT_EQ(parked_in(group.id), 0);
}

TEST_F(UnknownMembers, Strict_NamesThemAndStoresNothing) {
  use_policy(UnknownMemberPolicy::strict);
  const auto user = create_user("ana@acme.example");
  const auto group = find_group("IT Admin");
  for (const char* op : {"add", "replace"}) {
    const auto refused = push(group.id, op, {user.id.value(), stranger_, "nobody"});
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, ErrorCode::invalid_value);
    EXPECT_EQ(refused.error().attribute, "members.value");
    EXPECT_NE(refused.error().detail.find(stranger_), std::string::npos);
    EXPECT_NE(refused.error().detail.find("nobody"), std::string::npos);
    EXPECT_EQ(refused.error().detail.find(user.id.value()), std::string::npos);
  }
  const std::string body = R"({"displayName":"Tier 2","members":)" + values({user.id.value(), stranger_}) + "}";
  EXPECT_EQ(try_create("Group", body).error().code, ErrorCode::invalid_value);
  EXPECT_EQ(
      replace("Group", group.id, R"({"displayName":"IT Admin","members":)" + values({stranger_}) + "}").error().code,
      ErrorCode::invalid_value);
  EXPECT_EQ(members_of(group.id), 0);
  EXPECT_EQ(get("Group", group.id)->record.version, group.version);
  EXPECT_FALSE(administration::get_role(*administration_, workspace_, "Tier 2")) << "not even its role was made";
  EXPECT_TRUE(push(group.id, "add", {user.id.value()}));
  EXPECT_TRUE(patch("Group", group.id, remove_member(ResourceId(stranger_)))) << "a removal of nobody is done";
}

TEST_F(UnknownMembers, Strict_NamesAFewOfMany) {
  use_policy(UnknownMemberPolicy::strict);
  std::vector<std::string> many;
  for (int i = 0; i < 25; ++i) many.push_back("nobody" + std::to_string(i));
  const auto refused = push(find_group("IT Admin").id, "add", many);
  ASSERT_FALSE(refused.has_value());
  EXPECT_NE(refused.error().detail.find("nobody19 and 5 more"), std::string::npos) << refused.error().detail;
}

TEST_F(UnknownMembers, SomebodyOfAnotherConnection_IsNobody) {
  use_policy(UnknownMemberPolicy::strict);
  const auto okta = caller_;
  use_connection(make_connection("entra"));
  const auto foreign = create_user("ben@acme.example");
  caller_ = okta;
  const auto group = find_group("IT Admin");
  const auto theirs = push(group.id, "add", {foreign.id.value()});
  const auto nobodys = push(group.id, "add", {stranger_});
  ASSERT_FALSE(theirs.has_value());
  std::string detail = theirs.error().detail;
  detail.replace(detail.find(foreign.id.value()), foreign.id.value().size(), stranger_);
  EXPECT_EQ(detail, nobodys.error().detail) << "the same words for absent and not yours";
}

TEST_F(UnknownMembers, Parked_JoinWithTheRequestThatMakesThem) {
  use_policy(UnknownMemberPolicy::parked);
  const auto group = find_group("IT Admin");
  ASSERT_TRUE(push(group.id, "add", {"00u1", "00u2"}));
  EXPECT_EQ(parked_in(group.id), 2);
  EXPECT_EQ(members_of(group.id), 0);
  EXPECT_TRUE(get("Group", group.id)->members.empty());
  EXPECT_EQ(get("Group", group.id)->record.version, group.version) << "what is parked shows nowhere";

  const auto user = create("User", R"({"userName":"ana@acme.example","externalId":"00u1"})");
  EXPECT_EQ(roles_of(user.id), std::vector<std::string>{"IT Admin"});
  EXPECT_EQ(members_of(group.id), 1);
  EXPECT_EQ(parked_in(group.id), 1);
  EXPECT_GT(get("Group", group.id)->record.version, group.version);
  EXPECT_EQ(get("User", user.id)->record.version, user.version) << "the answer to the POST has the version that stands";
  EXPECT_EQ(actions_about_group(group.id), (std::vector<std::string>{"group.member_parked", "group.member_parked",
                                                                     "group.member_unparked", "group.member_added"}));
  EXPECT_EQ(last_details("group.member_parked"), "{}");
}

TEST_F(UnknownMembers, Parked_ById_JoinsWhenItReturns) {
  use_policy(UnknownMemberPolicy::parked);
  const auto user = create_user("ana@acme.example");
  const auto group = find_group("IT Admin");
  ASSERT_TRUE(remove("User", user.id));
  ASSERT_TRUE(push(group.id, "add", {user.id.value()}));
  EXPECT_EQ(parked_in(group.id), 1);
  ASSERT_EQ(create_user("ana@acme.example").id, user.id);
  EXPECT_EQ(roles_of(user.id), std::vector<std::string>{"IT Admin"});
  EXPECT_EQ(parked_in(group.id), 0);
}

TEST_F(UnknownMembers, Parked_AnExternalIdThatIsSetLater_Counts) {
  use_policy(UnknownMemberPolicy::parked);
  const auto group = find_group("IT Admin");
  const auto user = create_user("ana@acme.example");
  ASSERT_TRUE(push(group.id, "add", {"00u1"}));
  const auto changed = patch("User", user.id, R"({"op":"replace","value":{"externalId":"00u1"}})");
  ASSERT_TRUE(changed.has_value());
  EXPECT_EQ(roles_of(user.id), std::vector<std::string>{"IT Admin"});
  EXPECT_EQ(get("User", user.id)->record.version, changed->record.version);
}

TEST_F(UnknownMembers, Parked_WhoIsThereAlready_IsFoundByExternalIdToo) {
  use_policy(UnknownMemberPolicy::parked);
  const auto group = find_group("IT Admin");
  const auto user = create("User", R"({"userName":"ana@acme.example","externalId":"00u1"})");
  const auto other = create("User", R"({"userName":"ben@acme.example","externalId":"00u2"})");
  ASSERT_TRUE(push(group.id, "add", {"00u1"}));
  EXPECT_EQ(members_of(group.id), 1);
  const auto version = get("Group", group.id)->record.version;
  ASSERT_TRUE(push(group.id, "replace", {"00u1", "00u2"}));
  EXPECT_EQ(members_of(group.id), 2);
  EXPECT_GT(get("Group", group.id)->record.version, version);
  ASSERT_TRUE(patch("Group", group.id, remove_member(ResourceId("00u1"))));
  EXPECT_EQ(members_of(group.id), 1);
  EXPECT_EQ(roles_of(other.id), std::vector<std::string>{"IT Admin"});
  EXPECT_EQ(roles_of(user.id), std::vector<std::string>{"IT Agent"});
}

TEST_F(UnknownMembers, Parked_AnExternalIdThatTwoHave_NamesNobody) {
  use_policy(UnknownMemberPolicy::parked);
  const auto group = find_group("IT Admin");
  create("User", R"({"userName":"ana@acme.example","externalId":"00u1"})");
  create("User", R"({"userName":"ben@acme.example","externalId":"00u1"})");
  ASSERT_TRUE(push(group.id, "add", {"00u1"}));
  EXPECT_EQ(members_of(group.id), 0);
  EXPECT_EQ(parked_in(group.id), 1);
}

TEST_F(UnknownMembers, Parked_TypeThatWasSaid_Counts) {
  use_policy(UnknownMemberPolicy::parked);
  const auto group = find_group("IT Admin");
  ASSERT_TRUE(
      patch("Group", group.id,
            R"({"op":"add","path":"members","value":[{"value":"x1","type":"Group"},{"value":"x2","type":"User"}]})"));
  create("User", R"({"userName":"ana@acme.example","externalId":"x1"})");
  EXPECT_EQ(parked_in(group.id), 2);
  create("Group", R"({"displayName":"Tier 2","externalId":"x1"})");
  EXPECT_EQ(members_of(group.id), 1);
  EXPECT_EQ(parked_in(group.id), 1);
}

TEST_F(UnknownMembers, Parked_EndWithRemovalReplacementAndTheGroup) {
  use_policy(UnknownMemberPolicy::parked);
  const auto group = find_group("IT Admin");
  ASSERT_TRUE(push(group.id, "add", {"00u1", "00u2", "00u3", "00u4"}));
  ASSERT_TRUE(patch("Group", group.id, remove_member(ResourceId("00u1"))));
  EXPECT_EQ(parked_in(group.id), 3);
  ASSERT_TRUE(patch("Group", group.id, R"({"op":"remove","path":"members[value sw \"00u2\"]"})"));
  EXPECT_EQ(parked_in(group.id), 2);
  ASSERT_TRUE(push(group.id, "replace", {"00u4", "00u5"}));
  EXPECT_EQ(parked_in(group.id), 2);
  ASSERT_TRUE(replace("Group", group.id, R"({"displayName":"IT Admin"})"));
  EXPECT_EQ(parked_in(group.id), 2) << "members that are not named stay as they are";
  ASSERT_TRUE(patch("Group", group.id, R"({"op":"remove","path":"members"})"));
  EXPECT_EQ(parked_in(group.id), 0);
  ASSERT_TRUE(push(group.id, "add", {"00u1"}));
  ASSERT_TRUE(remove("Group", group.id));
  const auto user = create("User", R"({"userName":"ana@acme.example","externalId":"00u1"})");
  EXPECT_EQ(roles_of(user.id), std::vector<std::string>{"IT Agent"});
}

TEST_F(UnknownMembers, Parked_OverTheLimit_ArePassedOver) {
  use_policy(UnknownMemberPolicy::parked);
  environment_->parked_members = 2;
  const auto group = find_group("IT Admin");
  ASSERT_TRUE(push(group.id, "add", {"00u1", "00u2"}));
  EXPECT_TRUE(notices().empty()) << "at the limit";
  ASSERT_TRUE(push(group.id, "add", {"00u1", "00u3"}));
  EXPECT_EQ(notices().size(), 1U) << "one past it";
  EXPECT_EQ(parked_in(group.id), 2);
  ASSERT_TRUE(push(group.id, "replace", {"00u3", "00u4"}));
  EXPECT_TRUE(notices().empty()) << "those that left make room";
  EXPECT_EQ(parked_in(group.id), 2);
}

TEST_F(UnknownMembers, Parked_InOneConnection_AreNoBusinessOfAnother) {
  use_policy(UnknownMemberPolicy::parked);
  const auto group = find_group("IT Admin");
  ASSERT_TRUE(push(group.id, "add", {"00u1"}));
  use_connection(make_connection("entra"));
  const auto user = create("User", R"({"userName":"ana@acme.example","externalId":"00u1"})");
  EXPECT_EQ(roles_of(user.id), std::vector<std::string>{"IT Agent"});
  EXPECT_EQ(parked_in(group.id), 1);
}

TEST_F(UnknownMembers, Parked_WhenThePolicyChanges_StillJoin) {
  use_policy(UnknownMemberPolicy::parked);
  const auto group = find_group("IT Admin");
  ASSERT_TRUE(push(group.id, "add", {"00u1", "00u2"}));
  use_policy(UnknownMemberPolicy::accept_known);
  create("User", R"({"userName":"ana@acme.example","externalId":"00u1"})");
  EXPECT_EQ(members_of(group.id), 1);
  ASSERT_TRUE(push(group.id, "replace", {}));
  EXPECT_EQ(parked_in(group.id), 0);
}

TEST_F(UnknownMembers, Policy_FollowsTheDialectUnlessOneIsNamed) {
  const auto policy_of = [&](const char* name, const char* dialect, std::optional<UnknownMemberPolicy> wanted) {
    administration::NewConnection connection;
    connection.name = name;
    connection.dialect = dialect;
    connection.unknown_members = wanted;
    return administration::create_connection(*administration_, workspace_, {}, connection)->unknown_members;
  };
  EXPECT_EQ(policy_of("a", "strict", {}), UnknownMemberPolicy::strict);
  EXPECT_EQ(policy_of("b", "strict", UnknownMemberPolicy::parked), UnknownMemberPolicy::parked);
  EXPECT_EQ(policy_of("c", "entra", {}), UnknownMemberPolicy::accept_known);
  EXPECT_EQ(policy_of("d", "generic", UnknownMemberPolicy::strict), UnknownMemberPolicy::strict);
  EXPECT_FALSE(administration::parse_unknown_member_policy("Strict"));
  for (const auto policy :
       {UnknownMemberPolicy::accept_known, UnknownMemberPolicy::strict, UnknownMemberPolicy::parked}) {
    EXPECT_EQ(administration::parse_unknown_member_policy(administration::name_of(policy)).value(), policy);
  }
}

TEST_F(UnknownMembers, PolicyChange_IsAuditedOnce) {
  use_policy(UnknownMemberPolicy::parked);
  use_policy(UnknownMemberPolicy::parked);
  EXPECT_EQ(last_details("connection.unknown_members_changed"), R"({"from":"accept_known","to":"parked"})");
  const auto actions = audit_actions_about("Connection/" + caller_.connection.value());
  EXPECT_EQ(std::count(actions.begin(), actions.end(), "connection.unknown_members_changed"), 1);
}

}  // namespace
}  // namespace rolecall::test
