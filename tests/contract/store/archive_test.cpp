#include <map>
#include <set>

#include "archive_place.hpp"
#include "rolecall/adapter/crypto/digest.hpp"
#include "rolecall/adapter/crypto/running_digest.hpp"
#include "rolecall/archive/reader.hpp"
#include "rolecall/archive/writer.hpp"
#include "store_contract.hpp"

namespace rolecall::contract {
namespace {

using store::ArchiveSchema;
using store::ArchiveTable;
using store::Cells;
using store::RowSink;

const std::vector<std::string>& texts() {
  static const std::vector<std::string> kTexts{
      "a",           "A",          "'; DROP TABLE audit; -- ? :name $1",           "\"quoted\" \\ back\r\n\t\x01\x7F",
      " e\xCC\x81 ", " \xC3\xA9 ", "\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x9A\x80", "\xEF\xBD\x9E\xF4\x8F\xBF\xBF",
      "NULL",        "-1e400"};
  return kTexts;
}

/// Columns that do not take any text or number, by table and name.
Cells::value_type allowed(const std::string& table, const std::string& column, std::size_t row) {
  static const std::map<std::string, std::string> kWords{{"workspaces.role_mode", "multi"},
                                                         {"roles.origin", "custom"},
                                                         {"connections.unknown_groups", "refuse"},
                                                         {"connections.asserted_roles", "grant"},
                                                         {"connections.unknown_members", "strict"},
                                                         {"links.state", "active"},
                                                         {"links.origin", "admin"},
                                                         {"effective_grants.cause", "link"},
                                                         {"grant_history.cause", "direct"},
                                                         {"name_history.kind", "user"},
                                                         {"guard_settings.mode", "hold"},
                                                         {"guard_settings.answer", "refuse"},
                                                         {"guard_waves.mode", "observe"},
                                                         {"held_changes.action", "delete"},
                                                         {"held_changes.state", "held"},
                                                         {"deliveries.state", "failed"},
                                                         {"directories.state", "degraded"},
                                                         {"directory_sets.kind", "group"},
                                                         {"directory_members.kind", "application"},
                                                         {"sync_runs.kind", "whole"},
                                                         {"sync_runs.state", "partial"},
                                                         {"sync_runs.phase", "missing"},
                                                         {"actions.state", "unknown"},
                                                         {"action_attempts.kind", "verify"},
                                                         {"directory_hooks.state", "verified"},
                                                         {"directory_events.source", "log"},
                                                         {"ended_access.state", "held"}};
  static const std::set<std::string> kFlags{
      "roles.is_protected",           "resources.is_active",           "role_groups.relisted",
      "kept_answers.lacks_secret",    "guard_losses.restored",         "guard_losses.ends_access",
      "webhooks.is_paused",           "directories.is_paused",         "directory_sets.accepts_members",
      "directory_members.is_direct",  "sync_runs.is_second_look",      "actions.is_verifying",
      "action_approvals.is_approval", "action_policies.needs_reason",  "directories.ends_access",
      "directory_rereads.with_sets",  "directory_consents.is_answered"};
  const std::string name = table + "." + column;
  if (const auto word = kWords.find(name); word != kWords.end()) return word->second;
  if (kFlags.count(name) > 0) return static_cast<std::int64_t>(row % 2);
  return {};
}

/// Row `row` of any table: the same text and the same number in every column, so that it refers to the rows of that
/// number in other tables.
Cells row_of(const ArchiveTable& table, std::size_t row) {
  Cells cells;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    const auto& column = table.columns[i];
    const bool is_key = std::find(table.key.begin(), table.key.end(), i) != table.key.end();
    store::Cell cell = allowed(table.name, column.name, row);
    if (column.is_nullable && row % 2 == 0) {
      cells.emplace_back();
    } else if (cell.index() != 0) {
      cells.push_back(std::move(cell));
    } else if (column.kind == store::ArchiveColumn::Kind::text) {
      const bool is_long = !is_key && (column.name == "document" || column.name == "body") && row == 1;
      cells.emplace_back(is_long ? std::string(9'000'000, 'x') + texts()[row] : texts()[row]);
    } else {
      constexpr std::int64_t kFar = 9'223'372'036'854'775'000;
      cells.emplace_back(row == 0 ? -kFar : kFar + static_cast<std::int64_t>(row));
    }
  }
  return cells;
}

class ArchiveContract : public testing::TestWithParam<ArchiveEngine> {
 protected:
  void SetUp() override { factory = GetParam().make(*folder, clock); }

  static Result<void> nothing(store::UnitOfWork&) { return {}; }

  static Result<void> fill(const ArchiveSchema& schema, RowSink& rows) {
    for (std::size_t table = 0; table < schema.tables.size(); ++table) {
      for (std::size_t row = 0; row < texts().size(); ++row) {
        ROLECALL_TRY(rows.row(table, row_of(schema.tables[table], row)));
      }
    }
    return {};
  }

