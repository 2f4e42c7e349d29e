#include "store_contract.hpp"

namespace rolecall::contract {
namespace {

class TombstoneContract : public StoreContract {
 protected:
  store::TombstoneRecord tombstone(const std::string& id, const std::string& name, const std::string& external_id,
                                   int deleted) const {
    return {"User", ResourceId(id), okta, Version{7}, name, external_id, at(deleted), "token:t1"};
  }
  void bury(const store::TombstoneRecord& record) {
    write([&](Workspace& reached) { return reached.tombstones().insert(record); });
  }
  std::string find(const std::string& name, const std::string& external_id, int since = 0) {
    const auto found =
        read([&](Workspace& reached) { return reached.tombstones().find(okta, "User", name, external_id, at(since)); });
    return found ? found->id.value() : "";
  }
};
ROLECALL_ON_EVERY_ENGINE(TombstoneContract);

TEST_P(TombstoneContract, Inserted_IsReadBackFieldByField) {
  const auto record = tombstone("u1", "maya", "00u1", 5);
  bury(record);
  const auto found =
      read([&](Workspace& reached) { return reached.tombstones().find(okta, "User", "maya", "00u1", at(0)); });
  ASSERT_TRUE(found);
  EXPECT_EQ(found->type, "User");
  EXPECT_EQ(found->id, record.id);
  EXPECT_EQ(found->connection, okta);
  EXPECT_EQ(found->version, record.version);
  EXPECT_EQ(found->unique_key, "maya");
  EXPECT_EQ(found->external_id, "00u1");
  EXPECT_EQ(found->deleted, at(5));
  EXPECT_EQ(found->deleted_by, "token:t1");
}

TEST_P(TombstoneContract, ExternalId_DecidesWhereBothHaveOne) {
  bury(tombstone("named", "maya", "00u1", 5));
  bury(tombstone("renamed", "maya.old", "00u2", 5));
  EXPECT_EQ(find("maya", "00u2"), "renamed") << "the same person under another name";
  EXPECT_EQ(find("maya", "00u3"), "") << "another person under the same name";
  EXPECT_EQ(find("maya", "00U1"), "") << "the case of an externalId counts";
}

TEST_P(TombstoneContract, Name_DecidesWhereOneSideHasNoExternalId) {
  bury(tombstone("known", "maya", "00u1", 5));
  EXPECT_EQ(find("maya", ""), "known");
  bury(tombstone("unknown", "ines", "", 5));
  EXPECT_EQ(find("ines", "00u9"), "unknown");
  EXPECT_EQ(find("ines", ""), "unknown");
  EXPECT_EQ(find("", ""), "") << "no externalId is not one that all others share";
}

TEST_P(TombstoneContract, TheNewest_IsFound) {
  bury(tombstone("u2", "maya", "", 6));
  bury(tombstone("u1", "maya", "", 5));
  EXPECT_EQ(find("maya", ""), "u2");
  bury(tombstone("u3", "b", "00u1", 6));
  bury(tombstone("u4", "c", "00u1", 7));
  EXPECT_EQ(find("maya", "00u1"), "u4");
}

TEST_P(TombstoneContract, Age_CountsToTheMicrosecond) {
  bury(tombstone("u1", "maya", "00u1", 5));
  EXPECT_EQ(find("maya", "", 5), "u1");
  EXPECT_EQ(find("maya", "", 6), "");
  EXPECT_EQ(find("ines", "00u1", 6), "");
}

TEST_P(TombstoneContract, OtherConnectionsTypesAndWorkspaces_DoNotSeeIt) {
  bury(tombstone("u1", "maya", "00u1", 5));
  const auto sees = [&](const WorkspaceId& workspace, const ConnectionId& connection, const char* type) {
    return read_in(
               workspace,
               [&](Workspace& reached) { return reached.tombstones().find(connection, type, "maya", "00u1", at(0)); })
        .has_value();
  };
  EXPECT_TRUE(sees(home, okta, "User"));
  EXPECT_FALSE(sees(home, entra, "User"));
  EXPECT_FALSE(sees(home, okta, "Group"));
  EXPECT_FALSE(sees(other, okta, "User"));
}

TEST_P(TombstoneContract, InsertedAgain_ReplacesTheOne) {
  bury(tombstone("u1", "maya", "", 5));
  bury(tombstone("u1", "maya.new", "", 8));
  EXPECT_EQ(find("maya", ""), "");
  EXPECT_EQ(find("maya.new", ""), "u1");
}

TEST_P(TombstoneContract, Remove_SaysWhetherThereWasOne) {
  bury(tombstone("u1", "maya", "", 5));
  const auto remove = [&](const char* type) {
    return write([&](Workspace& reached) { return reached.tombstones().remove(type, ResourceId("u1")); });
  };
  EXPECT_FALSE(remove("Group"));
  EXPECT_TRUE(remove("User"));
  EXPECT_FALSE(remove("User"));
  EXPECT_EQ(find("maya", ""), "");
}

TEST_P(TombstoneContract, Prune_TakesTheOldestAndNoMoreThanAsked) {
  for (const auto& workspace : {home, other}) {
    for (int i = 1; i <= 5; ++i) {
      write_in(workspace, [&](Workspace& reached) {
        return reached.tombstones().insert(tombstone("u" + std::to_string(i), "name" + std::to_string(i), "", i));
      });
    }
  }
  const auto prune = [&](int before, std::int64_t limit) {
    return write([&](Workspace& reached) { return reached.tombstones().prune(at(before), limit); });
  };
  EXPECT_EQ(prune(4, 2), 2);
  EXPECT_EQ(find("name2", ""), "");
  EXPECT_EQ(find("name3", ""), "u3");
  EXPECT_EQ(prune(4, 2), 1);
  EXPECT_EQ(prune(4, 2), 0);
  EXPECT_EQ(find("name4", ""), "u4") << "deleted at that instant is not before it";
  EXPECT_EQ(write([&](Workspace& reached) { return reached.tombstones().prune(Instant::max(), 100); }), 2);
  EXPECT_EQ(write_in(other, [&](Workspace& reached) { return reached.tombstones().prune(at(9), 100); }), 5);
}

}  // namespace
}  // namespace rolecall::contract
