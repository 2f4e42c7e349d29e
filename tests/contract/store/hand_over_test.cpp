#include "store_contract.hpp"

namespace rolecall::contract {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class HandOverContract : public StoreContract {
 protected:
  Result<bool> hand_over(store::ResourceRecord record, Version expected) {
    record.connection = entra;
    record.version = Version{expected.number + 1};
    record.external_id = "";
    record.document = R"({"moved":true})";
    return try_write([&](Workspace& reached) { return reached.resources().hand_over(record, expected); });
  }
  std::int64_t listed(const ConnectionId& connection, const std::string& type, const ResourceId& id) {
    return read([&](Workspace& reached) { return reached.resources().find(connection, type, id); }).has_value() ? 1 : 0;
  }
};
ROLECALL_ON_EVERY_ENGINE(HandOverContract);

TEST_P(HandOverContract, HandedOver_IsTheOtherConnections) {
  auto record = user("u1", "maya");
  record.external_id = "00u1";
  insert(record);
  EXPECT_TRUE(must(hand_over(record, record.version)));
  EXPECT_EQ(listed(okta, "User", record.id), 0);
  EXPECT_EQ(listed(entra, "User", record.id), 1);
  const auto found = stored("User", "u1");
  EXPECT_EQ(found.version.number, record.version.number + 1);
  EXPECT_EQ(found.external_id, "");
  EXPECT_EQ(found.document, R"({"moved":true})");
  EXPECT_EQ(found.display, "maya");
  EXPECT_EQ(found.created, record.created);
  EXPECT_EQ(count("User"), 1);
}

TEST_P(HandOverContract, OtherVersionOrNoRow_ChangesNothing) {
  const auto record = user("u1", "maya");
  insert(record);
  EXPECT_FALSE(must(hand_over(record, Version{record.version.number + 1})));
  EXPECT_FALSE(must(hand_over(user("u2", "ines"), Version{1})));
  EXPECT_EQ(listed(okta, "User", record.id), 1);
}

TEST_P(HandOverContract, GroupWhoseNameIsTakenThere_IsRefused) {
  const auto record = group("g1", "staff");
  insert(record);
  auto theirs = group("g2", "staff");
  theirs.connection = entra;
  insert(theirs);
  const auto refused = hand_over(record, record.version);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::uniqueness);
  EXPECT_EQ(refused.error().attribute, "displayName");
  EXPECT_EQ(listed(okta, "Group", record.id), 1);
}

TEST_P(HandOverContract, GroupsName_IsFreeWhereItLeft) {
  const auto record = group("g1", "staff");
  insert(record);
  EXPECT_TRUE(must(hand_over(record, record.version)));
  insert(group("g2", "staff"));
  EXPECT_EQ(count("Group"), 2);
}

TEST_P(HandOverContract, LinksOfAGroup_GoWithIt) {
  for (const char* id : {"g1", "g2"}) {
    write([&](Workspace& reached) {
      return reached.links().insert({LinkId(std::string("l-") + id), ResourceId(id), RoleId("agent"), okta, "staff",
                                     store::LinkState::active, store::LinkOrigin::admin, "admin", at(5)});
    });
  }
  write([&](Workspace& reached) { return reached.links().hand_over(ResourceId("g1"), entra); });
  EXPECT_EQ(read([](Workspace& reached) { return reached.links().find(LinkId("l-g1")); })->connection, entra);
  EXPECT_EQ(read([](Workspace& reached) { return reached.links().find(LinkId("l-g2")); })->connection, okta);
}

TEST_P(HandOverContract, ExternalIds_AreFoundWithinTheConnection) {
  for (const char* id : {"u1", "u2", "u3"}) {
    auto record = user(id, id);
    record.external_id = std::string(id) == "u3" ? "" : "00u1";
    if (std::string(id) == "u2") record.connection = entra;
    insert(record);
  }
  const auto ids = [&](const ConnectionId& connection, const std::string& external_id) {
    std::vector<std::string> found;
    for (const auto& record : read([&](Workspace& reached) {
           return reached.resources().find_by_external_id(connection, "User", external_id, 2);
         })) {
      found.push_back(record.id.value());
    }
    return found;
  };
  EXPECT_THAT(ids(okta, "00u1"), ElementsAre("u1"));
  EXPECT_THAT(ids(entra, "00u1"), ElementsAre("u2"));
  EXPECT_THAT(ids(okta, "00U1"), IsEmpty());
  EXPECT_THAT(ids(okta, ""), IsEmpty()) << "no externalId is not one";
  EXPECT_THAT(
      read([&](Workspace& reached) { return reached.resources().find_by_external_id(okta, "Group", "00u1", 2); }),
      IsEmpty());
}

TEST_P(HandOverContract, TokensOfAUser_AreRevokedOnce) {
  const auto token = [&](const char* id, std::optional<ResourceId> holder) {
    write([&](Workspace& reached) {
      return reached.tokens().insert(
          {TokenId(id), home, okta, std::move(holder), std::string(32, 'x'), "", at(1), {}, {}});
    });
  };
  token("t1", ResourceId("u1"));
  token("t2", ResourceId("u2"));
  token("t3", std::nullopt);
  token("t4", ResourceId("u1"));
  const auto revoke = [&] {
    return write([](Workspace& reached) { return reached.tokens().revoke_of(ResourceId("u1"), at(9)); });
  };
  EXPECT_THAT(revoke(), ElementsAre(TokenId("t1"), TokenId("t4")));
  EXPECT_THAT(revoke(), IsEmpty());
  for (const auto& stored_token : read([](Workspace& reached) { return reached.tokens().list(); })) {
    EXPECT_EQ(stored_token.revoked.has_value(), stored_token.user == ResourceId("u1")) << stored_token.id.value();
  }
}

}  // namespace
}  // namespace rolecall::contract
