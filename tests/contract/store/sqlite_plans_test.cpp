#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

#include "store_contract.hpp"

// SQLite has no statistics to plan by and takes a walk through a whole workspace for cheap: every statement that this
// program of tests ran is explained once more at the end, and none may walk a table that grows with users.
namespace rolecall::contract {
namespace {

/// Part of a line of EXPLAIN QUERY PLAN that walks all rows of a workspace, and why it may.
struct Walk {
  std::string_view line;
  std::string_view why;
};

constexpr std::array kAllowed{
    Walk{"SEARCH audit USING PRIMARY KEY (workspace=?)", "in order of the key, up to a LIMIT"},
    Walk{"SEARCH outbox USING PRIMARY KEY (workspace=?)", "in order of the key, up to a LIMIT"},
    Walk{"SEARCH request_log USING INDEX sqlite_autoindex_request_log_1 (workspace=?)", "newest first, up to a LIMIT"},
    Walk{"SEARCH request_log USING COVERING INDEX sqlite_autoindex_request_log_1 (workspace=?)",
         "oldest first, up to a LIMIT"},
    Walk{"SEARCH sync_runs USING INDEX sqlite_autoindex_sync_runs_1 (workspace=? AND id",
         "newest first, up to a LIMIT, of as many as are kept"},
    Walk{"SEARCH actions USING INDEX sqlite_autoindex_actions_1 (workspace=? AND id", "newest first, up to a LIMIT"},
    Walk{"SEARCH action_policies USING INDEX sqlite_autoindex_action_policies_1 (workspace=?)", "as many as policies"},
    Walk{"SEARCH guard_waves USING INDEX sqlite_autoindex_guard_waves_1 (workspace=?)", "newest first, up to a LIMIT"},
    Walk{"SEARCH guard_waves USING COVERING INDEX sqlite_autoindex_guard_waves_1 (workspace=?)", "counts a list shown"},
    Walk{"SEARCH held_changes USING INDEX sqlite_autoindex_held_changes_1 (workspace=?)", "a list shown, or its count"},
    Walk{"SEARCH guard_waves USING INDEX guard_waves_by_connection (workspace=?)",
         "housekeeping, of as many as are kept"},
    Walk{"SEARCH guard_taken USING COVERING INDEX guard_taken_of_wave (workspace=?)",
         "housekeeping, of as many as are kept"},
    Walk{"SEARCH held_changes USING INDEX held_changes_decided (workspace=?)", "housekeeping, up to an OFFSET"},
    Walk{"SEARCH kept_answers USING COVERING INDEX kept_answers_by_age (workspace=?)", "housekeeping, up to an OFFSET"},
    Walk{"SEARCH history_horizons USING PRIMARY KEY (workspace=?)", "one in a workspace"},
    Walk{"SEARCH directories USING INDEX sqlite_autoindex_directories_2 (workspace=?)", "a few in a workspace"},
    Walk{"SEARCH directory_consents USING INDEX sqlite_autoindex_directory_consents_1 (workspace=?)",
         "a few in a workspace"},
    Walk{"SEARCH directory_hooks USING INDEX sqlite_autoindex_directory_hooks_1 (workspace=?)", "a few in a workspace"},
    Walk{"SEARCH directory_events USING INDEX directory_events_by_age (workspace=?)", "newest first, up to a LIMIT"},
    Walk{"SEARCH directory_events USING COVERING INDEX directory_events_by_age (workspace=? AND received<?)",
         "housekeeping, the oldest"},
    Walk{"SEARCH audit USING PRIMARY KEY (workspace=? AND seq", "in order of the key, up to a LIMIT"},
    Walk{"SEARCH outbox USING PRIMARY KEY (workspace=? AND seq", "in order of the key, up to a LIMIT"},
    Walk{"SEARCH request_log USING INDEX sqlite_autoindex_request_log_1 (workspace=? AND id",
         "newest first, up to a LIMIT"},
    Walk{"SEARCH kept_answers USING COVERING INDEX kept_answers_by_age (workspace=? AND at<?)",
         "housekeeping, the oldest"},
    Walk{"SEARCH e USING PRIMARY KEY (workspace=? AND user_id>?)", "everybody who has a role by default, page by page"},
    Walk{"SEARCH grant_history USING COVERING INDEX grant_history_ended (workspace=? AND lost",
         "housekeeping, the oldest"},
    Walk{"SEARCH held_changes USING INDEX", "a list shown, or housekeeping"},
    Walk{"SEARCH tombstones USING COVERING INDEX tombstones_by_age (workspace=? AND deleted<?)",
         "housekeeping, the oldest"},
    Walk{"SEARCH plans USING INDEX plans_by_age (workspace=?)", "as many as are kept"},
    Walk{"SEARCH plans USING COVERING INDEX plans_by_age (workspace=?)", "as many as are kept"},
    Walk{"SEARCH links USING INDEX sqlite_autoindex_links_1 (workspace=?)", "the list of all links"},
    Walk{"SEARCH connections USING INDEX", "a few in a workspace"},
    Walk{"SEARCH roles USING INDEX", "as many as roles"},
    Walk{"SEARCH roles USING COVERING INDEX", "as many as roles"},
    Walk{"SEARCH role_permissions USING PRIMARY KEY (workspace=?)", "as many as roles"},
    Walk{"SEARCH tokens USING INDEX tokens_by_workspace (workspace=?)", "the list of all tokens"},
    Walk{"SEARCH api_tokens USING INDEX api_tokens_by_workspace (workspace=?)", "the list of all tokens"},
    Walk{"SEARCH admin_sessions USING INDEX admin_sessions_by_token (workspace=?)", "the list of all sessions"},
    Walk{"SEARCH admin_sessions USING COVERING INDEX admin_sessions_by_end (workspace=? AND expires<?)",
         "housekeeping, the oldest"},
    Walk{"SEARCH webhooks USING INDEX sqlite_autoindex_webhooks_1 (workspace=?)", "a few in a workspace"},
    Walk{"SEARCH parked_members USING COVERING INDEX parked_members_by_value (workspace=?)", "is there any"},
    Walk{"SEARCH tombstones USING COVERING INDEX tombstones_by_age (workspace=?)", "is there any"},
    Walk{"SEARCH unique_values USING COVERING INDEX unique_values_by_resource (workspace=?)", "is there any"},
    Walk{"SEARCH held_changes USING COVERING INDEX sqlite_autoindex_held_changes_1 (workspace=?)", "is there any"},
    Walk{"SCAN webhooks", "a few in an installation"},
    Walk{"SCAN workspaces", "a few in an installation"},
    Walk{"SCAN directories", "a few in an installation"},
    Walk{"SCAN directory_consents", "a few in an installation"},
    Walk{"SCAN directory_hooks", "a few in an installation"},
    Walk{"SCAN directory_logs", "a few in an installation"},
    Walk{"SCAN action_gates", "a few in an installation"},
    Walk{"SCAN directory_rereads", "housekeeping, of those who wait to be read"},
    Walk{"SCAN sync_runs USING INDEX sync_runs_due", "housekeeping, of those that go on"},
    Walk{"SCAN deliveries USING INDEX deliveries_pending", "housekeeping, of those that wait"},
    Walk{"SCAN schema_migrations", "as many as migrations"},
    Walk{"SCAN sqlite_master", "as many as tables"},
    Walk{"SCAN sqlite_schema", "as many as tables"},
    Walk{"SCAN above", "what the statement itself gathered"},
    Walk{"SCAN below", "what the statement itself gathered"},
    Walk{"SCAN pragma_", "no table"},
    Walk{"SCAN CONSTANT ROW", "no table"},
};

/// "(workspace=? AND seq>?)": all rows of a workspace from some place on.
bool is_stretch(const std::string& line) {
  constexpr std::string_view kBegin = "(workspace=? AND ";
  const auto begin = line.find(kBegin);
  if (begin == std::string::npos) return false;
  const auto end = line.find_first_of("=<>", begin + kBegin.size());
  return end != std::string::npos && line[end] != '=' && line.compare(end + 1, 2, "?)") == 0;
}

bool is_walk(const std::string& line) {
  if (is_stretch(line)) return true;
  return line.starts_with("SCAN ") || line.find("(workspace=?)") != std::string::npos ||
         line.find("AUTOMATIC") != std::string::npos;
}

/// Archives read whole tables, and are told from the rest by the quotes around names; schemas are small.
bool reads_all(const std::string& text) {
  for (const char* mark : {"FROM \"", "sqlite_master m", "sqlite_schema m"}) {
    if (text.find(mark) != std::string::npos) return true;
  }
  return false;
}

bool is_allowed(const std::string& line) {
  return std::any_of(kAllowed.begin(), kAllowed.end(), [&](const Walk& walk) { return line.starts_with(walk.line); });
}

class SqlitePlans : public testing::Environment {
 public:
  void SetUp() override { sqlite3_auto_extension(reinterpret_cast<void (*)()>(&attach)); }

