#include <latch>
#include <thread>

#include "store_contract.hpp"

namespace rolecall::contract {
namespace {

using adapter::soci::Migration;
using adapter::soci::migrations_from;

class MigrationContract : public StoreContract {
 protected:
  [[nodiscard]] std::vector<Migration> shipped_and(const std::string& sql) const {
    auto all = factory->migrations();
    const int next = all.back().number + 1;
    all.push_back({next, "000" + std::to_string(next) + "_more.sql", sql});
    return all;
  }
};
ROLECALL_ON_EVERY_ENGINE(MigrationContract);

TEST_P(MigrationContract, Reopened_AppliesNothingTwice) {
  insert(user("u1", "maya"));
  reopen();
  reopen();
  EXPECT_EQ(count("User"), 1);
}

TEST_P(MigrationContract, NewScripts_AreAppliedToAnOldDatabase) {
  insert(user("u1", "maya"));
  store.reset();
  const auto newer = shipped_and("CREATE TABLE more (id TEXT NOT NULL); INSERT INTO more (id) VALUES ('x');");
  store = must(factory->open(newer));
  EXPECT_EQ(count("User"), 1);
  store.reset();
  store = must(factory->open(newer));
  EXPECT_EQ(count("User"), 1);
}

TEST_P(MigrationContract, ADatabaseNewerThanTheBinary_IsRefused) {
  store.reset();
  must(factory->open(shipped_and("CREATE TABLE more (id TEXT NOT NULL);"))).reset();
  const auto refused = factory->open(factory->migrations());
  ASSERT_FALSE(refused);
  EXPECT_FALSE(refused.error().detail.empty());
  must(factory->open(shipped_and("CREATE TABLE more (id TEXT NOT NULL);"))).reset();
}

TEST_P(MigrationContract, AChangedScript_IsRefused) {
  insert(user("u1", "maya"));
  store.reset();
  auto changed = factory->migrations();
  changed.front().sql += "\n";
  EXPECT_FALSE(factory->open(changed));
  store = must(factory->open(factory->migrations()));
  EXPECT_EQ(count("User"), 1);
}

TEST_P(MigrationContract, AScriptThatFails_LeavesTheDatabaseAsItWas) {
  insert(user("u1", "maya"));
  store.reset();
  EXPECT_FALSE(
      factory->open(shipped_and("CREATE TABLE more (id TEXT NOT NULL); INSERT INTO nowhere (id) VALUES (1);")));
  store = must(factory->open(shipped_and("CREATE TABLE more (id TEXT NOT NULL);")));
  EXPECT_EQ(count("User"), 1);
}

TEST_P(MigrationContract, ConcurrentOpensOfAnEmptyDatabase_AllWork) {
  const auto fresh = GetParam().make(*folder, clock);
  constexpr std::size_t kThreads = 6;
  std::latch start(kThreads);
  std::vector<std::unique_ptr<store::Store>> stores(kThreads);
  std::vector<std::string> failures(kThreads);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      start.arrive_and_wait();
      auto opened = fresh->open(fresh->migrations());
      if (opened) {
        stores[i] = std::move(*opened);
      } else {
        failures[i] = opened.error().detail + " | " + opened.error().note;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  for (std::size_t i = 0; i < kThreads; ++i) {
    ASSERT_EQ(failures[i], "");
    const std::string name = "w" + std::to_string(i);
    must(stores[i]->write([&](UnitOfWork& unit) { return unit.insert_workspace({WorkspaceId(name), name, at(0)}); }));
  }
  EXPECT_EQ(must(store::read(*stores[0], [](UnitOfWork& unit) { return unit.workspaces(); })).size(), kThreads);
}

TEST(MigrationFiles, AreTakenFromTheirFolderAndSorted) {
  const auto found = migrations_from({{"db/sqlite/0002_more.sql", "two"},
                                      {"db/sqlite/0001_first.sql", "one"},
                                      {"db/sqlite/README.md", "words"},
                                      {"db/sqlite/old/0003_deep.sql", "three"},
                                      {"db/postgresql/0003_other.sql", "three"}},
                                     "db/sqlite/");
  ASSERT_TRUE(found) << found.error().detail;
  ASSERT_EQ(found->size(), 2U);
  EXPECT_EQ((*found)[0].number, 1);
  EXPECT_EQ((*found)[0].sql, "one");
  EXPECT_EQ((*found)[1].number, 2);
  EXPECT_EQ((*found)[1].sql, "two");
}

TEST(MigrationFiles, GapsRepetitionsAndNamesWithoutNumber_AreRefused) {
  using Files = std::vector<std::pair<std::string_view, std::string_view>>;
  for (const auto& files :
       {Files{{"db/sqlite/0002_first.sql", ""}}, Files{{"db/sqlite/0000_first.sql", ""}},
        Files{{"db/sqlite/0001_a.sql", ""}, {"db/sqlite/0003_b.sql", ""}},
        Files{{"db/sqlite/0001_a.sql", ""}, {"db/sqlite/0001_b.sql", ""}}, Files{{"db/sqlite/first.sql", ""}},
        Files{{"db/sqlite/-001_first.sql", ""}}, Files{{"db/sqlite/99999999999999999999_first.sql", ""}}}) {
    const auto refused = migrations_from(files, "db/sqlite/");
    EXPECT_FALSE(refused) << files.front().first;
  }
}

}  // namespace
}  // namespace rolecall::contract
