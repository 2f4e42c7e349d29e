#include <gmock/gmock.h>

#include <set>

#include "rolecall/administration/groups.hpp"
#include "world/administration_world.hpp"

namespace rolecall::administration {
namespace {

using rolecall::testing_support::World;
using testing::ElementsAre;

class AdministrationLinks : public testing::Test {
 protected:
  World world;
  ResourceId maya = world.add_user("maya");
  ResourceId staff = world.add_group("staff");

  Result<LinkView> make(const std::string& group, const std::string& role, const std::string& connection = {}) {
    return create_link(world.environment, world.workspace, world.admin, {group, connection, role});
  }
};

TEST_F(AdministrationLinks, NewLink_GivesTheRoleToWhoIsInTheGroupAndToWhoJoins) {
  const auto li = world.add_user("li");
  ASSERT_TRUE(world.join(maya, staff));
  ASSERT_TRUE(make("staff", "HR Admin"));
  EXPECT_THAT(world.roles_of(maya), ElementsAre("HR Admin"));
  EXPECT_THAT(world.roles_of(li), ElementsAre("IT Agent"));
  ASSERT_TRUE(world.join(li, staff));
  EXPECT_THAT(world.roles_of(li), ElementsAre("HR Admin"));
  ASSERT_TRUE(world.leave(maya, staff));
  EXPECT_THAT(world.roles_of(maya), ElementsAre("IT Agent"));
}

TEST_F(AdministrationLinks, OneGroup_CanGiveSeveralRoles) {
  ASSERT_TRUE(world.join(maya, staff));
  ASSERT_TRUE(make("staff", "HR Admin"));
  ASSERT_TRUE(make(staff.value(), "Finance Admin", "okta"));
  EXPECT_THAT(world.roles_of(maya), ElementsAre("HR Admin", "Finance Admin"));
}

TEST_F(AdministrationLinks, PausedLink_GrantsNothingUntilResumed) {
  ASSERT_TRUE(world.join(maya, staff));
  const auto link = make("STAFF", "HR Admin");
  ASSERT_TRUE(link) << link.error().detail;
  const auto paused = pause_link(world.environment, world.workspace, world.admin, link->link.id);
  ASSERT_TRUE(paused);
  EXPECT_EQ(paused->link.state, store::LinkState::paused);
  EXPECT_THAT(world.roles_of(maya), ElementsAre("IT Agent"));
  ASSERT_TRUE(resume_link(world.environment, world.workspace, world.admin, link->link.id));
  EXPECT_THAT(world.roles_of(maya), ElementsAre("HR Admin"));
}

TEST_F(AdministrationLinks, RemovedLink_TakesItsRole) {
  ASSERT_TRUE(world.join(maya, staff));
  const auto link = make("staff", "HR Admin");
  ASSERT_TRUE(link);
  ASSERT_TRUE(remove_link(world.environment, world.workspace, world.admin, link->link.id));
  EXPECT_THAT(world.roles_of(maya), ElementsAre("IT Agent"));
  EXPECT_EQ(remove_link(world.environment, world.workspace, world.admin, link->link.id).error().code,
            ErrorCode::not_found);
  EXPECT_TRUE(make("staff", "HR Admin")) << "can be linked again";
}

TEST_F(AdministrationLinks, ProtectedRoleOrAboveTheCeiling_IsForbiddenAndGivesNothing) {
  ASSERT_TRUE(set_ceiling(world.environment, world.workspace, world.admin, "okta", "IT Admin"));
  ASSERT_TRUE(world.join(maya, staff));
  for (const char* role : {"Owner", "Super Admin"}) {
    const auto refused = make("staff", role);
    ASSERT_FALSE(refused) << role;
    EXPECT_EQ(refused.error().code, ErrorCode::forbidden) << role;
  }
  EXPECT_THAT(world.roles_of(maya), ElementsAre("IT Agent"));
}

TEST_F(AdministrationLinks, SameGroupAndRoleTwice_IsAConflict) {
  ASSERT_TRUE(make("staff", "HR Admin"));
  EXPECT_EQ(make("staff", "HR Admin").error().code, ErrorCode::conflict);
  EXPECT_EQ(make("HR Admin", "HR Admin").error().code, ErrorCode::conflict) << "the role's own group";
}

TEST_F(AdministrationLinks, ListingLink_CanBePausedButNotRemoved) {
  ASSERT_TRUE(world.join(maya, world.group_of_role("HR Admin")));
  const auto group = get_group(world.environment, world.workspace, "HR Admin");
  ASSERT_TRUE(group);
  EXPECT_EQ(group->stands_for, "HR Admin");
  EXPECT_EQ(group->members, 1);
  ASSERT_EQ(group->links.size(), 1U);
  const LinkId id = group->links.front().link.id;
  EXPECT_EQ(remove_link(world.environment, world.workspace, world.admin, id).error().code, ErrorCode::conflict);
  ASSERT_TRUE(pause_link(world.environment, world.workspace, world.admin, id));
  EXPECT_THAT(world.roles_of(maya), ElementsAre("IT Agent"));
}

TEST_F(AdministrationLinks, OrphanedLink_CannotBeResumed) {
  const auto link = make("staff", "HR Admin");
  ASSERT_TRUE(link);
  ASSERT_TRUE(world.push([&](store::Workspace& reached, audit::Trail&) -> Result<void> {
    ROLECALL_TRY(reached.links().set_state(link->link.id, store::LinkState::orphaned));
    ROLECALL_TRY(reached.resources().remove("Group", staff));
    return {};
  }));
  EXPECT_EQ(resume_link(world.environment, world.workspace, world.admin, link->link.id).error().code,
            ErrorCode::conflict);
  const auto kept = get_link(world.environment, world.workspace, link->link.id);
  ASSERT_TRUE(kept) << kept.error().detail;
  EXPECT_EQ(kept->link.group_name, "staff");
  EXPECT_TRUE(remove_link(world.environment, world.workspace, world.admin, link->link.id));
}

TEST_F(AdministrationLinks, SameGroupNameInTwoConnections_NeedsTheConnection) {
  NewConnection second;
  second.name = "entra";
  const auto entra = create_connection(world.environment, world.workspace, world.admin, second);
  ASSERT_TRUE(entra) << entra.error().detail;
  world.add_group_to(entra->id, "staff");
  EXPECT_EQ(make("staff", "HR Admin").error().code, ErrorCode::conflict);
  const auto link = make("staff", "HR Admin", "entra");
  ASSERT_TRUE(link) << link.error().detail;
  EXPECT_EQ(link->connection_name, "entra");
  EXPECT_NE(link->link.group, staff);
}

TEST_F(AdministrationLinks, LinkToARoleWithoutPermissions_IsNoFallbackToTheDefault) {
  ASSERT_TRUE(create_role(world.environment, world.workspace, world.admin, {"Empty", "", {}}));
  ASSERT_TRUE(world.join(maya, staff));
  ASSERT_TRUE(make("staff", "Empty"));
  EXPECT_THAT(world.roles_of(maya), ElementsAre("Empty"));
}

TEST_F(AdministrationLinks, PagesOfGroupsAndMembers_HaveEveryRowOnce) {
  NewConnection second;
  second.name = "entra";
  ASSERT_TRUE(create_connection(world.environment, world.workspace, world.admin, second));
  for (int i = 0; i < 7; ++i) ASSERT_TRUE(world.join(world.add_user("user" + std::to_string(i)), staff));
  std::size_t groups = 0;
  std::string after;
  do {
    const auto page = list_groups(world.environment, world.workspace, after, 4);
    ASSERT_TRUE(page);
    groups += page->groups.size();
    after = page->next;
    EXPECT_EQ(page->total, 13);
  } while (!after.empty());
  EXPECT_EQ(groups, 13U) << "six role groups for each connection, and staff";
  std::size_t members = 0;
  ResourceId next;
  do {
    const auto page = list_members(world.environment, world.workspace, "staff", "", next, 3);
    ASSERT_TRUE(page);
    members += page->members.size();
    next = page->next;
  } while (!next.empty());
  EXPECT_EQ(members, 7U);
}

TEST_F(AdministrationLinks, MoreGroupsOfOneNameThanAPageHolds_AreAllListed) {
  for (int i = 0; i < 4; ++i) {
    NewConnection more;
    more.name = "idp" + std::to_string(i);
    ASSERT_TRUE(create_connection(world.environment, world.workspace, world.admin, more));
  }
  for (const std::int64_t limit : {1, 2, 3}) {
    std::multiset<std::string> names;
    std::set<ResourceId> ids;
    std::string after;
    do {
      const auto page = list_groups(world.environment, world.workspace, after, limit);
      ASSERT_TRUE(page);
      ASSERT_LE(page->groups.size(), static_cast<std::size_t>(limit));
      for (const auto& group : page->groups) {
        names.insert(group.record.display);
        ASSERT_TRUE(ids.insert(group.record.id).second) << "listed twice";
      }
      after = page->next;
    } while (!after.empty());
    EXPECT_EQ(names.count("HR Admin"), 5U) << "one for each connection, in pages of " << limit;
    EXPECT_EQ(ids.size(), 31U) << "six role groups for each connection, and staff";
  }
  EXPECT_EQ(list_groups(world.environment, world.workspace, "nowhere", 3).error().code, ErrorCode::invalid_value);
}

}  // namespace
}  // namespace rolecall::administration
