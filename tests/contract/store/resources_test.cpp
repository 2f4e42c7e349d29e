#include <limits>

#include "store_contract.hpp"

namespace rolecall::contract {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

using ResourceContract = StoreContract;
ROLECALL_ON_EVERY_ENGINE(ResourceContract);

TEST_P(ResourceContract, Inserted_IsReadBackFieldByField) {
  auto record = user("u1", "Maya@Example.com");
  record.connection = entra;
  record.version = Version{7};
  record.external_id = "00u1";
  record.is_active = false;
  record.default_role = "IT Agent";
  record.document = R"({"userName":"Maya@Example.com","emails":[{"value":"m@x","primary":true}]})";
  insert(record);
  EXPECT_EQ(fields(stored("User", "u1")), fields(record));
  const auto found =
      read([&](Workspace& reached) { return reached.resources().find(entra, "User", ResourceId("u1")); });
  ASSERT_TRUE(found);
  EXPECT_EQ(fields(*found), fields(record));
}

TEST_P(ResourceContract, Find_SeesItsConnectionTypeAndWorkspaceOnly) {
  insert(user("u1", "maya"));
  const auto find = [&](const WorkspaceId& workspace, const ConnectionId& connection, std::string_view type) {
    return read_in(workspace,
                   [&](Workspace& reached) { return reached.resources().find(connection, type, ResourceId("u1")); })
        .has_value();
  };
  EXPECT_TRUE(find(home, okta, "User"));
  EXPECT_FALSE(find(home, entra, "User"));
  EXPECT_FALSE(find(home, okta, "Group"));
  EXPECT_FALSE(find(home, ConnectionId(), "User"));
  EXPECT_FALSE(find(other, okta, "User"));
}

TEST_P(ResourceContract, FindAnywhere_SeesEveryConnectionOfItsWorkspace) {
  auto record = user("u1", "maya");
  record.connection = entra;
  insert(record);
  EXPECT_TRUE(exists("User", ResourceId("u1")));
  EXPECT_FALSE(exists("Group", ResourceId("u1")));
  EXPECT_FALSE(exists("User", ResourceId("u2")));
  EXPECT_FALSE(
      read_in(other, [&](Workspace& reached) { return reached.resources().find_anywhere("User", ResourceId("u1")); }));
}

TEST_P(ResourceContract, UserName_IsUniqueInTheWorkspaceWhoeverMadeIt) {
  insert(user("u1", "maya"));
  auto second = user("u2", "MAYA");
  second.connection = entra;
  const auto refused = try_write([&](Workspace& reached) { return reached.resources().insert(second, {}); });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::uniqueness);
  EXPECT_EQ(refused.error().attribute, "userName");
  EXPECT_EQ(count("User"), 1);
  insert_in(other, user("u1", "maya"));
}

TEST_P(ResourceContract, GroupName_IsUniqueInItsConnection) {
  insert(group("g1", "staff"));
  const auto refused =
      try_write([&](Workspace& reached) { return reached.resources().insert(group("g2", "Staff"), {}); });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::uniqueness);
  EXPECT_EQ(refused.error().attribute, "displayName");
  auto second = group("g3", "staff");
  second.connection = entra;
  insert(second);
  insert(user("u1", "staff"));
  insert_in(other, group("g1", "staff"));
  EXPECT_EQ(count("Group"), 2);
}

TEST_P(ResourceContract, FindByKey_GivesEveryConnectionsGroupOfThatName) {
  insert(group("g1", "staff"));
  auto second = group("g2", "staff");
  second.connection = entra;
  insert(second);
  insert(group("g3", "staff room"));
  insert(user("u1", "staff"));
  insert_in(other, group("g4", "staff"));
  const auto by_key = [&](std::string_view type, const std::string& key) {
    return ids_of(read([&](Workspace& reached) { return reached.resources().find_by_key(type, key); }));
  };
  EXPECT_THAT(by_key("Group", "staff"), UnorderedElementsAre("g1", "g2"));
  EXPECT_THAT(by_key("User", "staff"), ElementsAre("u1"));
  EXPECT_THAT(by_key("User", "Staff"), IsEmpty()) << "keys come folded and are compared bytewise";
  EXPECT_THAT(by_key("User", ""), IsEmpty());
}

