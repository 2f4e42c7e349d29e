#include <gmock/gmock.h>

#include "rolecall/administration/explanation.hpp"
#include "rolecall/administration/workspaces.hpp"
#include "world/administration_world.hpp"

namespace rolecall::administration {
namespace {

using rolecall::testing_support::World;
using testing::ElementsAre;
using testing::HasSubstr;

class RoleModes : public testing::Test {
 protected:
  RoleModes() : maya(world.add_user("maya")), helpers(world.add_group("helpers")) {
    world.link("helpers", "HR Admin");
    EXPECT_TRUE(world.join(maya, helpers));
    EXPECT_TRUE(grant_direct(world.environment, world.workspace, world.admin, "maya", "IT Admin"));
  }
  Result<store::WorkspaceRecord> set(access::RoleMode mode) {
    return set_role_mode(world.environment, world.admin, "default", mode);
  }
  Result<access::Role> order(const std::string& role, std::int64_t priority) {
    return update_role(world.environment, world.workspace, world.admin, role, {std::nullopt, std::nullopt, priority});
  }
  World world;
  ResourceId maya;
  ResourceId helpers;
};

TEST_F(RoleModes, Multi_HoldsAllThatIsGranted) {
  EXPECT_THAT(world.roles_of(maya), ElementsAre("IT Admin", "HR Admin"));
}

TEST_F(RoleModes, Single_HoldsTheLowestNumber) {
  ASSERT_TRUE(set(access::RoleMode::single));
  EXPECT_THAT(world.roles_of(maya), ElementsAre("IT Admin"));
  ASSERT_TRUE(order("HR Admin", 5));
  EXPECT_THAT(world.roles_of(maya), ElementsAre("HR Admin"));
  ASSERT_TRUE(world.leave(maya, helpers));
  EXPECT_THAT(world.roles_of(maya), ElementsAre("IT Admin")) << "what lost comes back";
  ASSERT_TRUE(world.join(maya, helpers));
  ASSERT_TRUE(set(access::RoleMode::multi));
  EXPECT_THAT(world.roles_of(maya), ElementsAre("HR Admin", "IT Admin"));
}

TEST_F(RoleModes, Single_EqualPrioritiesGoByName) {
  ASSERT_TRUE(order("HR Admin", 20));
  ASSERT_TRUE(set(access::RoleMode::single));
  EXPECT_THAT(world.roles_of(maya), ElementsAre("HR Admin"));
}

TEST_F(RoleModes, Single_ExplanationSaysWhatLoses) {
  ASSERT_TRUE(set(access::RoleMode::single));
  const auto explanation = explain_user(world.environment, world.workspace, "maya");
  ASSERT_TRUE(explanation);
  ASSERT_EQ(explanation->also.size(), 1U);
  EXPECT_EQ(explanation->also.front().loses_to, "IT Admin");
  EXPECT_THAT(to_text(*explanation), HasSubstr("ALSO        helpers → HR Admin (priority 30, loses to 20)\n"));
}

TEST_F(RoleModes, Single_ADirectGrantWithoutEffectKeepsItsRole) {
  ASSERT_TRUE(create_role(world.environment, world.workspace, world.admin, {"Spare", "", {}, 900}));
  ASSERT_TRUE(grant_direct(world.environment, world.workspace, world.admin, "maya", "Spare"));
  ASSERT_TRUE(set(access::RoleMode::single));
  const auto refused = remove_role(world.environment, world.workspace, world.admin, "Spare");
  ASSERT_FALSE(refused) << "the grant would name a role that is gone";
  EXPECT_EQ(refused.error().code, ErrorCode::conflict);
}

TEST_F(RoleModes, Priority_HasItsBoundsAndOwnerItsPlace) {
  EXPECT_EQ(order("HR Admin", 0).error().code, ErrorCode::invalid_value);
  EXPECT_TRUE(order("HR Admin", 1));
  EXPECT_TRUE(order("HR Admin", 1'000'000));
  EXPECT_EQ(order("HR Admin", 1'000'001).error().code, ErrorCode::invalid_value);
  EXPECT_EQ(order("Owner", 5).error().code, ErrorCode::forbidden);
  ASSERT_TRUE(order("HR Admin", 1));
  ASSERT_TRUE(grant_direct(world.environment, world.workspace, world.admin, "maya", "Owner"));
  ASSERT_TRUE(set(access::RoleMode::single));
  EXPECT_THAT(world.roles_of(maya), ElementsAre("Owner"));
}

TEST_F(RoleModes, NoChange_WritesNoAudit) {
  const auto head = [&] {
    return *store::read(*world.store, [&](store::UnitOfWork& unit) -> Result<std::int64_t> {
      return (*unit.workspace(world.workspace).audit().last())->seq;
    });
  };
  const auto before = head();
  ASSERT_TRUE(set(access::RoleMode::multi));
  EXPECT_EQ(head(), before);
}

class Links : public testing::Test {
 protected:
  World world;
};

TEST_F(Links, Approval_IsSomebodyElses) {
  world.add_group("helpers");
  const auto link = world.link("helpers", "HR Admin");
  EXPECT_EQ(approve_link(world.environment, world.workspace, world.admin, link.link.id).error().code,
            ErrorCode::conflict);
  const Actor other{"lee", RequestId("request")};
  const auto approved = approve_link(world.environment, world.workspace, other, link.link.id);
  ASSERT_TRUE(approved);
  EXPECT_EQ(approved->link.approved_by, "lee");
  EXPECT_EQ(get_link(world.environment, world.workspace, link.link.id)->link.approved, world.clock.now());
  EXPECT_EQ(approve_link(world.environment, world.workspace, other, link.link.id).error().code, ErrorCode::conflict);
}

TEST_F(Links, Suggestions_AreOfUnlinkedGroupsNamedLikeARole) {
  world.add_group("hr-admin");
  world.add_group("HR_ADMIN 2");
  world.add_group("owner");
  const auto found = suggest_links(world.environment, world.workspace, 100);
  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 1U) << "owner is protected, and a role's own groups are linked";
  EXPECT_EQ(found->front().group_name, "hr-admin");
  EXPECT_EQ(found->front().role_name, "HR Admin");
  world.link("hr-admin", "HR Admin");
  EXPECT_TRUE(suggest_links(world.environment, world.workspace, 100)->empty());
}

}  // namespace
}  // namespace rolecall::administration
