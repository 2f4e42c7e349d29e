#include "store_contract.hpp"

namespace rolecall::contract {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class ParkedMemberContract : public StoreContract {
 protected:
  bool park(const std::string& group_id, const std::string& value, const std::string& type = "") {
    return write([&](Workspace& reached) {
      return reached.parked_members().add({ResourceId(group_id), value, type, at(3)});
    });
  }
  std::vector<std::string> values_of(const std::string& group_id, const std::string& after = "",
                                     std::int64_t limit = 100) {
    std::vector<std::string> values;
    const auto found =
        read([&](Workspace& reached) { return reached.parked_members().page(ResourceId(group_id), after, limit); });
    for (const auto& row : found) values.push_back(row.value);
    return values;
  }
  std::vector<std::string> waiting(const ConnectionId& connection, const std::string& value,
                                   const std::string& after = "", std::int64_t limit = 100) {
    std::vector<std::string> groups;
    const auto found = read([&](Workspace& reached) {
      return reached.parked_members().waiting_for(connection, value, ResourceId(after), limit);
    });
    for (const auto& row : found) groups.push_back(row.group.value());
    return groups;
  }
};
ROLECALL_ON_EVERY_ENGINE(ParkedMemberContract);

TEST_P(ParkedMemberContract, Added_IsReadBackFieldByFieldAndOnce) {
  EXPECT_TRUE(park("g1", "00u1", "User"));
  EXPECT_FALSE(park("g1", "00u1", "Group"));
  const auto found = read([&](Workspace& reached) { return reached.parked_members().page(ResourceId("g1"), "", 10); });
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].group, ResourceId("g1"));
  EXPECT_EQ(found[0].value, "00u1");
  EXPECT_EQ(found[0].type, "User");
  EXPECT_EQ(found[0].parked, at(3));
}

TEST_P(ParkedMemberContract, Pages_AreInOrderOfValueBytewise) {
  for (const char* value : {"b", "B", "a", "ä"}) EXPECT_TRUE(park("g1", value));
  EXPECT_TRUE(park("g2", "c"));
  EXPECT_THAT(values_of("g1"), ElementsAre("B", "a", "b", "ä"));
  EXPECT_THAT(values_of("g1", "", 2), ElementsAre("B", "a"));
  EXPECT_THAT(values_of("g1", "a", 2), ElementsAre("b", "ä"));
  EXPECT_EQ(read([](Workspace& reached) { return reached.parked_members().count(ResourceId("g1")); }), 4);
  EXPECT_EQ(read([](Workspace& reached) { return reached.parked_members().count(ResourceId("g3")); }), 0);
}

TEST_P(ParkedMemberContract, Remove_SaysWhetherThereWasOne) {
  park("g1", "00u1");
  const auto remove = [&](const char* group_id, const char* value) {
    return write([&](Workspace& reached) { return reached.parked_members().remove(ResourceId(group_id), value); });
  };
  EXPECT_FALSE(remove("g1", "00U1"));
  EXPECT_FALSE(remove("g2", "00u1"));
  EXPECT_TRUE(remove("g1", "00u1"));
  EXPECT_FALSE(remove("g1", "00u1"));
  EXPECT_THAT(values_of("g1"), IsEmpty());
}

TEST_P(ParkedMemberContract, Waiting_AreTheGroupsOfTheConnection) {
  insert(group("g1", "a"));
  insert(group("g2", "b"));
  auto foreign = group("g3", "c");
  foreign.connection = entra;
  insert(foreign);
  for (const char* id : {"g3", "g2", "g1", "g-without-row"}) park(id, "00u1");
  park("g1", "00u2");
  EXPECT_THAT(waiting(okta, "00u1"), ElementsAre("g1", "g2"));
  EXPECT_THAT(waiting(okta, "00u1", "", 1), ElementsAre("g1"));
  EXPECT_THAT(waiting(okta, "00u1", "g1", 1), ElementsAre("g2"));
  EXPECT_THAT(waiting(entra, "00u1"), ElementsAre("g3"));
  EXPECT_THAT(waiting(okta, "00U1"), IsEmpty());
}

TEST_P(ParkedMemberContract, AGroupThatGoes_TakesThemAlong) {
  insert(group("g1", "a"));
  park("g1", "00u1");
  park("g2", "00u1");
  write([&](Workspace& reached) { return reached.resources().remove("Group", ResourceId("g1")); });
  EXPECT_THAT(values_of("g1"), IsEmpty());
  EXPECT_THAT(values_of("g2"), ElementsAre("00u1"));
}

TEST_P(ParkedMemberContract, OtherWorkspaces_DoNotSeeThem) {
  insert_in(other, group("g1", "a"));
  park("g1", "00u1");
  EXPECT_EQ(read_in(other, [](Workspace& reached) { return reached.parked_members().count(ResourceId("g1")); }), 0);
  EXPECT_THAT(
      read_in(other,
              [&](Workspace& reached) { return reached.parked_members().waiting_for(okta, "00u1", ResourceId(), 10); }),
      IsEmpty());
}

}  // namespace
}  // namespace rolecall::contract