  void TearDown() override {
    sqlite3_cancel_auto_extension(reinterpret_cast<void (*)()>(&attach));
    sqlite3* opened = nullptr;
    ASSERT_EQ(sqlite3_open(":memory:", &opened), SQLITE_OK);
    const std::unique_ptr<sqlite3, decltype(&sqlite3_close)> database(opened, &sqlite3_close);
    for (const auto& migration : shipped_migrations("db/sqlite/")) {
      ASSERT_EQ(sqlite3_exec(database.get(), migration.sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
    }
    for (const auto& text : texts_) {
      if (!reads_all(text)) explain(*database, text);
    }
  }

 private:
  static int attach(sqlite3* connection, const char** /*message*/, const void* /*api*/) {
    return sqlite3_trace_v2(connection, SQLITE_TRACE_STMT, &began, nullptr);
  }
  static int began(unsigned /*event*/, void* /*context*/, void* statement, void* /*text*/) {
    const char* text = sqlite3_sql(static_cast<sqlite3_stmt*>(statement));
    const std::scoped_lock lock(mutex_);
    if (text != nullptr) texts_.emplace(text);
    return 0;
  }

  static void explain(sqlite3& database, const std::string& text) {
    constexpr int kDetail = 3;
    sqlite3_stmt* prepared = nullptr;
    // What needs a table of a test's own, or is no statement about rows.
    if (sqlite3_prepare_v2(&database, ("EXPLAIN QUERY PLAN " + text).c_str(), -1, &prepared, nullptr) != SQLITE_OK) {
      return;
    }
    while (sqlite3_step(prepared) == SQLITE_ROW) {
      const std::string line(reinterpret_cast<const char*>(sqlite3_column_text(prepared, kDetail)));
      EXPECT_TRUE(!is_walk(line) || is_allowed(line)) << line << "\nin " << text;
    }
    sqlite3_finalize(prepared);
  }

  static inline std::mutex mutex_;
  static inline std::set<std::string> texts_;
};

[[maybe_unused]] const auto* const kPlans = testing::AddGlobalTestEnvironment(new SqlitePlans);

}  // namespace
}  // namespace rolecall::contract
