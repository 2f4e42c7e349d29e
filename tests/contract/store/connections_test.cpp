#include "store_contract.hpp"

namespace rolecall::contract {
namespace {

using store::UnknownGroupPolicy;
using store::UnknownMemberPolicy;
using testing::ElementsAre;

using ConnectionContract = StoreContract;
ROLECALL_ON_EVERY_ENGINE(ConnectionContract);

store::ConnectionRecord connection(const std::string& id, const std::string& name) {
  return {ConnectionId(id),
          name,
          "strict",
          RoleId("agent"),
          RoleId("boss"),
          UnknownGroupPolicy::refuse,
          store::AssertedRolePolicy::ignore,
          UnknownMemberPolicy::parked,
          at(4)};
}

void expect_same(const std::optional<store::ConnectionRecord>& found, const store::ConnectionRecord& expected) {
  ASSERT_TRUE(found);
  EXPECT_EQ(found->id, expected.id);
  EXPECT_EQ(found->name, expected.name);
  EXPECT_EQ(found->dialect, expected.dialect);
  EXPECT_EQ(found->default_role, expected.default_role);
  EXPECT_EQ(found->ceiling, expected.ceiling);
  EXPECT_EQ(found->unknown_groups, expected.unknown_groups);
  EXPECT_EQ(found->asserted_roles, expected.asserted_roles);
  EXPECT_EQ(found->unknown_members, expected.unknown_members);
  EXPECT_EQ(found->created, expected.created);
}

TEST_P(ConnectionContract, InsertedAndUpdated_IsReadBackFieldByField) {
  write([&](Workspace& reached) { return reached.roles().insert(role("boss"), "boss", at(1)); });
  auto record = connection("c1", "hr system");
  write([&](Workspace& reached) { return reached.connections().insert(record); });
  const auto find = [&] {
    return read([&](Workspace& reached) { return reached.connections().find(ConnectionId("c1")); });
  };
  expect_same(find(), record);
  expect_same(read([&](Workspace& reached) { return reached.connections().find_by_name("hr system"); }), record);
  record.name = "hr";
  record.dialect = "okta";
  record.default_role = RoleId("boss");
  record.ceiling = RoleId("agent");
  for (const auto policy :
       {UnknownGroupPolicy::create_role, UnknownGroupPolicy::keep_unlinked, UnknownGroupPolicy::refuse}) {
    record.unknown_groups = policy;
    write([&](Workspace& reached) { return reached.connections().update(record); });
    expect_same(find(), record);
  }
  for (const auto policy : {store::AssertedRolePolicy::ignore, store::AssertedRolePolicy::grant}) {
    record.asserted_roles = policy;
    write([&](Workspace& reached) { return reached.connections().update(record); });
    expect_same(find(), record);
  }
  for (const auto policy :
       {UnknownMemberPolicy::accept_known, UnknownMemberPolicy::strict, UnknownMemberPolicy::parked}) {
    record.unknown_members = policy;
    write([&](Workspace& reached) { return reached.connections().update(record); });
    expect_same(find(), record);
  }
  EXPECT_FALSE(read([&](Workspace& reached) { return reached.connections().find_by_name("hr system"); }));
}

TEST_P(ConnectionContract, Names_AreUniqueInTheWorkspace) {
  auto record = connection("c1", "okta");
  record.ceiling = RoleId("agent");
  const auto refused = try_write([&](Workspace& reached) { return reached.connections().insert(record); });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::uniqueness);
  EXPECT_EQ(refused.error().attribute, "name");
  record.name = "hr";
  write([&](Workspace& reached) { return reached.connections().insert(record); });
  record.name = "entra";
  EXPECT_FALSE(try_write([&](Workspace& reached) { return reached.connections().update(record); }));
}

TEST_P(ConnectionContract, List_IsByNameAndOfThisWorkspace) {
  auto record = connection("c1", "mail");
  record.ceiling = RoleId("agent");
  write([&](Workspace& reached) { return reached.connections().insert(record); });
  const auto list = [&](const WorkspaceId& workspace) {
    return ids_of(read_in(workspace, [&](Workspace& reached) { return reached.connections().list(); }));
  };
  EXPECT_THAT(list(home), ElementsAre("entra", "c1", "okta"));
  EXPECT_THAT(list(other), ElementsAre("entra", "okta"));
  EXPECT_FALSE(read_in(other, [&](Workspace& reached) { return reached.connections().find(ConnectionId("c1")); }));
  EXPECT_FALSE(read_in(other, [&](Workspace& reached) { return reached.connections().find_by_name("mail"); }));
}

using TokenContract = StoreContract;
ROLECALL_ON_EVERY_ENGINE(TokenContract);

store::TokenRecord token(const std::string& id, const WorkspaceId& workspace, Instant created) {
  std::string digest;
  for (int i = 0; i < 32; ++i) digest.push_back(static_cast<char>(i * 8));
  return {TokenId(id),       workspace, ConnectionId("okta"), std::nullopt, digest,
          "from the wizard", created,   std::nullopt,         std::nullopt};
}

TEST_P(TokenContract, Tokens_AreFoundInAnyWorkspace) {
  auto first = token("t1", home, at(5));
  first.expires = at(1000);
  first.user = ResourceId("u1");
  const auto second = token("t2", other, at(6));
  write([&](Workspace& reached) { return reached.tokens().insert(first); });
  write_in(other, [&](Workspace& reached) { return reached.tokens().insert(second); });
  const auto find = [&](const char* id) {
    return must(store::read(*store, [&](UnitOfWork& unit) { return unit.find_token(TokenId(id)); }));
  };
  const auto found = find("t1");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->id, first.id);
  EXPECT_EQ(found->user, first.user);
  EXPECT_FALSE(find("t2")->user);
  EXPECT_EQ(found->workspace, home);
  EXPECT_EQ(found->connection, okta);
  EXPECT_EQ(found->digest, first.digest) << "32 raw bytes, zero among them";
  EXPECT_EQ(found->note, "from the wizard");
  EXPECT_EQ(found->created, at(5));
  EXPECT_EQ(found->expires, at(1000));
  EXPECT_FALSE(found->revoked);
  EXPECT_EQ(find("t2")->workspace, other);
  EXPECT_FALSE(find("t2")->expires);
  EXPECT_FALSE(find("t3"));
  EXPECT_FALSE(find(""));
}

