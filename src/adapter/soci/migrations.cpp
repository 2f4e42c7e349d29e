#include "migrations.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "rolecall/base/encoding.hpp"
#include "transaction.hpp"

namespace rolecall::adapter::soci {
namespace {

constexpr Sql kApplied{"schema_migrations.list",
                       "SELECT version, name, checksum, oldest_program FROM schema_migrations ORDER BY version",
                       "nttn"};
constexpr Sql kRecord{"schema_migrations.insert",
                      "INSERT INTO schema_migrations (version, name, checksum, oldest_program, applied) "
                      "VALUES (?, ?, ?, ?, ?)"};

struct Applied {
  std::int64_t number = 0;
  std::string name;
  std::string checksum;
  std::int64_t oldest_program = 0;
};

std::int64_t oldest_program_of(const Migration& migration) {
  return migration.oldest_program == 0 ? migration.number : migration.oldest_program;
}

/// Finds an edit made by mistake; whoever can edit the binary can edit this too, so nothing stronger is needed.
std::string checksum_of(const Migration& migration) {
  constexpr int kBase = 16;
  char digits[8];
  const auto end = std::to_chars(digits, digits + sizeof digits, crc32(migration.sql), kBase).ptr;
  return std::string(digits, end) + "-" + std::to_string(migration.sql.size());
}

Result<std::vector<Applied>> applied_migrations(Session& session) {
  std::vector<Applied> applied;
  std::int64_t tables = 0;
  ROLECALL_TRY(session.select(session.engine().migrations_table(), {}, [&](Row& row) { tables = row.number(0); }));
  if (tables == 0) return applied;
  ROLECALL_TRY(session.select(kApplied, {}, [&](Row& row) {
    applied.push_back({row.number(0), row.text(1), row.text(2), row.number(3)});
  }));
  return applied;
}

std::vector<std::string> findings(const std::vector<Applied>& applied, const std::vector<Migration>& migrations) {
  std::vector<std::string> found;
  std::int64_t needed = 0;
  for (std::size_t i = migrations.size(); i < applied.size(); ++i) needed = std::max(needed, applied[i].oldest_program);
  if (needed > static_cast<std::int64_t>(migrations.size())) {
    found.push_back("The database has schema version " + std::to_string(applied.back().number) +
                    ", which needs a program that knows version " + std::to_string(needed) +
                    "; this one knows versions up to " + std::to_string(migrations.size()) +
                    ". Start the newer program that wrote it, or restore a backup made before the upgrade.");
  }
  const std::size_t common = std::min(applied.size(), migrations.size());
  for (std::size_t i = 0; i < common; ++i) {
    const Migration& migration = migrations[i];
    if (applied[i].number == migration.number && applied[i].checksum == checksum_of(migration)) continue;
    found.push_back("Migration " + std::to_string(migration.number) + " (" + migration.name +
                    ") is not the one that this database was made with. A released migration must not change.");
  }
  return found;
}

/// "0001_initial.sql" → 1 and "initial".
Result<Migration> read_name(std::string_view file) {
  const auto refuse = [&] {
    return internal_error("migration " + std::string(file) + " is not named NNNN_what_it_does.sql");
  };
  constexpr std::string_view kEnding = ".sql";
  const std::string_view stem = file.substr(0, file.size() - kEnding.size());
  Migration migration;
  const auto [end, error] = std::from_chars(stem.data(), stem.data() + stem.size(), migration.number);
  if (error != std::errc() || end == stem.data() + stem.size() || *end != '_') return refuse();
  migration.name = std::string(stem.substr(static_cast<std::size_t>(end - stem.data()) + 1));
  if (migration.number < 1 || migration.name.empty()) return refuse();
  return migration;
}

/// Of a line "-- oldest program: 3"; 0 without one.
Result<int> read_oldest_program(const Migration& migration) {
  constexpr std::string_view kMark = "-- oldest program: ";
  const std::string_view sql = migration.sql;
  const std::size_t begin = sql.starts_with(kMark) ? 0 : sql.find("\n" + std::string(kMark));
  if (begin == std::string_view::npos) return 0;
  const std::string_view line = sql.substr(begin, sql.find('\n', begin + 1) - begin);
  const std::string_view value = line.substr(line.find(':') + 2);
  int oldest = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), oldest);
  if (error != std::errc() || end != value.data() + value.size() || oldest < 1 || oldest > migration.number) {
    return internal_error("migration " + std::to_string(migration.number) +
                          " names an oldest program that is not one of 1 to " + std::to_string(migration.number));
  }
  return oldest;
}

}  // namespace

Result<std::vector<Migration>> migrations_from(const std::vector<std::pair<std::string_view, std::string_view>>& files,
                                               std::string_view directory) {
  std::vector<Migration> migrations;
  for (const auto& [path, text] : files) {
    if (!path.starts_with(directory) || !path.ends_with(".sql")) continue;
    const std::string_view file = path.substr(directory.size());
    if (file.find('/') != std::string_view::npos) continue;
    ROLECALL_TRY_ASSIGN(auto migration, read_name(file));
    migration.sql = std::string(text);
    ROLECALL_TRY_ASSIGN(migration.oldest_program, read_oldest_program(migration));
    migrations.push_back(std::move(migration));
  }
  std::sort(migrations.begin(), migrations.end(),
            [](const Migration& a, const Migration& b) { return a.number < b.number; });
  for (std::size_t i = 0; i < migrations.size(); ++i) {
    if (migrations[i].number != static_cast<int>(i + 1)) {
      return internal_error("migration " + std::to_string(i + 1) + " is missing or there twice");
    }
  }
  return migrations;
}

Result<int> schema_version(Session& session, const std::vector<Migration>& migrations) {
  ROLECALL_TRY_ASSIGN(const auto applied, applied_migrations(session));
  if (const auto found = findings(applied, migrations); !found.empty()) {
    return fail(ErrorCode::conflict, found.front());
  }
  return static_cast<int>(applied.size());
}

Result<void> apply_migrations(Session& session, const std::vector<Migration>& migrations, int version,
                              const Clock& clock, const std::function<void(const Migration&)>& on_migration) {
  ROLECALL_TRY_ASSIGN(const int applied, schema_version(session, migrations));
  for (const Migration& migration : migrations) {
    if (migration.number <= applied || migration.number > version) continue;
    ROLECALL_TRY(session.engine().run_script(session.native(), migration.sql));
    ROLECALL_TRY(session.execute(kRecord, {std::int64_t{migration.number}, migration.name, checksum_of(migration),
                                           oldest_program_of(migration), clock.now()}));
    if (on_migration) on_migration(migration);
  }
  return {};
}

Result<void> migrate(Session& session, const std::vector<Migration>& migrations, const Clock& clock,
                     const std::function<void(const Migration&)>& on_migration) {
  ROLECALL_TRY(session.begin_write());
  auto done = apply_migrations(session, migrations, static_cast<int>(migrations.size()), clock, on_migration);
  if (done) {
    ROLECALL_TRY(session.execute(kCommit, {}));
    return {};
  }
  // The reason is worth more than how the way back went; the session ends with it anyway.
  static_cast<void>(session.execute(kRollback, {}));
  return done;
}

Result<std::vector<std::string>> check_schema(Session& session, const std::vector<Migration>& migrations) {
  ROLECALL_TRY_ASSIGN(const auto applied, applied_migrations(session));
  auto found = findings(applied, migrations);
  if (applied.size() < migrations.size()) {
    found.push_back("The database lacks migrations. Start the server once to apply them.");
  }
  return found;
}

}  // namespace rolecall::adapter::soci
