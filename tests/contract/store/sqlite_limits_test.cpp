#include <signal.h>
#include <sys/resource.h>

#include <atomic>
#include <fstream>
#include <future>
#include <iterator>
#include <latch>
#include <thread>

#include "sqlite_steps.hpp"
#include "store_contract.hpp"
#include "temp_directory.hpp"

namespace rolecall::contract {
namespace {

using adapter::soci::SqliteOptions;

class SqliteLimits : public testing::Test {
 protected:
  std::unique_ptr<store::Store> open(SqliteOptions options) {
    options.path = (directory.path() / "rolecall.db").string();
    return must(adapter::soci::open_sqlite_store(options, shipped_migrations("db/sqlite/"), *folder, clock));
  }
  static Result<void> add(store::Store& store, const std::string& name) {
    return store.write([&](UnitOfWork& unit) { return unit.insert_workspace({WorkspaceId(name), name, at(0)}); });
  }
  static std::size_t size(store::Store& store) {
    return must(store::read(store, [](UnitOfWork& unit) { return unit.workspaces(); })).size();
  }

  TempDirectory directory;
  std::unique_ptr<TextFolder> folder = adapter::icu::make_text_folder();
  ManualClock clock{at(0)};
};

/// Work that says when it has begun and ends when told.
class Held {
 public:
  store::Store::Work work() {
    return [this](UnitOfWork&) -> Result<void> {
      begun_.count_down();
      end_.wait();
      return {};
    };
  }
  void wait_until_begun() { begun_.wait(); }
  void end() { end_.count_down(); }

 private:
  std::latch begun_{1};
  std::latch end_{1};
};

TEST_F(SqliteLimits, WriteQueue_RefusesOneMoreThanItHolds) {
  SqliteOptions options;
  options.write_queue = 2;
  const auto store = open(options);
  Held held;
  auto first = std::async(std::launch::async, [&] { return store->write(held.work()); });
  held.wait_until_begun();
  std::atomic<int> refused = 0;
  std::latch one_refused(1);
  std::vector<std::future<void>> others;
  for (int i = 0; i < 3; ++i) {
    others.push_back(std::async(std::launch::async, [&, i] {
      const auto done = add(*store, "w" + std::to_string(i));
      if (done) return;
      EXPECT_EQ(done.error().code, ErrorCode::unavailable);
      EXPECT_TRUE(done.error().retry_after);
      if (++refused == 1) one_refused.count_down();
    }));
  }
  one_refused.wait();
  held.end();
  for (auto& other : others) other.get();
  EXPECT_TRUE(first.get());
  EXPECT_EQ(refused, 1);
  EXPECT_EQ(size(*store), 2U);
}

TEST_F(SqliteLimits, AWriteThatWaitsTooLong_LeavesTheQueueUndone) {
  SqliteOptions options;
  options.lease_timeout = std::chrono::milliseconds(50);
  const auto store = open(options);
  Held held;
  auto first = std::async(std::launch::async, [&] { return store->write(held.work()); });
  held.wait_until_begun();
  const auto done = add(*store, "late");
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::unavailable);
  held.end();
  EXPECT_TRUE(first.get());
  EXPECT_EQ(size(*store), 0U);
  EXPECT_TRUE(add(*store, "next"));
  EXPECT_EQ(size(*store), 1U);
}

TEST_F(SqliteLimits, Readers_RefuseOneMoreThanThereAre) {
  SqliteOptions options;
  options.readers = 2;
  options.lease_timeout = std::chrono::milliseconds(50);
  const auto store = open(options);
  Held held[2];
  std::vector<std::future<Result<void>>> readers;
  for (auto& each : held) {
    readers.push_back(std::async(std::launch::async, [&] { return store->read(each.work()); }));
  }
  for (auto& each : held) each.wait_until_begun();
  const auto done = store->read([](UnitOfWork&) -> Result<void> { return {}; });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::unavailable);
  held[0].end();
  EXPECT_TRUE(readers[0].get());
  EXPECT_EQ(size(*store), 0U) << "a reader that came back is lent again";
  held[1].end();
  EXPECT_TRUE(readers[1].get());
}

TEST_F(SqliteLimits, WritesThatWaitTogether_ShareOneCommit) {
  SqliteSteps steps;
  constexpr int kWrites = 20;
  SqliteOptions options;
  options.write_queue = kWrites;
  const auto store = open(options);
  Held held;
  auto first = std::async(std::launch::async, [&] { return store->write(held.work()); });
  held.wait_until_begun();
  steps.reset();
  // The refusal of one too many says that all others wait.
  std::latch one_refused(1);
  std::atomic<int> done = 0;
  std::vector<std::future<void>> others;
  for (int i = 0; i <= kWrites; ++i) {
    others.push_back(std::async(std::launch::async, [&, i] {
      const auto outcome = store->write([&](UnitOfWork& unit) -> Result<void> {
        ROLECALL_TRY(unit.insert_workspace({WorkspaceId(std::to_string(i)), std::to_string(i), at(0)}));
        if (i % 2 == 1) return fail(ErrorCode::conflict, "no");
        return {};
      });
      if (outcome) ++done;
      if (!outcome && outcome.error().code == ErrorCode::unavailable) one_refused.count_down();
    }));
  }
  one_refused.wait();
  held.end();
  EXPECT_TRUE(first.get());
  for (auto& other : others) other.get();
  EXPECT_EQ(steps.commits(), 2) << "one for the write that was held, one for the rest";
  EXPECT_GE(done, kWrites / 2);
  EXPECT_EQ(size(*store), static_cast<std::size_t>(done)) << "one request's failure is its own";
}

