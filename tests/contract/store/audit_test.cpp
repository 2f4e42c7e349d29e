#include "store_contract.hpp"

namespace rolecall::contract {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class AuditContract : public StoreContract {
 protected:
  static store::AuditRecord row(std::int64_t seq) {
    return {seq,
            at(seq),
            "token:t1",
            "user.created",
            "User/u" + std::to_string(seq),
            R"({"attributes":["userName"]})",
            RequestId("r" + std::to_string(seq)),
            std::string(64, '0'),
            std::string(64, 'a')};
  }
  void append(const WorkspaceId& workspace, const std::vector<std::int64_t>& numbers) {
    write_in(workspace, [&](Workspace& reached) -> Result<void> {
      for (const auto number : numbers) ROLECALL_TRY(reached.audit().append(row(number)));
      return {};
    });
  }
  std::vector<std::int64_t> page(const WorkspaceId& workspace, std::int64_t after, std::int64_t limit) {
    std::vector<std::int64_t> numbers;
    for (const auto& record :
         read_in(workspace, [&](Workspace& reached) { return reached.audit().page(after, limit); })) {
      numbers.push_back(record.seq);
    }
    return numbers;
  }
};
ROLECALL_ON_EVERY_ENGINE(AuditContract);

TEST_P(AuditContract, Last_IsTheNewestOfItsWorkspace) {
  const auto last = [&](const WorkspaceId& workspace) {
    return read_in(workspace, [](Workspace& reached) { return reached.audit().last(); });
  };
  EXPECT_FALSE(last(home));
  append(home, {1, 2, 3});
  append(other, {1});
  const auto found = last(home);
  ASSERT_TRUE(found);
  const auto expected = row(3);
  EXPECT_EQ(found->seq, 3);
  EXPECT_EQ(found->at, expected.at);
  EXPECT_EQ(found->actor, expected.actor);
  EXPECT_EQ(found->action, expected.action);
  EXPECT_EQ(found->target, expected.target);
  EXPECT_EQ(found->details, expected.details);
  EXPECT_EQ(found->request, expected.request);
  EXPECT_EQ(found->previous_hash, expected.previous_hash);
  EXPECT_EQ(found->hash, expected.hash);
  EXPECT_EQ(last(other)->seq, 1);
}

TEST_P(AuditContract, WithinAWrite_LastSeesWhatItAppended) {
  write([](Workspace& reached) -> Result<void> {
    ROLECALL_TRY(reached.audit().append(row(1)));
    ROLECALL_TRY_ASSIGN(const auto first, reached.audit().last());
    EXPECT_EQ(first->seq, 1);
    ROLECALL_TRY(reached.audit().append(row(2)));
    ROLECALL_TRY_ASSIGN(const auto second, reached.audit().last());
    EXPECT_EQ(second->seq, 2);
    return {};
  });
}

TEST_P(AuditContract, Pages_AreInOrderByNumber) {
  std::vector<std::int64_t> numbers;
  for (std::int64_t i = 1; i <= 12; ++i) numbers.push_back(i);
  append(home, numbers);
  append(other, {1, 2});
  EXPECT_THAT(page(home, 0, 5), ElementsAre(1, 2, 3, 4, 5));
  EXPECT_THAT(page(home, 5, 5), ElementsAre(6, 7, 8, 9, 10));
  EXPECT_THAT(page(home, 10, 5), ElementsAre(11, 12));
  EXPECT_THAT(page(home, 12, 5), IsEmpty());
  EXPECT_THAT(page(other, 0, 5), ElementsAre(1, 2));
}

TEST_P(AuditContract, ANumber_IsWrittenOnce) {
  append(home, {1});
  const auto refused = try_write([](Workspace& reached) { return reached.audit().append(row(1)); });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::uniqueness);
}

}  // namespace
}  // namespace rolecall::contract
