#include <gtest/gtest.h>
#include <sqlite3.h>

#include <map>
#include <mutex>
#include <set>

#include "generator.hpp"
#include "rolecall/filter/parse.hpp"
#include "rolecall/json/write.hpp"
#include "unit/scim/case_files.hpp"
#include "world/administration_world.hpp"

// What a filter compares with is bound, never written into a statement: however hostile the literals, the statements
// come from a finite set.

namespace rolecall::property {
namespace {

/// The texts of all statements on connections opened while one of these lives. One at a time.
class Statements {
 public:
  Statements() { sqlite3_auto_extension(reinterpret_cast<void (*)()>(&attach)); }
  ~Statements() { sqlite3_cancel_auto_extension(reinterpret_cast<void (*)()>(&attach)); }
  Statements(const Statements&) = delete;
  Statements& operator=(const Statements&) = delete;

  /// Those since the last call.
  static std::set<std::string> take() {
    const std::lock_guard<std::mutex> guard(lock());
    return std::exchange(texts(), {});
  }

 private:
  static std::mutex& lock() {
    static std::mutex mutex;
    return mutex;
  }
  static std::set<std::string>& texts() {
    static std::set<std::string> all;
    return all;
  }
  static int attach(sqlite3* connection, const char** /*message*/, const void* /*api*/) {
    return sqlite3_trace_v2(connection, SQLITE_TRACE_STMT, &begun, nullptr);
  }
  static int begun(unsigned /*event*/, void* /*context*/, void* statement, void* /*text*/) {
    const std::lock_guard<std::mutex> guard(lock());
    texts().insert(sqlite3_sql(static_cast<sqlite3_stmt*>(statement)));
    return 0;
  }
};

class FilterStatements : public testing::TestWithParam<const char*> {
 protected:
  std::set<std::string> statements_for(const std::string& text) {
    auto filter = filter::parse(text, type);
    if (!filter) return {};
    store::ResourceQuery query;
    query.type = &type;
    query.filter = std::move(*filter);
    (void)Statements::take();
    const auto page = store::read(*world.store, [&](store::UnitOfWork& unit) {
      return unit.workspace(world.workspace).resources().query(world.okta, query);
    });
    EXPECT_TRUE(page) << text << page.error().note;
    ++asked;
    return Statements::take();
  }

  Statements statements;
  testing_support::World world;
  std::shared_ptr<const schema::Registry> registry = test::shipped_registry();
  const schema::ResourceType& type = *registry->find_type(GetParam());
  std::size_t asked = 0;
};

TEST_P(FilterStatements, WhateverIsComparedWith_AreTheSame) {
  std::size_t shapes = 0;
  for (const auto& path : all_paths(type)) {
    for (const char* op : {"eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"}) {
      const auto text_for = [&](const std::string& literal) {
        return path.to_string() + " " + op + " " + json::write(json::Value(literal));
      };
      // An empty text matches in its own ways; a text that can be no id, or no instant, is not asked for at all.
      std::set<std::set<std::string>> found;
      for (const std::string& literal : hostile_texts()) {
        const auto statements_now = statements_for(text_for(literal));
        if (!statements_now.empty()) found.insert(statements_now);
      }
      EXPECT_LE(found.size(), 2U) << path.to_string() << " " << op;
      for (const auto& set : found) {
        shapes += set.size();
        for (const std::string& statement : set) {
          for (const char* part : {"OR '1'", "example", "stra", "STRA", "istanbul", "lll", "2011", "\\\\"}) {
            EXPECT_EQ(statement.find(part), std::string::npos) << statement;
          }
        }
      }
    }
  }
  EXPECT_GT(asked, 1'000U);
  EXPECT_GT(shapes, 50U);
}

INSTANTIATE_TEST_SUITE_P(OnSqlite, FilterStatements, testing::Values("User", "Group"),
                         [](const auto& name) { return std::string(name.param); });

}  // namespace
}  // namespace rolecall::property