/// Writing beyond `bytes` of any file fails while it lives, as on a device that gives up.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    handler_ = ::signal(SIGXFSZ, SIG_IGN);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    ::signal(SIGXFSZ, handler_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  rlimit before_{};
  sighandler_t handler_ = SIG_DFL;
};

TEST_F(SqliteLimits, AnIoErrorAtACommit_StopsTheStoreForGood) {
  std::atomic<int> fatal = 0;
  SqliteOptions options;
  options.on_fatal = [&](const std::string&) { ++fatal; };
  auto store = open(options);
  ASSERT_TRUE(add(*store, "before"));
  {
    const FileSizeLimit limit(8'192);
    const auto failed = add(*store, "lost" + std::string(50'000, 'x'));
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, ErrorCode::unavailable) << failed.error().note;
  }
  EXPECT_EQ(fatal, 1);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(add(*store, "after").error().code, ErrorCode::unavailable);
    EXPECT_EQ(store->read([](UnitOfWork&) -> Result<void> { return {}; }).error().code, ErrorCode::unavailable);
  }
  EXPECT_EQ(fatal, 1);
  store = open({});
  EXPECT_EQ(size(*store), 1U);
  EXPECT_TRUE(add(*store, "after"));
}

TEST_F(SqliteLimits, AFileThatIsNoDatabase_IsRefusedAndLeftAlone) {
  const auto path = directory.path() / "rolecall.db";
  const std::string text(5'000, 'x');
  std::ofstream(path) << text;
  SqliteOptions options;
  options.path = path.string();
  const auto refused = adapter::soci::open_sqlite_store(options, shipped_migrations("db/sqlite/"), *folder, clock);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().detail.find("rolecall.db"), std::string::npos) << refused.error().detail;
  std::ifstream file(path);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), text);
}

TEST_F(SqliteLimits, AMissingDirectory_IsRefusedWithItsName) {
  SqliteOptions options;
  options.path = (directory.path() / "nowhere" / "rolecall.db").string();
  const auto refused = adapter::soci::open_sqlite_store(options, shipped_migrations("db/sqlite/"), *folder, clock);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().detail.find("nowhere"), std::string::npos) << refused.error().detail;
}

TEST_F(SqliteLimits, PathsWithOddCharacters_AreOpened) {
  for (const char* name : {"with  space.db", "a=b c.db", "it's.db", "say \"hi\".db", "back\\slash.db", "100%.db",
                           "\xC3\xA9.db", "?x=1.db", "file:x.db"}) {
    SqliteOptions options;
    options.path = (directory.path() / name).string();
    auto store = must(adapter::soci::open_sqlite_store(options, shipped_migrations("db/sqlite/"), *folder, clock));
    EXPECT_TRUE(add(*store, "w")) << name;
    EXPECT_TRUE(std::filesystem::exists(options.path)) << name;
  }
}

TEST_F(SqliteLimits, APathThatCannotBeSaid_IsRefused) {
  SqliteOptions options;
  options.path = (directory.path() / "a=\"b\".db").string();
  EXPECT_FALSE(adapter::soci::open_sqlite_store(options, shipped_migrations("db/sqlite/"), *folder, clock));
  EXPECT_TRUE(std::filesystem::is_empty(directory.path()));
}

TEST_F(SqliteLimits, ADamagedFile_IsFoundByTheCheck) {
  SqliteOptions options;
  auto store = open(options);
  for (int i = 0; i < 200; ++i) ASSERT_TRUE(add(*store, std::string(100, 'x') + std::to_string(i)));
  EXPECT_THAT(must(store->check()), testing::IsEmpty());
  store.reset();
  const auto path = directory.path() / "rolecall.db";
  const auto bytes = std::filesystem::file_size(path);
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  // The last pages belong to the workspaces; the first ones hold the schema, without which it does not open.
  constexpr std::size_t kPage = 4'096;
  file.seekp(static_cast<std::streamoff>(bytes - 3 * kPage));
  file << std::string(2 * kPage, '\x55');
  file.close();
  store = open(options);
  const auto checked = store->check();
  EXPECT_TRUE(!checked || !checked->empty());
}

}  // namespace
}  // namespace rolecall::contract
