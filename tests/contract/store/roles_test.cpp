#include "store_contract.hpp"

namespace rolecall::contract {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class RoleContract : public StoreContract {
 protected:
  std::optional<access::Role> find(const std::string& id) {
    return read([&](Workspace& reached) { return reached.roles().find(RoleId(id)); });
  }
  void insert_role(const access::Role& role, const std::string& key) {
    write([&](Workspace& reached) { return reached.roles().insert(role, key, at(1)); });
  }
  bool has(const WorkspaceId& workspace, const std::string& role, std::string_view permission) {
    return read_in(workspace,
                   [&](Workspace& reached) { return reached.roles().has_permission(RoleId(role), permission); });
  }
};
ROLECALL_ON_EVERY_ENGINE(RoleContract);

TEST_P(RoleContract, Inserted_IsReadBackFieldByField) {
  auto made = role("r1", {"a.read", "b.write"}, -3);
  made.name = "HR Admin";
  made.description = "Looks after people";
  made.origin = access::RoleOrigin::from_group;
  made.is_protected = true;
  insert_role(made, "hr admin");
  for (const auto& found :
       {find("r1"), read([&](Workspace& reached) { return reached.roles().find_by_key("hr admin"); })}) {
    ASSERT_TRUE(found);
    EXPECT_EQ(found->id, RoleId("r1"));
    EXPECT_EQ(found->name, "HR Admin");
    EXPECT_EQ(found->description, "Looks after people");
    EXPECT_EQ(found->origin, access::RoleOrigin::from_group);
    EXPECT_TRUE(found->is_protected);
    EXPECT_EQ(found->rank, -3);
    EXPECT_THAT(found->permissions, ElementsAre("a.read", "b.write"));
  }
  EXPECT_FALSE(read([&](Workspace& reached) { return reached.roles().find_by_key("HR Admin"); }));
  EXPECT_FALSE(read_in(other, [&](Workspace& reached) { return reached.roles().find(RoleId("r1")); }));
  EXPECT_FALSE(read_in(other, [&](Workspace& reached) { return reached.roles().find_by_key("hr admin"); }));
}

TEST_P(RoleContract, EveryOrigin_IsKept) {
  for (const auto origin : {access::RoleOrigin::shipped, access::RoleOrigin::custom, access::RoleOrigin::from_group}) {
    auto made = role("r" + std::to_string(static_cast<int>(origin)));
    made.origin = origin;
    insert_role(made, made.name);
    EXPECT_EQ(find(made.id.value())->origin, origin);
  }
}

TEST_P(RoleContract, NameKey_IsUniqueInTheWorkspace) {
  insert_role(role("r1"), "admin");
  const auto refused =
      try_write([&](Workspace& reached) { return reached.roles().insert(role("r2", {"a.read"}), "admin", at(1)); });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::uniqueness);
  EXPECT_EQ(refused.error().attribute, "name");
  EXPECT_FALSE(has(home, "r2", "a.read"));
  write_in(other, [&](Workspace& reached) { return reached.roles().insert(role("r1"), "admin", at(1)); });
  insert_role(role("r3"), "other");
  const auto renamed = try_write([&](Workspace& reached) { return reached.roles().update(role("r3"), "admin"); });
  ASSERT_FALSE(renamed);
  EXPECT_EQ(renamed.error().code, ErrorCode::uniqueness);
}

TEST_P(RoleContract, Update_ReplacesNameDescriptionRankAndPermissions) {
  insert_role(role("r1", {"a.read", "b.write"}, 4), "r1");
  write_in(other, [&](Workspace& reached) { return reached.roles().insert(role("r1", {"a.read"}), "r1", at(1)); });
  auto changed = role("r1", {"b.write", "c.read"}, 4);
  changed.name = "Renamed";
  changed.description = "Now with words";
  changed.rank = 9;
  write([&](Workspace& reached) { return reached.roles().update(changed, "renamed"); });
  const auto found = find("r1");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->name, "Renamed");
  EXPECT_EQ(found->description, "Now with words");
  EXPECT_EQ(found->rank, 9);
  EXPECT_THAT(found->permissions, ElementsAre("b.write", "c.read"));
  EXPECT_FALSE(has(home, "r1", "a.read"));
  EXPECT_TRUE(has(other, "r1", "a.read"));
  insert_role(role("r2"), "r1");
}

