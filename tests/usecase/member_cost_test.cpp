#include "contract/store/sqlite_steps.hpp"
#include "provisioning_fixture.hpp"

namespace rolecall::provisioning {
namespace {

/// Opened before the store, so that the store's connections are counted.
class CountedSteps {
 protected:
  contract::SqliteSteps steps_;
};

class MemberCost : public CountedSteps, public test::ProvisioningTest {
 protected:
  void SetUp() override {
    database_.use_sqlite();
    ProvisioningTest::SetUp();
  }

  ResourceId group_of(std::size_t size, const std::string& name) {
    const auto group = create("Group", R"({"displayName":")" + name + R"("})").id;
    const auto filled = store_->write([&](store::UnitOfWork& unit) -> Result<void> {
      for (std::size_t i = 0; i < size; ++i) {
        ROLECALL_TRY(unit.workspace(workspace_)
                         .members()
                         .add(group, ResourceId(name + std::to_string(i)), "User", clock_.now()));
      }
      return {};
    });
    EXPECT_TRUE(filled);
    return group;
  }

  /// What adding and removing one member makes the database do. The second time, so that statements are prepared.
  std::int64_t cost_in(const ResourceId& group, const ResourceId& user) {
    for (int round = 0; round < 2; ++round) {
      steps_.reset();
      EXPECT_TRUE(patch("Group", group, add_member(user)));
      EXPECT_TRUE(patch("Group", group, remove_member(user)));
    }
    return steps_.steps();
  }
};

TEST_F(MemberCost, OneMember_CostsTheSameInALargeGroupAndBesideOne) {
  constexpr std::size_t kLarge = 50'000;
  const auto user = create_user("maya").id;
  const auto small = group_of(10, "small");
  need_ = {};
  const auto cost_alone = cost_in(small, user);
  const auto large = group_of(kLarge, "large");
  const auto cost_beside_large = cost_in(small, user);
  const auto cost_in_large = cost_in(large, user);
  EXPECT_GT(cost_alone, 0);
  EXPECT_LE(cost_beside_large, cost_alone * 11 / 10);
  EXPECT_LE(cost_in_large, cost_alone * 11 / 10);
  EXPECT_EQ(members_of(large), static_cast<std::int64_t>(kLarge));
}

}  // namespace
}  // namespace rolecall::provisioning
