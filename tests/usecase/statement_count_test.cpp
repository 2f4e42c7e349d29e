#include "contract/store/sqlite_steps.hpp"
#include "provisioning_fixture.hpp"

// On PostgreSQL every statement is a way to the server and back, or a part of one, and on SQLite there is one thread
// for all of them: how many a request takes does not depend on the machine, and is to stay as it is.
namespace rolecall::provisioning {
namespace {

/// Opened before the store, so that the store's connections are counted.
class CountedStatements {
 protected:
  contract::SqliteSteps steps_;
};

class StatementCount : public CountedStatements, public test::ProvisioningTest {
 protected:
  void SetUp() override {
    database_.use_sqlite();
    ProvisioningTest::SetUp();
    group_ = create("Group", R"({"displayName":"Crew"})").id;
    for (std::size_t i = 0; i < kUsers; ++i) users_.push_back(create_user("user" + std::to_string(i)).id);
  }

  /// Of what `request` sends.
  template <typename F>
  std::int64_t statements_of(F&& request) {
    steps_.reset();
    EXPECT_TRUE(request());
    return steps_.statements();
  }

  /// `count` members from the first on, added or removed.
  std::string change(const std::string& verb, std::size_t count) const {
    std::string values;
    for (std::size_t i = 0; i < count; ++i) {
      values += std::string(i == 0 ? "" : ",") + R"({"value":")" + users_[i].value() + R"("})";
    }
    return R"({"op":")" + verb + R"(","path":"members","value":[)" + values + "]}";
  }
  std::int64_t members(const std::string& verb, std::size_t count) {
    return statements_of([&] { return patch("Group", group_, change(verb, count)); });
  }

  static constexpr std::size_t kUsers = 64;
  ResourceId group_;
  std::vector<ResourceId> users_;
};

TEST_F(StatementCount, OfRequestsAboutOneUser_IsKnown) {
  const ResourceId user = users_.front();
  EXPECT_LE(statements_of([&] { return try_create("User", R"({"userName":"new"})"); }), 19);
  EXPECT_LE(statements_of([&] { return replace("User", user, R"({"userName":"user0","title":"Agent"})"); }), 12);
  const std::string active = R"({"op":"replace","path":"active","value":)";
  EXPECT_LE(statements_of([&] { return patch("User", user, active + "false}"); }), 32);
  EXPECT_LE(statements_of([&] { return patch("User", user, active + "true}"); }), 20);
}

TEST_F(StatementCount, OfOneMember_IsKnown) {
  need_ = {};
  EXPECT_LE(members("add", 1), 31);
  EXPECT_LE(members("add", 1), 13) << "who is one already";
  EXPECT_LE(members("remove", 1), 29);
}

/// Rows are written one by one on SQLite, where that costs nothing; reads are of many.
TEST_F(StatementCount, OfManyMembers_GrowsByTheRowsThatTheyWrite) {
  need_ = {};
  const auto of_32 = members("add", 32);
  members("remove", 32);
  const auto of_64 = members("add", 64);
  EXPECT_LE(of_64 - of_32, 32 * 8);
  const auto of_fewer = members("remove", 32);
  members("add", 32);
  EXPECT_LE(members("remove", 64) - of_fewer, 32 * 8);
}

}  // namespace
}  // namespace rolecall::provisioning