  std::string dumped(ArchivePlace& from) {
    std::string text;
    archive::Writer writer(*digest, adapter::crypto::start_sha256(), [&](std::string_view bytes) -> Result<void> {
      text += bytes;
      return {};
    });
    const auto archive = from.archive(from.migrations());
    must(archive->dump([&](const ArchiveSchema& schema) -> Result<RowSink*> {
      writer.begin(schema);
      return &writer;
    }));
    must(writer.finish());
    return text;
  }

  Result<void> load(ArchivePlace& into, const std::string& text) {
    std::size_t at = 0;
    archive::Reader reader(*digest, adapter::crypto::start_sha256(),
                           [&](char* buffer, std::size_t size) -> Result<std::size_t> {
                             const std::size_t count = std::min(size, text.size() - at);
                             std::copy_n(text.data() + at, count, buffer);
                             at += count;
                             return count;
                           });
    const int version = must(reader.open());
    const auto archive = into.archive(into.migrations());
    const auto schema = must(archive->schema(version));
    return archive->load(
        version,
        [&](RowSink& rows) -> Result<void> {
          ROLECALL_TRY(reader.read(schema, rows));
          return {};
        },
        nothing);
  }

  void fill_every_table() {
    const auto archive = factory->archive(factory->migrations());
    const auto schema = must(archive->schema(newest()));
    must(archive->load(
        newest(), [&](RowSink& rows) { return fill(schema, rows); }, nothing));
  }

  [[nodiscard]] int newest() const { return static_cast<int>(factory->migrations().size()); }

  std::unique_ptr<TextFolder> folder = adapter::icu::make_text_folder();
  std::unique_ptr<Digest> digest = adapter::crypto::make_digest();
  ManualClock clock{at(0)};
  std::unique_ptr<ArchivePlace> factory;
};
INSTANTIATE_TEST_SUITE_P(On, ArchiveContract, testing::ValuesIn(archive_engines()),
                         [](const testing::TestParamInfo<ArchiveEngine>& engine) { return engine.param.name; });

TEST_P(ArchiveContract, Schema_HasEveryTableAndColumnOfTheEngine) {
  must(factory->open(factory->migrations())).reset();
  std::map<std::string, std::set<std::string>> found;
  for (const ArchiveTable& table : must(factory->archive(factory->migrations())->schema(newest())).tables) {
    for (const auto& column : table.columns) found[table.name].insert(column.name);
  }
  auto wanted = factory->columns();
  EXPECT_EQ(wanted.erase("schema_migrations"), 1U);
  wanted.erase("writers");  // PostgreSQL's, and about no data
  EXPECT_EQ(wanted.erase("admin_sessions"), 1U) << "they end with the database that they were begun in";
  EXPECT_GT(wanted.size(), 20U);
  EXPECT_EQ(found, wanted);
}

TEST_P(ArchiveContract, EveryTable_GoesToEveryEngineAndBack_ByteForByte) {
  fill_every_table();
  const std::string first = dumped(*factory);
  const auto schema = must(factory->archive(factory->migrations())->schema(newest()));
  for (const ArchiveTable& table : schema.tables) {
    EXPECT_NE(first.find("\"" + table.name + "\":" + std::to_string(texts().size())), std::string::npos) << table.name;
  }
  for (const ArchiveEngine& engine : archive_engines()) {
    const auto other = engine.make(*folder, clock);
    must(load(*other, first));
    EXPECT_TRUE(dumped(*other) == first) << engine.name;
    const auto back = GetParam().make(*folder, clock);
    must(load(*back, dumped(*other)));
    EXPECT_TRUE(dumped(*back) == first) << engine.name;
    // And a server can open it.
    must(other->open(other->migrations())).reset();
    EXPECT_TRUE(dumped(*other) == first) << engine.name;
  }
}

TEST_P(ArchiveContract, ManyRows_ComeInOrderPageByPage) {
  constexpr std::int64_t kRows = 2'345;
  const auto archive = factory->archive(factory->migrations());
  const auto schema = must(archive->schema(newest()));
  const auto answers =
      static_cast<std::size_t>(std::find_if(schema.tables.begin(), schema.tables.end(),
                                            [](const ArchiveTable& table) { return table.name == "kept_answers"; }) -
                               schema.tables.begin());
  ASSERT_LT(answers, schema.tables.size());
  must(archive->load(
      newest(),
      [&](RowSink& rows) -> Result<void> {
        for (std::int64_t i = 0; i < kRows; ++i) {
          Cells cells = row_of(schema.tables[answers], 0);
          cells[0] = "w" + std::to_string(i % 3);
          cells[1] = std::to_string(i);
          ROLECALL_TRY(rows.row(answers, cells));
        }
        return {};
      },
      nothing));
  struct Ordered final : RowSink {
    Result<void> row(std::size_t, const Cells& cells) override {
      const auto key = std::make_pair(std::get<std::string>(cells[0]), std::get<std::string>(cells[1]));
      EXPECT_LT(last, key);
      last = key;
      ++rows;
      return {};
    }
    std::pair<std::string, std::string> last;
    std::int64_t rows = 0;
  } ordered;
  must(archive->dump([&](const ArchiveSchema&) -> Result<RowSink*> { return &ordered; }));
  EXPECT_EQ(ordered.rows, kRows);
}

TEST_P(ArchiveContract, ADumpSeesOneInstant_AndWritersDoNotWait) {
  fill_every_table();
  const auto store = must(factory->open(factory->migrations()));
  const std::string before = dumped(*factory);
  std::string text;
  archive::Writer writer(*digest, adapter::crypto::start_sha256(), [&](std::string_view bytes) -> Result<void> {
    text += bytes;
    return {};
  });
  must(factory->archive(factory->migrations())->dump([&](const ArchiveSchema& schema) -> Result<RowSink*> {
    // The schema was read, so the instant has come.
    ROLECALL_TRY(store->write([](UnitOfWork& unit) {
      return unit.insert_workspace({WorkspaceId("late"), "late", at(1)});
    }));
    writer.begin(schema);
    return &writer;
  }));
  must(writer.finish());
  EXPECT_TRUE(text == before);
  EXPECT_FALSE(dumped(*factory) == before);
}

TEST_P(ArchiveContract, ADatabaseWithARow_TakesNoArchive) {
  fill_every_table();
  const std::string first = dumped(*factory);
  const auto refused = load(*factory, first);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::conflict);
  EXPECT_TRUE(dumped(*factory) == first);
}