TEST_P(ResourceContract, SameId_CannotBeInsertedTwice) {
  insert(user("x1", "maya"));
  const auto refused = try_write([&](Workspace& reached) { return reached.resources().insert(user("x1", "li"), {}); });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::uniqueness);
  EXPECT_EQ(stored("User", "x1").display, "maya");
}

TEST_P(ResourceContract, Update_OfTheExpectedVersion_WritesEveryField) {
  insert(user("u1", "maya"));
  auto changed = user("u1", "li");
  changed.version = Version{2};
  changed.last_modified = at(99);
  changed.external_id = "00u9";
  changed.is_active = false;
  changed.default_role = "Ops";
  changed.document = R"({"userName":"li"})";
  EXPECT_TRUE(write([&](Workspace& reached) { return reached.resources().update(changed, {}, Version{1}); }));
  EXPECT_EQ(fields(stored("User", "u1")), fields(changed));
  insert(user("u2", "maya"));
}

TEST_P(ResourceContract, Update_OfAnotherVersionOrOfNothing_WritesNothing) {
  insert(user("u1", "maya"));
  auto changed = user("u1", "li");
  changed.version = Version{3};
  EXPECT_FALSE(write([&](Workspace& reached) { return reached.resources().update(changed, {}, Version{2}); }));
  EXPECT_FALSE(write([&](Workspace& reached) { return reached.resources().update(changed, {}, Version{0}); }));
  EXPECT_EQ(fields(stored("User", "u1")), fields(user("u1", "maya")));
  changed.id = ResourceId("u2");
  EXPECT_FALSE(write([&](Workspace& reached) { return reached.resources().update(changed, {}, Version{1}); }));
  EXPECT_FALSE(exists("User", ResourceId("u2")));
  insert_in(other, user("u1", "maya"));
  changed.id = ResourceId("u1");
  EXPECT_TRUE(write_in(other, [&](Workspace& reached) { return reached.resources().update(changed, {}, Version{1}); }));
  EXPECT_EQ(stored("User", "u1").display, "maya");
}

TEST_P(ResourceContract, Update_ToATakenName_IsUniqueness) {
  insert(user("u1", "maya"));
  insert(user("u2", "li"));
  insert(group("g1", "staff"));
  insert(group("g2", "crew"));
  auto changed = user("u2", "MAYA");
  changed.version = Version{2};
  auto refused = try_write([&](Workspace& reached) { return reached.resources().update(changed, {}, Version{1}); });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::uniqueness);
  EXPECT_EQ(refused.error().attribute, "userName");
  EXPECT_EQ(fields(stored("User", "u2")), fields(user("u2", "li")));
  auto renamed = group("g2", "staff");
  renamed.version = Version{2};
  refused = try_write([&](Workspace& reached) { return reached.resources().update(renamed, {}, Version{1}); });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().attribute, "displayName");
}

TEST_P(ResourceContract, Touch_AddsOneToTheVersion) {
  insert(user("u1", "maya"));
  insert_in(other, user("u1", "maya"));
  write([&](Workspace& reached) { return reached.resources().touch("User", ResourceId("u1"), at(50)); });
  write([&](Workspace& reached) { return reached.resources().touch("User", ResourceId("nobody"), at(50)); });
  write([&](Workspace& reached) { return reached.resources().touch("Group", ResourceId("u1"), at(50)); });
  auto expected = user("u1", "maya");
  expected.version = Version{2};
  expected.last_modified = at(50);
  EXPECT_EQ(fields(stored("User", "u1")), fields(expected));
  EXPECT_EQ(
      read_in(other, [&](Workspace& reached) { return reached.resources().find_anywhere("User", ResourceId("u1")); })
          ->version.number,
      1);
}

TEST_P(ResourceContract, TouchMembersOf_TouchesTheUsersInTheGroupOnce) {
  for (const char* id : {"u1", "u2", "u3"}) insert(user(id, id));
  for (const char* id : {"g1", "g2", "g3"}) insert(group(id, id));
  insert_in(other, user("u1", "u1"));
  const auto join = [&](const char* to, const char* member, std::string_view type) {
    write([&](Workspace& reached) { return reached.members().add(ResourceId(to), ResourceId(member), type, at(3)); });
  };
  join("g1", "u1", "User");
  join("g1", "u2", "User");
  join("g1", "g2", "Group");
  join("g2", "u3", "User");
  join("g3", "u1", "User");
  write_in(other, [&](Workspace& reached) {
    return reached.members().add(ResourceId("g1"), ResourceId("u1"), "User", at(3));
  });
  write([&](Workspace& reached) { return reached.resources().touch_members_of(ResourceId("g1"), at(70)); });
  EXPECT_EQ(stored("User", "u1").version.number, 2);
  EXPECT_EQ(stored("User", "u1").last_modified, at(70));
  EXPECT_EQ(stored("User", "u2").version.number, 2);
  EXPECT_EQ(stored("User", "u3").version.number, 2) << "by a group in the group";
  EXPECT_EQ(stored("Group", "g1").version.number, 1);
  EXPECT_EQ(stored("Group", "g2").version.number, 1);
  EXPECT_EQ(
      read_in(other, [&](Workspace& reached) { return reached.resources().find_anywhere("User", ResourceId("u1")); })
          ->version.number,
      1);
}

