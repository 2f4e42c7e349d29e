#include "store_contract.hpp"

namespace rolecall::contract {
namespace {

using access::CauseKind;
using access::Grant;
using store::LinkState;
using testing::ElementsAre;
using testing::IsEmpty;

class GrantContract : public StoreContract {
 protected:
  std::vector<Grant> effective(const std::string& user_id) {
    return read([&](Workspace& reached) { return reached.grants().effective_of(ResourceId(user_id)); });
  }
  void replace(const std::string& user_id, const std::vector<Grant>& grants) {
    write([&](Workspace& reached) { return reached.grants().replace_effective(ResourceId(user_id), grants); });
  }
  bool may(const WorkspaceId& workspace, const std::string& user_id, std::string_view permission) {
    return read_in(workspace, [&](Workspace& reached) {
      return reached.grants().user_has_permission(ResourceId(user_id), permission);
    });
  }
  std::vector<std::string> holders(const std::string& role_id) {
    return ids_of(read([&](Workspace& reached) { return reached.grants().holders_of(RoleId(role_id)); }));
  }
  static Grant by_link(const std::string& role_id, const std::string& link, const std::string& group_id) {
    return {RoleId(role_id), CauseKind::link, LinkId(link), ResourceId(group_id)};
  }
  static Grant direct(const std::string& role_id) { return {RoleId(role_id), CauseKind::direct, {}, {}}; }
  static Grant by_default(const std::string& role_id) { return {RoleId(role_id), CauseKind::default_role, {}, {}}; }
};
ROLECALL_ON_EVERY_ENGINE(GrantContract);

TEST_P(GrantContract, LinkedRoles_AreThoseOfActiveLinksOfTheUsersGroups) {
  write([&](Workspace& reached) -> Result<void> {
    const auto link = [&](const char* id, const char* group_id, const char* role_id, LinkState state) {
      return reached.links().insert({LinkId(id), ResourceId(group_id), RoleId(role_id), okta, "", state,
                                     store::LinkOrigin::admin, "admin", at(1)});
    };
    ROLECALL_TRY(link("l1", "g1", "b", LinkState::active));
    ROLECALL_TRY(link("l2", "g1", "a", LinkState::active));
    ROLECALL_TRY(link("l3", "g1", "c", LinkState::paused));
    ROLECALL_TRY(link("l4", "g2", "b", LinkState::active));
    ROLECALL_TRY(link("l5", "g2", "d", LinkState::orphaned));
    ROLECALL_TRY(link("l6", "g3", "e", LinkState::active));
    for (const char* id : {"g1", "g2"}) {
      ROLECALL_TRY(reached.members().add(ResourceId(id), ResourceId("u1"), "User", at(1)));
    }
    ROLECALL_TRY(reached.members().add(ResourceId("g3"), ResourceId("u2"), "User", at(1)));
    return {};
  });
  std::vector<std::string> found;
  for (const auto& linked :
       read([&](Workspace& reached) { return reached.grants().linked_roles_of(ResourceId("u1")); })) {
    found.push_back(linked.role.value() + " " + linked.link.value() + " " + linked.group.value());
  }
  EXPECT_THAT(found, testing::UnorderedElementsAre("a l2 g1", "b l1 g1", "b l4 g2"));
  EXPECT_THAT(read_in(other, [&](Workspace& reached) { return reached.grants().linked_roles_of(ResourceId("u1")); }),
              IsEmpty());
}

TEST_P(GrantContract, DirectGrants_AreASetPerUser) {
  const auto add = [&](const char* user_id, const char* role_id, Instant when) {
    return write([&](Workspace& reached) {
      return reached.grants().add_direct({ResourceId(user_id), RoleId(role_id), "admin", when});
    });
  };
  const auto remove = [&](const char* user_id, const char* role_id) {
    return write(
        [&](Workspace& reached) { return reached.grants().remove_direct(ResourceId(user_id), RoleId(role_id)); });
  };
  EXPECT_TRUE(add("u1", "b", at(1)));
  EXPECT_TRUE(add("u1", "a", at(2)));
  EXPECT_FALSE(add("u1", "b", at(9)));
  EXPECT_TRUE(add("u2", "c", at(3)));
  const auto found = read([&](Workspace& reached) { return reached.grants().direct_of(ResourceId("u1")); });
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].role, RoleId("a"));
  EXPECT_EQ(found[1].role, RoleId("b"));
  EXPECT_EQ(found[1].user, ResourceId("u1"));
  EXPECT_EQ(found[1].made_by, "admin");
  EXPECT_EQ(found[1].made, at(1)) << "the first one stays";
  EXPECT_THAT(read_in(other, [&](Workspace& reached) { return reached.grants().direct_of(ResourceId("u1")); }),
              IsEmpty());
  EXPECT_TRUE(remove("u1", "b"));
  EXPECT_FALSE(remove("u1", "b"));
  EXPECT_FALSE(remove("u1", "c"));
  EXPECT_EQ(read([&](Workspace& reached) { return reached.grants().direct_of(ResourceId("u1")); }).size(), 1U);
}