TEST_P(ArchiveContract, AnEmptySchema_TakesOne) {
  fill_every_table();
  const std::string first = dumped(*factory);
  const auto other = GetParam().make(*folder, clock);
  must(other->open(other->migrations())).reset();
  must(load(*other, first));
  EXPECT_TRUE(dumped(*other) == first);
}

TEST_P(ArchiveContract, WhateverFails_LeavesNothing) {
  fill_every_table();
  const std::string good = dumped(*factory);
  const auto other = GetParam().make(*folder, clock);
  const auto archive = other->archive(other->migrations());
  const auto schema = must(archive->schema(newest()));
  const auto expect_nothing = [&] {
    const auto empty = archive->dump([](const ArchiveSchema&) -> Result<RowSink*> { return internal_error("rows"); });
    ASSERT_FALSE(empty);
    EXPECT_EQ(empty.error().code, ErrorCode::not_found);
  };
  for (const std::size_t size : {good.size() / 2, good.size() - 5}) {
    EXPECT_FALSE(load(*other, good.substr(0, size)));
    expect_nothing();
  }
  const auto twice = archive->load(
      newest(),
      [&](RowSink& rows) -> Result<void> {
        ROLECALL_TRY(fill(schema, rows));
        return fill(schema, rows);
      },
      nothing);
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().code, ErrorCode::invalid_value);
  expect_nothing();
  EXPECT_FALSE(archive->load(
      newest(), [&](RowSink& rows) { return fill(schema, rows); },
      [](UnitOfWork&) -> Result<void> { return internal_error("afterwards"); }));
  expect_nothing();
  must(load(*other, good));
  EXPECT_TRUE(dumped(*other) == good);
}

TEST_P(ArchiveContract, AnOlderSchema_IsBroughtUpInTheSameTransaction) {
  const auto other = GetParam().make(*folder, clock);
  auto newer = other->migrations();
  newer.push_back({newest() + 1, "more", "ALTER TABLE tombstones ADD COLUMN more BIGINT NOT NULL DEFAULT 5;"});
  const auto archive = other->archive(newer);
  const auto schema = must(archive->schema(newest()));
  must(archive->load(
      newest(), [&](RowSink& rows) { return fill(schema, rows); }, nothing));
  must(other->open(newer)).reset();
  EXPECT_FALSE(other->open(other->migrations())) << "the schema is the newer one";
  std::string text;
  archive::Writer writer(*digest, adapter::crypto::start_sha256(), [&](std::string_view bytes) -> Result<void> {
    text += bytes;
    return {};
  });
  must(archive->dump([&](const ArchiveSchema& of) -> Result<RowSink*> {
    EXPECT_EQ(of.version, newest() + 1);
    writer.begin(of);
    return &writer;
  }));
  must(writer.finish());
  EXPECT_NE(text.find("\"deleted_by\",\"more\"]"), std::string::npos);
  // Of a newer program: refused by an older one, with a sentence.
  const auto refused = factory->archive(factory->migrations())->schema(newest() + 1);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::conflict);
}

TEST_P(ArchiveContract, NothingThere_IsNotFound) {
  const auto refused = factory->archive(factory->migrations())->dump([](const ArchiveSchema&) -> Result<RowSink*> {
    return internal_error("rows");
  });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::not_found);
}

}  // namespace
}  // namespace rolecall::contract
