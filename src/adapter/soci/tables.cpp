#include "tables.hpp"

#include <algorithm>
#include <array>

namespace rolecall::adapter::soci {
namespace {

/// Each in a bit of its own.
constexpr std::array<std::string_view, 19> kTables{
    "audit",           "outbox",       "deliveries",     "grant_history", "name_history", "effective_grants",
    "direct_grants",   "resources",    "resource_index", "unique_values", "members",      "parked_members",
    "resource_counts", "guard_losses", "guard_taken",    "guard_waves",   "held_changes", "tombstones",
    "role_groups"};
/// What administrators set: it refers to each other, and is seldom written.
constexpr std::array<std::string_view, 9> kConfiguration{"workspaces",       "connections", "roles",
                                                         "role_permissions", "links",       "guard_settings",
                                                         "webhooks",         "tokens",      "api_tokens"};
constexpr Tables kConfigurationBit = Tables{1} << kTables.size();

Tables bit_of(std::string_view word) {
  const auto table = std::find(kTables.begin(), kTables.end(), word);
  if (table != kTables.end()) return Tables{1} << static_cast<unsigned>(table - kTables.begin());
  const bool is_configuration = std::find(kConfiguration.begin(), kConfiguration.end(), word) != kConfiguration.end();
  return is_configuration ? kConfigurationBit : 0;
}

bool is_of_name(char c) { return (c >= 'a' && c <= 'z') || c == '_'; }

}  // namespace

Tables tables_in(std::string_view statement) {
  Tables tables = 0;
  for (std::size_t at = 0; at < statement.size();) {
    const auto begin = std::find_if(statement.begin() + static_cast<std::ptrdiff_t>(at), statement.end(), is_of_name);
    const auto end = std::find_if_not(begin, statement.end(), is_of_name);
    tables |= bit_of(std::string_view(begin, end));
    at = static_cast<std::size_t>(end - statement.begin());
  }
  return tables;
}

bool is_question(std::string_view statement) {
  return statement.starts_with("SELECT ") || statement.starts_with("WITH ");
}

}  // namespace rolecall::adapter::soci