TEST_P(TokenContract, List_IsByAgeAndOfThisWorkspace) {
  write([&](Workspace& reached) -> Result<void> {
    ROLECALL_TRY(reached.tokens().insert(token("b", home, at(5))));
    ROLECALL_TRY(reached.tokens().insert(token("a", home, at(7))));
    return reached.tokens().insert(token("c", home, at(6)));
  });
  write_in(other, [&](Workspace& reached) { return reached.tokens().insert(token("d", other, at(1))); });
  EXPECT_THAT(ids_of(read([&](Workspace& reached) { return reached.tokens().list(); })), ElementsAre("b", "c", "a"));
}

TEST_P(TokenContract, Revoke_HappensOnceAndInItsWorkspace) {
  write([&](Workspace& reached) { return reached.tokens().insert(token("t1", home, at(5))); });
  const auto revoke = [&](const WorkspaceId& workspace, const char* id, Instant when) {
    return write_in(workspace, [&](Workspace& reached) { return reached.tokens().revoke(TokenId(id), when); });
  };
  EXPECT_FALSE(revoke(other, "t1", at(8)));
  EXPECT_FALSE(revoke(home, "t2", at(8)));
  EXPECT_TRUE(revoke(home, "t1", at(9)));
  EXPECT_FALSE(revoke(home, "t1", at(10)));
  const auto found = must(store::read(*store, [&](UnitOfWork& unit) { return unit.find_token(TokenId("t1")); }));
  ASSERT_TRUE(found) << "revoked ones are found too";
  EXPECT_EQ(found->revoked, at(9));
}

using WorkspaceContract = StoreContract;
ROLECALL_ON_EVERY_ENGINE(WorkspaceContract);

TEST_P(WorkspaceContract, Workspaces_AreListedByNameAndFoundByIt) {
  must(store->write([&](UnitOfWork& unit) { return unit.insert_workspace({WorkspaceId("w3"), "Lab", at(9)}); }));
  const auto all = must(store::read(*store, [](UnitOfWork& unit) { return unit.workspaces(); }));
  EXPECT_THAT(ids_of(all), ElementsAre("w3", "home", "other"));
  EXPECT_EQ(all.front().name, "Lab");
  EXPECT_EQ(all.front().created, at(9));
  const auto find = [&](const std::string& name) {
    return must(store::read(*store, [&](UnitOfWork& unit) { return unit.find_workspace_by_name(name); }));
  };
  ASSERT_TRUE(find("Lab"));
  EXPECT_EQ(find("Lab")->id, WorkspaceId("w3"));
  EXPECT_FALSE(find("lab"));
  const auto refused = store->write([&](UnitOfWork& unit) {
    return unit.insert_workspace({WorkspaceId("w4"), "Lab", at(9)});
  });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::uniqueness);
}

}  // namespace
}  // namespace rolecall::contract
