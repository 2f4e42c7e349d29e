#include "store_contract.hpp"

namespace rolecall::contract {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class PlanContract : public StoreContract {
 protected:
  store::PlanRecord plan(const std::string& id, int made) const {
    return {PlanId(id), at(made), "admin", 7, R"({"links":{}})", R"({"changes":[]})", "abc", std::nullopt, ""};
  }
  void add(const std::string& id, int made) {
    write([&](Workspace& reached) { return reached.plans().insert(plan(id, made)); });
  }
  std::optional<store::PlanRecord> find(const std::string& id) {
    return read([&](Workspace& reached) { return reached.plans().find(PlanId(id)); });
  }
  std::vector<std::string> list(std::int64_t limit) {
    std::vector<std::string> ids;
    for (const auto& found : read([&](Workspace& reached) { return reached.plans().list(limit); })) {
      ids.push_back(found.id.value());
    }
    return ids;
  }
};
ROLECALL_ON_EVERY_ENGINE(PlanContract);

TEST_P(PlanContract, Inserted_IsReadBackFieldByField) {
  add("p1", 5);
  const auto found = find("p1");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->id, PlanId("p1"));
  EXPECT_EQ(found->made, at(5));
  EXPECT_EQ(found->made_by, "admin");
  EXPECT_EQ(found->revision, 7);
  EXPECT_EQ(found->desired, R"({"links":{}})");
  EXPECT_EQ(found->effect, R"({"changes":[]})");
  EXPECT_EQ(found->digest, "abc");
  EXPECT_FALSE(found->applied);
  EXPECT_FALSE(find("p2"));
  EXPECT_FALSE(read_in(other, [&](Workspace& reached) { return reached.plans().find(PlanId("p1")); }));
}

TEST_P(PlanContract, MarkApplied_WorksOnce) {
  add("p1", 5);
  const auto mark = [&](const std::string& id) {
    return try_write([&](Workspace& reached) { return reached.plans().mark_applied(PlanId(id), "lee", at(6)); });
  };
  EXPECT_TRUE(*mark("p1"));
  EXPECT_EQ(find("p1")->applied, at(6));
  EXPECT_EQ(find("p1")->applied_by, "lee");
  EXPECT_FALSE(*mark("p1"));
  EXPECT_FALSE(*mark("p2"));
}

TEST_P(PlanContract, List_IsNewestFirstAndKeepNewestRemovesTheOthers) {
  add("b", 5);
  add("a", 5);
  add("c", 4);
  EXPECT_THAT(list(10), ElementsAre("b", "a", "c"));
  EXPECT_THAT(list(2), ElementsAre("b", "a"));
  EXPECT_EQ(*try_write([](Workspace& reached) { return reached.plans().keep_newest(3); }), 0);
  EXPECT_EQ(*try_write([](Workspace& reached) { return reached.plans().keep_newest(2); }), 1);
  EXPECT_THAT(list(10), ElementsAre("b", "a"));
  EXPECT_EQ(*try_write([](Workspace& reached) { return reached.plans().keep_newest(0); }), 2);
  EXPECT_THAT(list(10), IsEmpty());
}

TEST_P(PlanContract, RoleMode_IsOfOneWorkspace) {
  const auto mode = [&] { return read([](Workspace& reached) { return reached.role_mode(); }); };
  EXPECT_EQ(mode(), access::RoleMode::multi);
  write([](Workspace& reached) { return reached.set_role_mode(access::RoleMode::single); });
  EXPECT_EQ(mode(), access::RoleMode::single);
  EXPECT_EQ(read_in(other, [](Workspace& reached) { return reached.role_mode(); }), access::RoleMode::multi);
}

}  // namespace
}  // namespace rolecall::contract
