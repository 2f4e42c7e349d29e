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
    const auto held = read_in(workspace, [&](Workspace& reached) {
      return reached.grants().permissions_of(ResourceId(user_id), permission, std::string(permission) + '!');
    });
    return !held.empty();
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

TEST_P(GrantContract, DirectOfRole_IsInOrderOfUserAndInPages) {
  for (const char* user_id : {"u3", "u1", "u2"}) {
    write([&](Workspace& reached) {
      return reached.grants().add_direct({ResourceId(user_id), RoleId("a"), "admin", at(1)});
    });
  }
  write([&](Workspace& reached) { return reached.grants().add_direct({ResourceId("u1"), RoleId("b"), "lee", at(2)}); });
  const auto users = [&](const WorkspaceId& workspace, const char* role_id, const char* after, std::int64_t limit) {
    std::vector<std::string> ids;
    const auto found = read_in(workspace, [&](Workspace& reached) {
      return reached.grants().direct_of_role(RoleId(role_id), ResourceId(after), limit);
    });
    for (const auto& grant : found) ids.push_back(grant.user.value() + " " + grant.role.value() + " " + grant.made_by);
    return ids;
  };
  EXPECT_THAT(users(home, "a", "", 10), testing::ElementsAre("u1 a admin", "u2 a admin", "u3 a admin"));
  EXPECT_THAT(users(home, "a", "u1", 1), testing::ElementsAre("u2 a admin"));
  EXPECT_THAT(users(home, "b", "", 10), testing::ElementsAre("u1 b lee"));
  EXPECT_THAT(users(home, "c", "", 10), IsEmpty());
  EXPECT_THAT(users(other, "a", "", 10), IsEmpty());
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

TEST_P(GrantContract, NamedRoles_AreThoseThatIndexRowsNameByIdOrName) {
  write([&](Workspace& reached) -> Result<void> {
    ROLECALL_TRY(reached.roles().insert(role("r1"), "hr admin", at(1)));
    return reached.roles().insert(role("r2"), "r1", at(1));
  });
  insert(user("u1", "maya"), {{"roles.value", 0, "hr admin"},
                              {"roles.display", 1, "hr admin"},
                              {"entitlements.value", 0, "r1"},
                              {"emails.value", 0, "hr admin"},
                              {"roles.value", 2, "nobody"}});
  insert(user("u2", "li"), {{"roles.value", 0, "hr admin"}});
  const auto found = [&](const WorkspaceId& workspace) {
    std::vector<std::string> rows;
    for (const auto& row :
         read_in(workspace, [&](Workspace& reached) { return reached.grants().named_roles_of(ResourceId("u1")); })) {
      rows.push_back(row.path + " " + std::to_string(row.element) + " " + row.key + " " + row.role.value());
    }
    return rows;
  };
  EXPECT_THAT(found(home), testing::UnorderedElementsAre("roles.value 0 hr admin r1", "roles.display 1 hr admin r1",
                                                         "entitlements.value 0 r1 r1", "entitlements.value 0 r1 r2"));
  EXPECT_THAT(found(other), IsEmpty());
}

TEST_P(GrantContract, UsersAsserting_PagesThroughTheConnectionsUsersAndOneTexts) {
  for (std::size_t i = 0; i < 6; ++i) {
    auto record = resource("User", numbered("u", i), "user " + std::to_string(i));
    if (i == 2) record.connection = entra;
    std::vector<IndexEntry> index{{"emails.value", 0, "a"}};
    if (i != 4) index.push_back({i == 5 ? "entitlements.display" : "roles.value", 0, i == 1 ? "b" : "a"});
    if (i == 0) index.push_back({"roles.display", 0, "a"});
    insert(record, index);
  }
  const auto of = [&](const ConnectionId& connection, const ResourceId& after, std::int64_t limit) {
    return ids_of(read([&](Workspace& reached) { return reached.grants().users_asserting(connection, after, limit); }));
  };
  EXPECT_THAT(of(okta, {}, 2), ElementsAre("u00000", "u00001"));
  EXPECT_THAT(of(okta, ResourceId("u00001"), 100), ElementsAre("u00003", "u00005"));
  EXPECT_THAT(of(entra, {}, 100), ElementsAre("u00002"));
  const auto with = [&](const std::string& key, const ResourceId& after, std::int64_t limit) {
    return ids_of(read([&](Workspace& reached) { return reached.grants().users_asserting_text(key, after, limit); }));
  };
  EXPECT_THAT(with("a", {}, 2), ElementsAre("u00000", "u00002"));
  EXPECT_THAT(with("a", ResourceId("u00002"), 100), ElementsAre("u00003", "u00005"));
  EXPECT_THAT(with("b", {}, 100), ElementsAre("u00001"));
  EXPECT_THAT(with("c", {}, 100), IsEmpty());
  EXPECT_THAT(read_in(other, [&](Workspace& reached) { return reached.grants().users_asserting(okta, {}, 9); }),
              IsEmpty());
  EXPECT_THAT(read_in(other, [&](Workspace& reached) { return reached.grants().users_asserting_text("a", {}, 9); }),
              IsEmpty());
}

TEST_P(GrantContract, HeldRoles_AreOncePerCauseInOrderOfRankWithoutProtectedOnes) {
  write([&](Workspace& reached) -> Result<void> {
    ROLECALL_TRY(reached.roles().insert(role("low", {}, 9), "low", at(1)));
    auto owner = role("owner");
    owner.is_protected = true;
    ROLECALL_TRY(reached.roles().insert(owner, "owner", at(1)));
    return reached.roles().insert(role("high", {}, 1), "high", at(1));
  });
  const Grant asserted{RoleId("low"), CauseKind::asserted, {}, {}};
  replace("u1", {by_link("low", "l1", "g1"), by_link("low", "l2", "g2"), asserted, direct("high"), direct("owner")});
  replace("u3", {by_default("low")});
  const auto shown = [](const store::HeldRoleRecord& held) {
    return held.role.value() + " " + held.name + " " + access::name_of(held.cause);
  };
  std::vector<std::string> one;
  for (const auto& held : read([&](Workspace& reached) { return reached.grants().held_by(ResourceId("u1")); })) {
    one.push_back(shown(held));
  }
  EXPECT_THAT(one, ElementsAre("high high direct", "low low asserted", "low low link"));
  // More than one statement holds.
  std::vector<ResourceId> users;
  for (std::size_t i = 0; i < 70; ++i) users.push_back(numbered("nobody", i));
  users[3] = ResourceId("u1");
  users[69] = ResourceId("u3");
  std::vector<std::string> all;
  for (const auto& [user_id, held] : read([&](Workspace& reached) { return reached.grants().held_by_all(users); })) {
    all.push_back(user_id.value() + " " + shown(held));
  }
  EXPECT_THAT(all, ElementsAre("u1 high high direct", "u1 low low asserted", "u1 low low link", "u3 low low default"));
  EXPECT_THAT(read_in(other, [&](Workspace& reached) { return reached.grants().held_by(ResourceId("u1")); }),
              IsEmpty());
}

TEST_P(GrantContract, PermissionsOfARange_AreSortedAndOnce) {
  write([&](Workspace& reached) -> Result<void> {
    ROLECALL_TRY(reached.roles().insert(role("a", {"x.edit", "x.view", "x.view@own", "y.view"}), "a", at(1)));
    return reached.roles().insert(role("b", {"x.view", "x.view@team"}), "b", at(1));
  });
  replace("u1", {direct("a"), direct("b"), by_link("a", "l1", "g1")});
  const auto of = [&](const std::string& user_id, std::string_view from, std::string_view to) {
    return read([&](Workspace& reached) { return reached.grants().permissions_of(ResourceId(user_id), from, to); });
  };
  EXPECT_THAT(of("u1", "x.view", "x.viewA"), ElementsAre("x.view", "x.view@own", "x.view@team"));
  EXPECT_THAT(of("u1", "", "\x7f"), ElementsAre("x.edit", "x.view", "x.view@own", "x.view@team", "y.view"));
  EXPECT_THAT(of("u1", "x.view", "x.view"), IsEmpty());
  EXPECT_THAT(of("u2", "", "\x7f"), IsEmpty());
  EXPECT_THAT(
      read_in(other, [](Workspace& reached) { return reached.grants().permissions_of(ResourceId("u1"), "", "z"); }),
      IsEmpty());
}

TEST_P(GrantContract, HoldersOfAPermission_ComeInOrderOverAllRolesThatHoldIt) {
  write([&](Workspace& reached) -> Result<void> {
    ROLECALL_TRY(reached.roles().insert(role("a", {"x.view"}), "a", at(1)));
    ROLECALL_TRY(reached.roles().insert(role("b", {"x.edit", "x.view"}), "b", at(1)));
    return reached.roles().insert(role("c", {"x.view@own"}), "c", at(1));
  });
  replace("u3", {direct("a")});
  replace("u1", {direct("b"), by_link("b", "l1", "g1")});
  replace("u2", {direct("a"), direct("b")});
  replace("u4", {direct("c")});
  replace("u5", {direct("b")});
  const auto holding = [&](const char* permission, const char* after, std::int64_t limit) {
    return ids_of(read([&](Workspace& reached) {
      return reached.grants().holders_of_permission(permission, ResourceId(after), limit);
    }));
  };
  EXPECT_THAT(holding("x.view", "", 10), ElementsAre("u1", "u2", "u3", "u5"));
  EXPECT_THAT(holding("x.view", "", 2), ElementsAre("u1", "u2"));
  EXPECT_THAT(holding("x.view", "u2", 2), ElementsAre("u3", "u5"));
  EXPECT_THAT(holding("x.view", "u5", 2), IsEmpty());
  EXPECT_THAT(holding("x.view@own", "", 10), ElementsAre("u4"));
  EXPECT_THAT(holding("x.fly", "", 10), IsEmpty());
  EXPECT_THAT(ids_of(read_in(
                  other, [](Workspace& reached) { return reached.grants().holders_of_permission("x.view", {}, 10); })),
              IsEmpty());
}

}  // namespace
}  // namespace rolecall::contract
