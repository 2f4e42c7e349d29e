#include "archive_schema.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "migrations.hpp"
#include "sqlite.hpp"
#include "transaction.hpp"

namespace rolecall::adapter::soci {
namespace {

constexpr Sql kColumns{"archive.columns",
                       "SELECT m.name, c.name, c.type, c.\"notnull\", c.pk FROM sqlite_master m, "
                       "pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite~_%' ESCAPE '~' "
                       "AND m.name NOT IN ('schema_migrations', 'admin_sessions') ORDER BY m.name, c.cid",
                       "tttnn"};
constexpr Sql kReferences{"archive.references",
                          "SELECT DISTINCT m.name, f.\"table\" FROM sqlite_master m, pragma_foreign_key_list(m.name) f "
                          "WHERE m.type = 'table'",
                          "tt"};

using Tables = std::map<std::string, store::ArchiveTable>;
using References = std::map<std::string, std::set<std::string>>;

Result<Tables> read_tables(Session& session) {
  using Kind = store::ArchiveColumn::Kind;
  Tables tables;
  std::map<std::string, std::map<std::int64_t, std::size_t>> keys;
  std::string odd;
  ROLECALL_TRY(session.select(kColumns, {}, [&](Row& row) {
    const std::string name = row.text(0);
    store::ArchiveTable& table = tables[name];
    table.name = name;
    const std::string type = row.text(2);
    if (type != "TEXT" && type != "BIGINT") odd = name;
    if (row.number(4) > 0) keys[name][row.number(4)] = table.columns.size();
    table.columns.push_back({row.text(1), type == "TEXT" ? Kind::text : Kind::number, !row.flag(3)});
  }));
  for (auto& [name, table] : tables) {
    for (const auto& [place, column] : keys[name]) table.key.push_back(column);
    if (table.key.empty()) odd = name;
  }
  if (!odd.empty()) return internal_error("table " + odd + " has no key, or a column that is neither TEXT nor BIGINT");
  return tables;
}

/// The first by name of those whose references stand before them, again and again.
Result<std::vector<store::ArchiveTable>> in_order(Tables tables, const References& references) {
  std::vector<store::ArchiveTable> ordered;
  while (!tables.empty()) {
    const auto is_ready = [&](const auto& entry) {
      const auto found = references.find(entry.first);
      if (found == references.end()) return true;
      return std::none_of(found->second.begin(), found->second.end(), [&](const std::string& other) {
        return other != entry.first && tables.find(other) != tables.end();
      });
    };
    const auto next = std::find_if(tables.begin(), tables.end(), is_ready);
    if (next == tables.end()) return internal_error("tables refer to each other in a circle");
    ordered.push_back(std::move(next->second));
    tables.erase(next);
  }
  return ordered;
}

}  // namespace

Result<store::ArchiveSchema> archive_schema(const std::vector<Migration>& migrations, int version, const Clock& clock) {
  const SqliteEngine engine(":memory:", std::chrono::milliseconds(0), SqliteEngine::Role::writer);
  std::unique_ptr<Session> session;
  try {
    session = std::make_unique<Session>(engine);
  } catch (...) {
    return internal_error("SQLite opens no database in memory");
  }
  ROLECALL_TRY(apply_migrations(*session, migrations, version, clock, {}));
  ROLECALL_TRY_ASSIGN(auto tables, read_tables(*session));
  References references;
  ROLECALL_TRY(session->select(kReferences, {}, [&](Row& row) {
    const std::string from = row.text(0);
    references[from].insert(row.text(1));
  }));
  store::ArchiveSchema schema;
  schema.version = version;
  ROLECALL_TRY_ASSIGN(schema.tables, in_order(std::move(tables), references));
  return schema;
}

}  // namespace rolecall::adapter::soci
