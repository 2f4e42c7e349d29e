#include "store_contract.hpp"

namespace rolecall::contract {
namespace {

class AnswersContract : public StoreContract {
 protected:
  static store::KeptAnswer answer(const std::string& key, std::int64_t time, bool lacks_secret = false) {
    return {key, "digest of " + key, 201, R"({"name":"Ünal \"x\""})", lacks_secret, at(time)};
  }
  void keep(const WorkspaceId& workspace, const store::KeptAnswer& kept) {
    write_in(workspace, [&](Workspace& reached) { return reached.answers().keep(kept); });
  }
  std::optional<store::KeptAnswer> find(const WorkspaceId& workspace, const std::string& key) {
    return read_in(workspace, [&](Workspace& reached) { return reached.answers().find(key); });
  }
};
ROLECALL_ON_EVERY_ENGINE(AnswersContract);

TEST_P(AnswersContract, Kept_IsFoundInItsWorkspaceOnly) {
  EXPECT_FALSE(find(home, "k"));
  keep(home, answer("k", 5, true));
  const auto found = find(home, "k");
  ASSERT_TRUE(found);
  const auto expected = answer("k", 5, true);
  EXPECT_EQ(found->key, expected.key);
  EXPECT_EQ(found->request, expected.request);
  EXPECT_EQ(found->status, expected.status);
  EXPECT_EQ(found->body, expected.body);
  EXPECT_TRUE(found->lacks_secret);
  EXPECT_EQ(found->at, expected.at);
  EXPECT_FALSE(find(other, "k"));
  EXPECT_FALSE(find(WorkspaceId(), "k"));
  keep(WorkspaceId(), answer("k", 6));
  EXPECT_FALSE(find(WorkspaceId(), "k")->lacks_secret);
  EXPECT_FALSE(find(home, "K")) << "keys are compared bytewise";
}

TEST_P(AnswersContract, SecondUnderOneKey_IsRefusedAndTheFirstStays) {
  keep(home, answer("k", 5));
  const auto again = store::write(
      *store, [&](UnitOfWork& unit) -> Result<void> { return unit.workspace(home).answers().keep(answer("k", 9)); });
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::uniqueness);
  EXPECT_EQ(find(home, "k")->at, at(5));
}

TEST_P(AnswersContract, ForgetUntil_TakesTheOldOnesOfItsWorkspace) {
  keep(home, answer("old", 4));
  keep(home, answer("edge", 5));
  keep(home, answer("young", 6));
  keep(other, answer("old", 4));
  write_in(home, [](Workspace& reached) { return reached.answers().forget_until(at(5)); });
  EXPECT_FALSE(find(home, "old"));
  EXPECT_FALSE(find(home, "edge"));
  EXPECT_TRUE(find(home, "young"));
  EXPECT_TRUE(find(other, "old"));
}

TEST_P(AnswersContract, KeepNewest_TakesTheSurplusOfItsWorkspace) {
  for (std::int64_t i = 1; i <= 4; ++i) keep(home, answer("k" + std::to_string(i), i));
  keep(other, answer("k1", 1));
  const auto cut = [&](std::int64_t count) {
    write_in(home, [&](Workspace& reached) { return reached.answers().keep_newest(count); });
  };
  cut(4);
  EXPECT_TRUE(find(home, "k1"));
  cut(3);
  EXPECT_FALSE(find(home, "k1"));
  EXPECT_TRUE(find(home, "k2"));
  cut(0);
  EXPECT_FALSE(find(home, "k4"));
  EXPECT_TRUE(find(other, "k1"));
}

}  // namespace
}  // namespace rolecall::contract