TEST_P(RoleContract, Remove_TakesItsPermissions) {
  insert_role(role("r1", {"a.read"}), "r1");
  EXPECT_TRUE(has(home, "r1", "a.read"));
  EXPECT_FALSE(has(home, "r1", "a.rea"));
  EXPECT_FALSE(has(other, "r1", "a.read"));
  EXPECT_FALSE(write_in(other, [&](Workspace& reached) { return reached.roles().remove(RoleId("r1")); }));
  const auto remove = [&] { return write([&](Workspace& reached) { return reached.roles().remove(RoleId("r1")); }); };
  EXPECT_TRUE(remove());
  EXPECT_FALSE(remove());
  EXPECT_FALSE(find("r1"));
  EXPECT_FALSE(has(home, "r1", "a.read"));
  insert_role(role("r1"), "r1");
  EXPECT_THAT(find("r1")->permissions, IsEmpty());
}

TEST_P(RoleContract, List_IsByRankThenName) {
  insert_role(role("c", {"c.read", "d.read"}, 1), "zeta");
  insert_role(role("b", {}, 2), "beta");
  insert_role(role("a", {"a.read"}, 2), "alpha");
  write_in(other, [&](Workspace& reached) { return reached.roles().insert(role("x", {"x.read"}), "x", at(1)); });
  const auto found = read([&](Workspace& reached) { return reached.roles().list(); });
  ASSERT_THAT(ids_of(found), ElementsAre("agent", "c", "a", "b"));
  EXPECT_THAT(found[1].permissions, ElementsAre("c.read", "d.read"));
  EXPECT_THAT(found[2].permissions, ElementsAre("a.read"));
  EXPECT_THAT(found[3].permissions, IsEmpty());
}

TEST_P(RoleContract, RoleGroups_AreFoundByGroupAndByRole) {
  const auto insert_group = [&](const char* group_id, const char* role_id, const ConnectionId& connection) {
    write([&](Workspace& reached) {
      return reached.roles().insert_group({ResourceId(group_id), RoleId(role_id), connection, true});
    });
  };
  const auto groups_of = [&](const WorkspaceId& workspace, const char* role_id) {
    std::vector<std::string> ids;
    for (const auto& record :
         read_in(workspace, [&](Workspace& reached) { return reached.roles().groups_of(RoleId(role_id)); })) {
      ids.push_back(record.group.value());
    }
    return ids;
  };
  insert_group("g1", "agent", okta);
  insert_group("g2", "agent", entra);
  insert_group("g3", "boss", okta);
  EXPECT_THAT(groups_of(home, "agent"), ElementsAre("g1", "g2"));
  EXPECT_THAT(groups_of(home, "nobody"), IsEmpty());
  EXPECT_THAT(groups_of(other, "agent"), IsEmpty());
  const auto find_group = [&](const WorkspaceId& workspace, const char* id) {
    return read_in(workspace, [&](Workspace& reached) { return reached.roles().find_group(ResourceId(id)); });
  };
  const auto found = find_group(home, "g2");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->group, ResourceId("g2"));
  EXPECT_EQ(found->role, RoleId("agent"));
  EXPECT_EQ(found->connection, entra);
  EXPECT_TRUE(found->relisted);
  EXPECT_FALSE(find_group(other, "g2"));
  EXPECT_FALSE(find_group(home, "g9"));

  write_in(other, [&](Workspace& reached) { return reached.roles().claim_group(ResourceId("g2")); });
  EXPECT_TRUE(find_group(home, "g2")->relisted);
  write([&](Workspace& reached) { return reached.roles().claim_group(ResourceId("g2")); });
  EXPECT_FALSE(find_group(home, "g2")->relisted);
  EXPECT_TRUE(find_group(home, "g1")->relisted);
  const auto remove = [&] {
    return write([&](Workspace& reached) { return reached.roles().remove_group(ResourceId("g2")); });
  };
  EXPECT_TRUE(remove());
  EXPECT_FALSE(remove());
  EXPECT_THAT(groups_of(home, "agent"), ElementsAre("g1"));
}

}  // namespace
}  // namespace rolecall::contract
