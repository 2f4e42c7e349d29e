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
    all.push_back({next, "000" + std::to_string(next) + "_more.sql", sql, 0});
    return all;
  }
  /// The shipped ones and one more for each of `oldest`, which says so.
  [[nodiscard]] std::vector<Migration> newer(const std::vector<int>& oldest) const {
    auto all = factory->migrations();
    for (const int program : oldest) {
      const int number = all.back().number + 1;
      const std::string table = "more" + std::to_string(number);
      all.push_back({number, table, "CREATE TABLE " + table + " (id TEXT NOT NULL);", program});
    }
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

TEST_P(MigrationContract, ANewerSchemaThatSuitsTheProgram_IsServedBesideTheNewerOne) {
  const int shipped = factory->migrations().back().number;
  insert(user("u1", "maya"));
  const auto newer_one = must(factory->open(newer({shipped, shipped})));
  // The one that was open all the time, and one that starts now.
  insert(user("u2", "noa"));
  EXPECT_EQ(must(store->check()), std::vector<std::string>{});
  store.reset();
  store = must(factory->open(factory->migrations()));
  insert(user("u3", "kai"));
  EXPECT_EQ(count("User"), 3);
  EXPECT_EQ(must(store->check()), std::vector<std::string>{});
  EXPECT_EQ(must(newer_one->check()), std::vector<std::string>{});
}

TEST_P(MigrationContract, TheStrictestOfTheNewerMigrations_Counts) {
  const int shipped = factory->migrations().back().number;
  store.reset();
  // One that adds, one that takes away what `shipped` still reads, one that adds again.
  must(factory->open(newer({shipped, shipped + 1, shipped}))).reset();
  const auto refused = factory->open(factory->migrations());
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().detail.find("needs a program that knows version " + std::to_string(shipped + 1)),
            std::string::npos)
      << refused.error().detail;
  EXPECT_TRUE(factory->open(newer({shipped}))) << "whose last is the one that the second asks for";
  EXPECT_TRUE(factory->open(newer({shipped, shipped + 1})));
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

TEST(MigrationFiles, SayTheOldestProgramThatMayStay) {
  const auto found = migrations_from({{"db/sqlite/0001_first.sql", "-- words\nCREATE TABLE a (id TEXT);\n"},
                                      {"db/sqlite/0002_more.sql", "-- oldest program: 1\nCREATE TABLE b (id TEXT);\n"},
                                      {"db/sqlite/0003_less.sql", "-- words\n-- oldest program: 3\n"}},
                                     "db/sqlite/");
  ASSERT_TRUE(found) << found.error().detail;
  EXPECT_EQ((*found)[0].oldest_program, 0);
  EXPECT_EQ((*found)[1].oldest_program, 1);
  EXPECT_EQ((*found)[2].oldest_program, 3);
  for (const auto* wrong : {"-- oldest program: 0", "-- oldest program: 2\n", "-- oldest program: \n",
                            "-- oldest program: x", "-- oldest program: 1, or so", "-- oldest program: 99999999999"}) {
    EXPECT_FALSE(migrations_from({{"db/sqlite/0001_first.sql", wrong}}, "db/sqlite/")) << wrong;
  }
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