TEST_P(GrantContract, ReplaceEffective_StoresExactlyTheGiven) {
  const std::vector<Grant> first{by_link("a", "l1", "g1"), by_link("a", "l2", "g1"), by_link("a", "l1", "g2"),
                                 direct("a"), direct("b")};
  replace("u1", first);
  EXPECT_THAT(effective("u1"), testing::UnorderedElementsAreArray(first));
  replace("u2", {by_default("a")});
  replace("u1", {direct("b"), by_link("a", "l1", "g1"), direct("b"), by_default("c")});
  EXPECT_THAT(effective("u1"), testing::UnorderedElementsAre(direct("b"), by_link("a", "l1", "g1"), by_default("c")));
  EXPECT_THAT(effective("u2"), ElementsAre(by_default("a")));
  EXPECT_THAT(read_in(other, [&](Workspace& reached) { return reached.grants().effective_of(ResourceId("u1")); }),
              IsEmpty());
  replace("u1", {});
  EXPECT_THAT(effective("u1"), IsEmpty());
}

TEST_P(GrantContract, UserHasPermission_FollowsGrantsAndRoles) {
  write([&](Workspace& reached) -> Result<void> {
    ROLECALL_TRY(reached.roles().insert(role("a", {"x.read", "x.write"}), "a", at(1)));
    ROLECALL_TRY(reached.roles().insert(role("b", {"y.read"}), "b", at(1)));
    return reached.roles().insert(role("c", {}), "c", at(1));
  });
  replace("u1", {by_link("a", "l1", "g1"), direct("a"), direct("c")});
  replace("u2", {by_default("b")});
  EXPECT_TRUE(may(home, "u1", "x.write"));
  EXPECT_FALSE(may(home, "u1", "y.read"));
  EXPECT_FALSE(may(home, "u1", "x"));
  EXPECT_FALSE(may(home, "u1", ""));
  EXPECT_TRUE(may(home, "u2", "y.read"));
  EXPECT_FALSE(may(home, "u3", "y.read"));
  EXPECT_FALSE(may(other, "u1", "x.write"));
  write([&](Workspace& reached) { return reached.roles().update(role("a", {"x.read"}), "a"); });
  EXPECT_FALSE(may(home, "u1", "x.write"));
  replace("u1", {direct("c")});
  EXPECT_FALSE(may(home, "u1", "x.read"));
}

TEST_P(GrantContract, Holders_AreEachUserOnce) {
  replace("u2", {by_link("a", "l1", "g1"), direct("a")});
  replace("u1", {by_default("a")});
  replace("u3", {direct("b")});
  write_in(other,
           [&](Workspace& reached) { return reached.grants().replace_effective(ResourceId("u9"), {direct("a")}); });
  EXPECT_THAT(holders("a"), ElementsAre("u1", "u2"));
  EXPECT_THAT(holders("b"), ElementsAre("u3"));
  EXPECT_THAT(holders("nobody"), IsEmpty());
}

TEST_P(GrantContract, UsersIn_PagesThroughUserMembersOnly) {
  write([&](Workspace& reached) -> Result<void> {
    for (std::size_t i = 0; i < 7; ++i) {
      ROLECALL_TRY(reached.members().add(ResourceId("g1"), numbered("u", i), i % 3 == 1 ? "Group" : "User", at(1)));
    }
    ROLECALL_TRY(reached.members().add(ResourceId("g2"), ResourceId("u9"), "User", at(1)));
    return {};
  });
  const auto page = [&](const ResourceId& after, std::int64_t limit) {
    return ids_of(read([&](Workspace& reached) { return reached.grants().users_in(ResourceId("g1"), after, limit); }));
  };
  EXPECT_THAT(page({}, 3), ElementsAre("u00000", "u00002", "u00003"));
  EXPECT_THAT(page(ResourceId("u00003"), 3), ElementsAre("u00005", "u00006"));
  EXPECT_THAT(page(ResourceId("u00006"), 3), IsEmpty());
}

TEST_P(GrantContract, UsersByDefault_PagesThroughTheConnectionsUsers) {
  for (std::size_t i = 0; i < 6; ++i) {
    auto record = resource("User", numbered("u", i), "user " + std::to_string(i));
    if (i == 2) record.connection = entra;
    insert(record);
    replace(record.id.value(), {i == 4 ? direct("agent") : by_default("agent")});
  }
  const auto page = [&](const ConnectionId& connection, const ResourceId& after, std::int64_t limit) {
    return ids_of(
        read([&](Workspace& reached) { return reached.grants().users_by_default(connection, after, limit); }));
  };
  EXPECT_THAT(page(okta, {}, 2), ElementsAre("u00000", "u00001"));
  EXPECT_THAT(page(okta, ResourceId("u00001"), 100), ElementsAre("u00003", "u00005"));
  EXPECT_THAT(page(entra, {}, 100), ElementsAre("u00002"));
  EXPECT_THAT(read_in(other, [&](Workspace& reached) { return reached.grants().users_by_default(okta, {}, 100); }),
              IsEmpty());
}

}  // namespace
}  // namespace rolecall::contract
