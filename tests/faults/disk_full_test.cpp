#include <functional>

#include "faults_fixture.hpp"

// A full disk refuses writes at any point of a change. Nothing of the change may stay, reads go on, and the next write
// works as soon as there is room.

namespace rolecall::faults {
namespace {

class DiskFull : public FaultsTest {
 protected:
  void SetUp() override {
    FaultsTest::SetUp();
    known_ = create_user("known@acme.example").id;
    group_ = create("Group", R"({"displayName":"crew"})").id;
    link("crew", "HR Admin");
    restart();
  }

  /// Each changes something, and depends on those before it.
  std::vector<std::function<Result<void>()>> changes(const std::string& name) {
    using Work = std::function<Result<void>()>;
    const auto user = std::make_shared<ResourceId>();
    const auto done = [](const auto& result) -> Result<void> {
      if (!result) return tl::unexpected<Error>(result.error());
      return {};
    };
    return {Work([this, user, name, done]() -> Result<void> {
              auto made = try_create("User", R"({"userName":")" + name + R"("})");
              if (made) *user = made->record.id;
              return done(made);
            }),
            Work([this, user, name, done] { return done(patch("User", *user, set_title(name))); }),
            Work([this, user, done] { return done(patch("Group", group_, add_member(*user))); }),
            Work([this, user, done] { return done(patch("Group", group_, remove_member(*user))); }),
            Work([this, user] { return remove("User", *user); })};
  }

  /// The disk fills at the nth write of these changes, for every n. `lasts`: until somebody makes room.
  void fill_at_every_write(bool lasts) {
    int refused = 0;
    for (int nth = 1;; ++nth) {
      SCOPED_TRACE("write " + std::to_string(nth));
      disk_.break_down({Disk::Operation::write, SQLITE_FULL, nth, lasts, {}});
      for (const auto& change : changes("user" + std::to_string(nth) + "@acme.example")) {
        const auto before = audit_rows();
        auto done = change();
        if (!done) {
          ++refused;
          EXPECT_EQ(done.error().code, ErrorCode::unavailable) << done.error().note;
          EXPECT_TRUE(done.error().retry_after);
          EXPECT_NE(done.error().detail.find("no room"), std::string::npos) << done.error().detail;
          EXPECT_EQ(audit_rows(), before) << "no audit without its change";
          EXPECT_TRUE(get("User", known_)) << "reads go on";
          if (lasts) {
            EXPECT_FALSE(change()) << "still no room";
          }
          EXPECT_EQ(audit_rows(), before);
          EXPECT_TRUE(disk_.heal());
          done = change();
        }
        ASSERT_TRUE(done) << done.error().detail << done.error().note;
        EXPECT_GT(audit_rows(), before) << "no change without audit";
      }
      if (nth % 16 == 1) expect_sound(*store_);
      if (!disk_.heal() && disk_.counted() < nth) break;
    }
    EXPECT_GT(refused, 10);
    EXPECT_EQ(fatal_, 0) << "a full disk is no reason to give up";
    expect_sound(*store_);
    restart();
    expect_sound(*store_);
  }

  ResourceId known_;
  ResourceId group_;
};

TEST_F(DiskFull, AtAnyWrite_RefusesTheChangeWholeAndReadsGoOn) { fill_at_every_write(true); }

TEST_F(DiskFull, ForOneWrite_CostsOneChange) { fill_at_every_write(false); }

TEST_F(DiskFull, FullForALongTime_ReadsGoOnAndTheLogOfTheDatabaseStaysAsItIs) {
  disk_.break_down({Disk::Operation::write, SQLITE_FULL, 1, true, {}});
  const auto before = std::filesystem::file_size(directory_ / "rolecall.db-wal");
  for (int i = 0; i < 200; ++i) {
    ASSERT_FALSE(try_create("User", R"({"userName":"nobody"})"));
    ASSERT_TRUE(get("User", known_));
  }
  EXPECT_EQ(std::filesystem::file_size(directory_ / "rolecall.db-wal"), before);
  disk_.heal();
  EXPECT_TRUE(try_create("User", R"({"userName":"nobody"})"));
}

TEST_F(DiskFull, AtStart_IsRefusedWithASentenceAndLeavesTheDatabaseAsItWas) {
  restart();
  const auto rows = audit_rows();
  environment_.reset();
  administration_.reset();
  store_.reset();
  disk_.break_down({Disk::Operation::write, SQLITE_FULL, 1, true, {}});
  adapter::soci::SqliteOptions options;
  options.path = (directory_ / "rolecall.db").string();
  const auto opened =
      adapter::soci::open_sqlite_store(options, testing_support::migrations_of("db/sqlite/"), *folder_, clock_);
  // Nothing has to be written to open it.
  EXPECT_TRUE(opened) << opened.error().detail;
  options.path = (directory_ / "new.db").string();
  const auto refused =
      adapter::soci::open_sqlite_store(options, testing_support::migrations_of("db/sqlite/"), *folder_, clock_);
  ASSERT_FALSE(refused);
  EXPECT_FALSE(refused.error().detail.empty());
  disk_.heal();
  restart();
  EXPECT_EQ(audit_rows(), rows);
  expect_sound(*store_);
}

}  // namespace
}  // namespace rolecall::faults