TEST_P(ResourceContract, TouchMembersOf_EndsInACircle) {
  for (const char* id : {"u1", "u2"}) insert(user(id, id));
  for (const char* id : {"g1", "g2"}) insert(group(id, id));
  write([&](Workspace& reached) -> Result<void> {
    ROLECALL_TRY(reached.members().add(ResourceId("g1"), ResourceId("g2"), "Group", at(3)));
    ROLECALL_TRY(reached.members().add(ResourceId("g2"), ResourceId("g1"), "Group", at(3)));
    ROLECALL_TRY(reached.members().add(ResourceId("g1"), ResourceId("u1"), "User", at(3)));
    ROLECALL_TRY(reached.members().add(ResourceId("g2"), ResourceId("u1"), "User", at(3)));
    return reached.resources().touch_members_of(ResourceId("g2"), at(70));
  });
  EXPECT_EQ(stored("User", "u1").version.number, 2) << "once, though a member of both";
  EXPECT_EQ(stored("User", "u2").version.number, 1);
}

TEST_P(ResourceContract, UniqueValues_HoldInTheWholeWorkspace) {
  const auto device = [&](const char* id, const char* connection) {
    auto record = resource("Device", ResourceId(id), id);
    record.connection = ConnectionId(connection);
    return record;
  };
  const std::vector<resource::IndexEntry> tagged{{"assetTag", 0, "tag-1", true}, {"kind", 0, "phone", false}};
  const auto try_insert = [&](const char* id, const char* connection, std::vector<resource::IndexEntry> index) {
    return try_write(
        [&](Workspace& reached) { return reached.resources().insert(device(id, connection), std::move(index)); });
  };
  ASSERT_TRUE(try_insert("d1", "okta", tagged));
  const auto refused = try_insert("d2", "entra", tagged);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::uniqueness);
  EXPECT_EQ(refused.error().attribute, "assetTag");
  EXPECT_TRUE(try_insert("d3", "entra", {{"assetTag", 0, "tag-2", true}, {"kind", 0, "phone", false}}));
  write_in(other, [&](Workspace& reached) { return reached.resources().insert(device("d1", "okta"), tagged); });
  write([&](Workspace& reached) { return reached.resources().remove("Device", ResourceId("d1")); });
  EXPECT_TRUE(try_insert("d2", "entra", tagged));
}

TEST_P(ResourceContract, Removed_LeavesNothingBehind) {
  insert(user("u1", "maya"));
  insert(group("g1", "staff"));
  insert(group("g2", "crew"));
  insert_in(other, user("u1", "maya"));
  const auto join = [&](const WorkspaceId& workspace, const char* to, const char* member, std::string_view type) {
    write_in(workspace, [&](Workspace& reached) {
      return reached.members().add(ResourceId(to), ResourceId(member), type, at(3));
    });
  };
  join(home, "g1", "u1", "User");
  join(home, "g2", "u1", "User");
  join(home, "g2", "g1", "Group");
  join(other, "g1", "u1", "User");
  const auto remove = [&](std::string_view type, const char* id) {
    return write([&](Workspace& reached) { return reached.resources().remove(type, ResourceId(id)); });
  };
  const auto members = [&](const WorkspaceId& workspace, const char* of) {
    return read_in(workspace, [&](Workspace& reached) { return reached.members().count(ResourceId(of)); });
  };
  EXPECT_FALSE(remove("Group", "u1"));
  EXPECT_TRUE(remove("User", "u1"));
  EXPECT_FALSE(remove("User", "u1"));
  EXPECT_FALSE(exists("User", ResourceId("u1")));
  EXPECT_EQ(count("User"), 0);
  EXPECT_EQ(members(home, "g1"), 0);
  EXPECT_EQ(members(home, "g2"), 1);
  EXPECT_EQ(members(other, "g1"), 1);
  EXPECT_TRUE(remove("Group", "g1"));
  EXPECT_EQ(members(home, "g2"), 0);
  insert(user("u2", "maya"));
  insert(group("g3", "staff"));
  EXPECT_EQ(count("User"), 1);
  EXPECT_EQ(count("Group"), 2);
}

