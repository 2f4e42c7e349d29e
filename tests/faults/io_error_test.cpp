#include <functional>

#include "faults_fixture.hpp"

// After a write or a sync that failed nobody knows what the disk holds: the store gives up, says so once, and a new
// start finds all that was acknowledged. A read that failed is one request's misfortune.

namespace rolecall::faults {
namespace {

class IoError : public FaultsTest {
 protected:
  void SetUp() override {
    FaultsTest::SetUp();
    known_ = create_user("known@acme.example").id;
    group_ = create("Group", R"({"displayName":"crew"})").id;
    link("crew", "HR Admin");
    restart();
  }

  /// One of three kinds, another one each time.
  Result<provisioning::View> change(int kind) {
    const std::string text = std::to_string(++changes_);
    if (kind == 0) return try_create("User", R"({"userName":"user)" + text + R"(@acme.example"})");
    if (kind == 1) return patch("User", known_, set_title("title " + text));
    return patch("Group", group_, add_member(known_));
  }

  /// The nth operation of this kind fails, for every n up to the first that one change has no more of.
  void give_up_at_every(Disk::Operation operation, int code, int at_least) {
    int met = 0;
    for (int kind = 0; kind < 3; ++kind) {
      for (int nth = 1;; ++nth) {
        SCOPED_TRACE("change " + std::to_string(kind) + ", failure " + std::to_string(nth));
        ASSERT_TRUE(patch("Group", group_, remove_member(known_)));
        const auto before = audit_rows();
        fatal_ = 0;
        disk_.break_down({operation, code, nth, false, "rolecall.db-wal"});
        const auto done = change(kind);
        if (!disk_.heal()) {
          EXPECT_TRUE(done);
          break;
        }
        ++met;
        ASSERT_FALSE(done);
        EXPECT_EQ(done.error().code, ErrorCode::unavailable) << done.error().note;
        EXPECT_EQ(fatal_, 1);
        EXPECT_EQ(change(kind).error().code, ErrorCode::unavailable) << "nothing after it can be promised";
        EXPECT_EQ(get("User", known_).error().code, ErrorCode::unavailable);
        EXPECT_EQ(fatal_, 1) << "said once";
        restart();
        EXPECT_GE(audit_rows(), before);
        EXPECT_TRUE(get("User", known_));
        EXPECT_TRUE(change(1));
        if (nth % 8 == 1) expect_sound(*store_);
      }
    }
    EXPECT_GE(met, at_least);
    expect_sound(*store_);
  }

  int changes_ = 0;
  ResourceId known_;
  ResourceId group_;
};

TEST_F(IoError, AtAnyWrite_EndsTheStoreAndANewStartIsClean) {
  give_up_at_every(Disk::Operation::write, SQLITE_IOERR_WRITE, 10);
}

TEST_F(IoError, AtAnySync_EndsTheStoreAndANewStartIsClean) {
  give_up_at_every(Disk::Operation::sync, SQLITE_IOERR_FSYNC, 3);
}

/// What was committed is copied from the log into the database now and then; that the log still has it is no comfort
/// when it is not seen that the copy fails.
class IoErrorWhileCopying : public IoError, public testing::WithParamInterface<std::pair<Disk::Operation, int>> {};

TEST_P(IoErrorWhileCopying, EndsTheStoreAndANewStartIsClean) {
  disk_.break_down({GetParam().first, GetParam().second, 1, true, "rolecall.db"});
  std::int64_t acknowledged = audit_rows();
  int changes = 0;
  for (; changes < 2'000 && fatal_ == 0; ++changes) {
    const auto done = patch("User", known_, set_title("title " + std::to_string(changes)));
    if (!done) {
      EXPECT_EQ(done.error().code, ErrorCode::unavailable) << done.error().note;
      break;
    }
    ++acknowledged;
  }
  EXPECT_EQ(fatal_, 1) << "after " << changes << " changes";
  EXPECT_TRUE(disk_.heal());
  restart();
  EXPECT_GE(audit_rows(), acknowledged);
  EXPECT_TRUE(patch("User", known_, set_title("after")));
  expect_sound(*store_);
}

INSTANTIATE_TEST_SUITE_P(Each, IoErrorWhileCopying,
                         testing::Values(std::pair(Disk::Operation::write, SQLITE_IOERR_WRITE),
                                         std::pair(Disk::Operation::sync, SQLITE_IOERR_FSYNC)),
                         [](const auto& tested) {
                           return tested.param.first == Disk::Operation::write ? "Write" : "Sync";
                         });

/// Every read of some work fails once; whoever asked gets an error, and the next one an answer.
class FailedRead : public IoError {
 protected:
  void fail_at_every_read(const std::function<Result<void>(int)>& work, int at_least) {
    int met = 0;
    for (int nth = 1; nth < 500; ++nth) {
      SCOPED_TRACE("read " + std::to_string(nth));
      restart();  // with nothing in memory
      const auto before = audit_rows();
      disk_.break_down({Disk::Operation::read, SQLITE_IOERR_READ, nth, false, {}});
      const auto done = work(nth);
      const bool has_failed = disk_.heal();
      EXPECT_EQ(fatal_, 0);
      if (!done) {
        EXPECT_TRUE(done.error().code == ErrorCode::unavailable || done.error().code == ErrorCode::internal)
            << done.error().detail;
        EXPECT_EQ(audit_rows(), before);
        const auto again = work(nth);
        EXPECT_TRUE(again) << again.error().detail << again.error().note;
        ++met;
      }
      if (!has_failed) break;
    }
    EXPECT_GE(met, at_least);
    expect_sound(*store_);
  }
};

TEST_F(FailedRead, CostsOneQuestionItsAnswer) {
  fail_at_every_read(
      [&](int) -> Result<void> {
        const auto found = get("User", known_);
        if (!found) return fail(found.error());
        return {};
      },
      3);
}

TEST_F(FailedRead, CostsOneChangeAndLeavesNothingOfIt) {
  fail_at_every_read(
      [&](int nth) -> Result<void> {
        const auto done = patch("User", known_, set_title("title " + std::to_string(nth)));
        if (!done) return fail(done.error());
        return {};
      },
      10);
}

}  // namespace
}  // namespace rolecall::faults
