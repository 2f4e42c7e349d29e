#include "sqlite_steps.hpp"
#include "store_contract.hpp"

namespace rolecall::contract {
namespace {

constexpr std::size_t kLargeGroup = 50'000;

class SqliteCost : public testing::Test {
 protected:
  SqliteCost() : factory(engines().front().make(*folder, clock)), store(must(factory->open(factory->migrations()))) {
    write([&](Workspace& workspace) -> Result<void> {
      for (std::size_t i = 0; i < kLargeGroup; ++i) {
        ROLECALL_TRY(workspace.members().add(ResourceId("large"), numbered("u", i), "User", at(1)));
      }
      for (std::size_t i = 0; i < 100; ++i) {
        ROLECALL_TRY(workspace.members().add(ResourceId("small"), numbered("u", i), "User", at(1)));
      }
      return {};
    });
  }

  template <typename F>
  void write(F&& work) {
    must(store->write([&](UnitOfWork& unit) { return work(unit.workspace(WorkspaceId("home"))); }));
  }
  /// What `work(MemberRepository&, group)` makes SQLite do, its transaction included.
  template <typename F>
  std::int64_t cost_of(const char* group, F&& work) {
    // Once before, so that preparing statements is not counted.
    for (int round = 0; round < 2; ++round) {
      steps.reset();
      write([&](Workspace& workspace) -> Result<void> {
        ROLECALL_TRY(work(workspace.members(), ResourceId(group)));
        return {};
      });
    }
    EXPECT_EQ(steps.scanned(), 0);
    EXPECT_GT(steps.steps(), 0);
    return steps.steps();
  }

  SqliteSteps steps;
  std::unique_ptr<TextFolder> folder = adapter::icu::make_text_folder();
  ManualClock clock{at(0)};
  std::unique_ptr<StoreFactory> factory;
  std::unique_ptr<store::Store> store;
};

TEST_F(SqliteCost, OneMember_CostsTheSameInALargeGroup) {
  const auto add_and_remove = [](store::MemberRepository& members, const ResourceId& group) -> Result<bool> {
    ROLECALL_TRY(members.add(group, ResourceId("new"), "User", at(2)));
    ROLECALL_TRY(members.contains(group, ResourceId("new")));
    return members.remove(group, ResourceId("new"));
  };
  EXPECT_EQ(cost_of("large", add_and_remove), cost_of("small", add_and_remove));
  const auto add_again = [](store::MemberRepository& members, const ResourceId& group) {
    return members.add(group, numbered("u", 7), "User", at(2));
  };
  EXPECT_EQ(cost_of("large", add_again), cost_of("small", add_again));
}

TEST_F(SqliteCost, APageOfMembers_CostsTheSameInALargeGroup) {
  const auto page = [](store::MemberRepository& members, const ResourceId& group) {
    return members.page(group, numbered("u", 10), 20);
  };
  EXPECT_EQ(cost_of("large", page), cost_of("small", page));
}

}  // namespace
}  // namespace rolecall::contract
