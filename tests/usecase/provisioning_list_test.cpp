#include "provisioning_fixture.hpp"

namespace rolecall::test {
namespace {

class ProvisioningList : public ProvisioningTest {
 protected:
  /// Users without anything about them, in one transaction.
  void insert_users(std::int64_t count) {
    const auto done = store_->write([&](store::UnitOfWork& unit) -> Result<void> {
      auto& resources = unit.workspace(workspace_).resources();
      for (std::int64_t i = 0; i < count; ++i) {
        store::ResourceRecord user;
        user.id = ResourceId(ids_->next());
        user.type = "User";
        user.connection = caller_.connection;
        user.created = user.last_modified = clock_.now();
        user.display = user.unique_key = "user" + std::to_string(i);
        user.document = R"({"userName":"x"})";
        ROLECALL_TRY(resources.insert(user, {}));
      }
      return {};
    });
    ASSERT_TRUE(done) << done.error().detail << done.error().note;
  }

  Result<provisioning::ViewPage> page_of(std::int64_t start_index, std::int64_t count,
                                         store::ResourceQuery::Kind kind = store::ResourceQuery::Kind::records) {
    std::vector<store::ResourceQuery> queries;
    for (const char* name : {"Group", "User"}) {
      store::ResourceQuery query;
      query.type = &type(name);
      query.start_index = start_index;
      query.count = count;
      query.kind = kind;
      queries.push_back(std::move(query));
    }
    return provisioning::list_all(*environment_, caller_, queries, {});
  }
};

TEST_F(ProvisioningList, OverAllTypes_HoldsNoMoreThanItsDepth) {
  constexpr auto kFar = provisioning::kDeepestMerge + 1;
  const auto few = page_of(kFar, 10);
  ASSERT_TRUE(few) << few.error().detail;
  EXPECT_TRUE(few->views.empty());
  const auto groups = few->total;
  EXPECT_GT(groups, 0);

  insert_users(provisioning::kDeepestMerge);
  const auto last = page_of(provisioning::kDeepestMerge, 10);
  ASSERT_TRUE(last) << last.error().detail;
  EXPECT_EQ(last->total, provisioning::kDeepestMerge + groups);
  EXPECT_EQ(last->views.size(), static_cast<std::size_t>(std::min<std::int64_t>(10, groups + 1)));

  const auto beyond = page_of(kFar, 10);
  ASSERT_FALSE(beyond);
  EXPECT_EQ(beyond.error().code, ErrorCode::too_many);
  EXPECT_EQ(page_of(kFar, 0)->total, last->total) << "the total alone costs nothing";
  const auto behind = page_of(last->total + 1, 10);
  ASSERT_TRUE(behind) << behind.error().detail;
  EXPECT_TRUE(behind->views.empty());
  EXPECT_TRUE(page_of(1, 10, store::ResourceQuery::Kind::walk)) << "a cursor knows no depth";
}

}  // namespace
}  // namespace rolecall::test