TEST_P(ResourceContract, RemovedGroup_LosesItsMembers) {
  insert(user("u1", "maya"));
  insert(group("g1", "staff"));
  write([&](Workspace& reached) { return reached.members().add(ResourceId("g1"), ResourceId("u1"), "User", at(3)); });
  EXPECT_TRUE(write([&](Workspace& reached) { return reached.resources().remove("Group", ResourceId("g1")); }));
  EXPECT_THAT(read([&](Workspace& reached) { return reached.members().groups_of(ResourceId("u1")); }), IsEmpty());
  EXPECT_EQ(stored("User", "u1").display, "maya");
}

TEST_P(ResourceContract, Count_IsPerTypeOverAllConnections) {
  EXPECT_EQ(count("User"), 0);
  insert(user("u1", "a"));
  auto second = user("u2", "b");
  second.connection = entra;
  insert(second);
  insert(group("g1", "a"));
  insert_in(other, user("u3", "c"));
  EXPECT_EQ(count("User"), 2);
  EXPECT_EQ(count("Group"), 1);
  EXPECT_FALSE(try_write([&](Workspace& reached) -> Result<void> {
    ROLECALL_TRY(reached.resources().insert(user("u4", "d"), {}));
    return fail(ErrorCode::conflict, "no");
  }));
  EXPECT_EQ(count("User"), 2) << "what did not happen does not count";
}

TEST_P(ResourceContract, List_IsByNameInPagesThatLoseNothing) {
  for (const char* name : {"delta", "alpha", "echo", "bravo", "charlie"}) {
    insert(user(std::string("u-") + name, name));
  }
  insert_in(other, user("x", "aaa"));
  std::vector<std::string> seen;
  store::NamePlace after;
  for (int page = 0; page < 4; ++page) {
    const auto found = read([&](Workspace& reached) { return reached.resources().list("User", after, 2); });
    EXPECT_LE(found.size(), 2U);
    for (const auto& record : found) seen.push_back(record.display);
    if (!found.empty()) after = store::place_of(found.back());
  }
  EXPECT_THAT(seen, ElementsAre("alpha", "bravo", "charlie", "delta", "echo"));
}

TEST_P(ResourceContract, List_OfGroupsThatShareAName_LosesNoneAndKeepsTheLimit) {
  for (const char* name : {"a", "b", "c"}) {
    for (const auto& connection : {okta, entra}) {
      auto record = group(name + connection.value(), name);
      record.connection = connection;
      insert(record);
    }
  }
  for (const std::int64_t limit : {1, 2, 3, 100}) {
    std::vector<std::string> seen;
    store::NamePlace after;
    while (true) {
      const auto found = read([&](Workspace& reached) { return reached.resources().list("Group", after, limit); });
      if (found.empty()) break;
      EXPECT_LE(found.size(), static_cast<std::size_t>(limit));
      for (const auto& record : found) seen.push_back(record.id.value());
      ASSERT_LE(seen.size(), 6U);
      after = store::place_of(found.back());
    }
    EXPECT_THAT(seen, UnorderedElementsAre("aokta", "aentra", "bokta", "bentra", "cokta", "centra")) << limit;
  }
}

TEST_P(ResourceContract, Numbers_HaveSixtyFourBits) {
  auto record = user("u1", "maya");
  record.version = Version{std::numeric_limits<std::int64_t>::max() - 1};
  record.created = Instant(std::chrono::microseconds(-62'135'596'800'000'000));
  record.last_modified = Instant(std::chrono::microseconds(253'402'300'799'999'999));
  insert(record);
  EXPECT_EQ(fields(stored("User", "u1")), fields(record));
  write([&](Workspace& reached) { return reached.resources().touch("User", ResourceId("u1"), at(0)); });
  EXPECT_EQ(stored("User", "u1").version.number, std::numeric_limits<std::int64_t>::max());
}

}  // namespace
}  // namespace rolecall::contract
