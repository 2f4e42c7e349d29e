#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "rolecall/adapter/crypto/digest.hpp"
#include "rolecall/adapter/crypto/running_digest.hpp"
#include "rolecall/archive/reader.hpp"
#include "rolecall/archive/writer.hpp"
#include "rolecall/audit/chain.hpp"
#include "rolecall/audit/trail.hpp"
#include "rolecall/base/encoding.hpp"

namespace rolecall::archive {
namespace {

using store::ArchiveColumn;
using store::ArchiveSchema;
using store::Cells;
using Rows = std::vector<std::pair<std::size_t, Cells>>;

constexpr auto kText = ArchiveColumn::Kind::text;
constexpr auto kNumber = ArchiveColumn::Kind::number;

ArchiveSchema schema() {
  return {3,
          {{"workspaces", {{"id", kText, false}, {"note", kText, true}, {"created", kNumber, true}}, {0}},
           {"audit",
            {{"workspace", kText, false},
             {"seq", kNumber, false},
             {"at", kNumber, false},
             {"actor", kText, false},
             {"action", kText, false},
             {"target", kText, false},
             {"details", kText, false},
             {"request", kText, false},
             {"previous_hash", kText, false},
             {"hash", kText, false}},
            {0, 1}},
           {"things", {{"workspace", kText, false}, {"n", kNumber, false}}, {1, 0}}}};
}

class Collected final : public store::RowSink {
 public:
  Result<void> row(std::size_t table, const Cells& cells) override {
    rows.emplace_back(table, cells);
    return {};
  }
  Rows rows;
};

class ArchiveFile : public testing::Test {
 protected:
  /// What is written of these rows; `summary` is what the writer says of it.
  std::string written(const Rows& rows) {
    std::string text;
    Writer writer(*digest, adapter::crypto::start_sha256(), [&](std::string_view bytes) -> Result<void> {
      text += bytes;
      return {};
    });
    writer.begin(schema());
    for (const auto& [table, cells] : rows) {
      if (auto done = writer.row(table, cells); !done) throw std::runtime_error(done.error().detail);
    }
    summary = writer.finish().value();
    return text;
  }

  Result<Summary> read(const std::string& text, Collected& into, std::size_t chunk = 1 << 20) {
    std::size_t at = 0;
    Reader reader(*digest, adapter::crypto::start_sha256(), [&](char* buffer, std::size_t size) -> Result<std::size_t> {
      const std::size_t count = std::min({size, chunk, text.size() - at});
      std::copy_n(text.data() + at, count, buffer);
      at += count;
      return count;
    });
    auto version = reader.open();
    if (!version) return tl::unexpected<Error>(version.error());
    return reader.read(schema(), into);
  }

  /// The sentence with which it is refused.
  std::string refusal(const std::string& text, ErrorCode code = ErrorCode::invalid_value) {
    Collected ignored;
    const auto found = read(text, ignored);
    EXPECT_FALSE(found) << text;
    if (found) return {};
    EXPECT_EQ(found.error().code, code);
    return found.error().detail;
  }

  /// The text with the digest of its last line made right again: what somebody would do who changes a file on purpose.
  std::string resealed(const std::string& text) const {
    const auto last = text.rfind('\n', text.size() - 2) + 1;
    const auto seal = text.rfind("\"sha256\":\"") + 10;
    return text.substr(0, seal) + to_hex(digest->sha256(text.substr(0, last))) + "\"}\n";
  }

  static std::string replaced(std::string text, std::string_view what, std::string_view with) {
    const auto at = text.find(what);
    EXPECT_NE(at, std::string::npos) << what;
    return text.replace(at, what.size(), with);
  }

  Cells audit_row(const std::string& workspace, std::int64_t seq, std::string previous) {
    store::AuditRecord record{
        seq, Instant(std::chrono::microseconds(5)), "admin", "x", "Role/1", "{}", RequestId("r"), previous, {}};
    hash = audit::hash_of(record, *digest);
    return {workspace, seq, std::int64_t{5}, "admin", "x", "Role/1", "{}", "r", previous, hash};
  }

  Rows some_rows() {
    Rows rows{{0, {"w1", {}, std::int64_t{7}}}, {0, {"w2", "it's \"said\"\n\t\x01 \xF0\x9F\x9A\x80 \\ u0041", {}}}};
    rows.emplace_back(1, audit_row("w1", 1, audit::genesis()));
    rows.emplace_back(1, audit_row("w1", 2, hash));
    rows.emplace_back(2, Cells{"w2", std::numeric_limits<std::int64_t>::min()});
    rows.emplace_back(2, Cells{"w1", std::int64_t{3}});
    rows.emplace_back(2, Cells{"w2", std::int64_t{3}});
    rows.emplace_back(2, Cells{"w1", std::numeric_limits<std::int64_t>::max()});
    return rows;
  }

  std::unique_ptr<Digest> digest = adapter::crypto::make_digest();
  Summary summary;
  std::string hash;
};

TEST_F(ArchiveFile, IsTheTextThatItIsSaidToBe) {
  const std::string text = written({{0, {"w1", {}, std::int64_t{7}}}});
  const std::string all_but_the_last =
      "{\"rolecall\":\"archive\",\"format\":1,\"schema\":3}\n"
      "{\"table\":\"workspaces\",\"columns\":[\"id\",\"note\",\"created\"]}\n"
      "[\"w1\",null,7]\n"
      "{\"table\":\"audit\",\"columns\":[\"workspace\",\"seq\",\"at\",\"actor\",\"action\",\"target\",\"details\","
      "\"request\",\"previous_hash\",\"hash\"]}\n"
      "{\"table\":\"things\",\"columns\":[\"workspace\",\"n\"]}\n";
  EXPECT_EQ(text, all_but_the_last +
                      "{\"rows\":{\"workspaces\":1,\"audit\":0,\"things\":0},\"trails\":[],\"sha256\":\"" +
                      to_hex(digest->sha256(all_but_the_last)) + "\"}\n");
}

TEST_F(ArchiveFile, GivesBackWhatWasWritten_HoweverTheBytesCome) {
  const Rows rows = some_rows();
  const std::string text = written(rows);
  for (const std::size_t chunk : {std::size_t{1}, std::size_t{7}, std::size_t{1} << 20}) {
    Collected found;
    const auto read_back = read(text, found, chunk);
    ASSERT_TRUE(read_back) << read_back.error().detail;
    EXPECT_EQ(found.rows, rows);
    EXPECT_EQ(read_back->rows, 8);
    EXPECT_EQ(read_back->counts, summary.counts);
    EXPECT_EQ(read_back->sha256, summary.sha256);
    ASSERT_EQ(read_back->trails.size(), 1U);
    EXPECT_EQ(read_back->trails[0].rows, 2);
    EXPECT_EQ(read_back->trails[0].hash, hash);
    EXPECT_EQ(find_broken(*read_back), nullptr);
  }
}

TEST_F(ArchiveFile, LongRows_ComeBackWhole) {
  const Rows rows{{0, {"w1", std::string(3'000'000, '"'), {}}}};
  Collected found;
  ASSERT_TRUE(read(written(rows), found, 100'000));
  EXPECT_EQ(found.rows, rows);
}

TEST_F(ArchiveFile, WhatIsNoText_IsNotWritten) {
  for (const std::string& text : {std::string("a\0b", 3), std::string("\xC3"), std::string("\xED\xA0\x80")}) {
    EXPECT_THROW(written({{0, {text, {}, {}}}}), std::runtime_error);
  }
}

TEST_F(ArchiveFile, CutOffAnywhere_IsRefused) {
  const std::string text = written(some_rows());
  for (std::size_t size = 0; size < text.size(); ++size) refusal(text.substr(0, size));
}

TEST_F(ArchiveFile, AnyByteChanged_IsRefused) {
  const std::string text = written(some_rows());
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string changed = text;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    Collected ignored;
    EXPECT_FALSE(read(changed, ignored)) << i << ": " << changed;
  }
}

TEST_F(ArchiveFile, ALineTakenOut_OrPutInAgain_IsRefused) {
  const std::string text = written(some_rows());
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\n', begin) + 1;
    refusal(text.substr(0, begin) + text.substr(end));
    refusal(text.substr(0, end) + text.substr(begin));
    begin = end;
  }
}

TEST_F(ArchiveFile, ChangedAndSealedAgain_IsStillRefusedForItsForm) {
  const std::string text = written(some_rows());
  const auto why = [&](std::string_view what, std::string_view with) {
    return refusal(resealed(replaced(text, what, with)));
  };
  EXPECT_NE(why("null,7", "null, 7").find("as this program writes"), std::string::npos);
  EXPECT_NE(why("null,7", "null,7.0").find("no row of workspaces"), std::string::npos);
  EXPECT_NE(why("null,7", "null,\"7\"").find("no row of workspaces"), std::string::npos);
  EXPECT_NE(why("null,7", "null,9223372036854775808").find("no row"), std::string::npos);
  EXPECT_NE(why("[\"w1\",null,7]", "[null,null,7]").find("no row"), std::string::npos);
  EXPECT_NE(why("[\"w1\",null,7]", "[\"w1\",null,7,7]").find("no row"), std::string::npos);
  EXPECT_NE(why("[\"w1\",null,7]", "[\"w\\u0031\",null,7]").find("as this program writes"), std::string::npos);
  EXPECT_NE(why("[\"w1\",null,7]", "[\"w\\u0000\",null,7]").find("not JSON"), std::string::npos);
  EXPECT_NE(why("[\"w1\",null,7]", "[\"w3\",null,7]").find("not in order"), std::string::npos);
  EXPECT_NE(why("[\"w1\",null,7]", "[\"w2\",null,7]").find("not in order"), std::string::npos);
  EXPECT_NE(why("\"things\":4", "\"things\":5").find("number of rows"), std::string::npos);
  EXPECT_NE(why("\"trails\":[{\"workspace\":\"w1\"", "\"trails\":[{\"workspace\":\"w2\"").find("trail"),
            std::string::npos);
  EXPECT_NE(why("{\"table\":\"things\"", "{\"table\":\"dragons\"").find("things was expected"), std::string::npos);
  EXPECT_NE(refusal(text + "\n").find("nothing may follow"), std::string::npos);
}

TEST_F(ArchiveFile, OtherFilesAndNewerOnes_AreToldApart) {
  const std::string text = written({});
  for (const char* other : {"", "\n", "{}\n", "PK\x03\x04\n", "{\"rolecall\":\"plan\"}\n", "[1]\n"}) {
    EXPECT_NE(refusal(other).find("archive"), std::string::npos) << other;
  }
  const std::string newer = refusal(replaced(text, "\"format\":1", "\"format\":2"), ErrorCode::conflict);
  EXPECT_NE(newer.find("newer program"), std::string::npos);
  refusal(replaced(text, "\"schema\":3", "\"schema\":0"));
  refusal(replaced(text, "\"schema\":3", "\"schema\":99999999999999"));
}

TEST_F(ArchiveFile, ATrailThatDoesNotVerify_IsFound) {
  Rows rows = some_rows();
  std::get<std::string>(rows[3].second[4]) = "something.else";
  Collected found;
  const auto read_back = read(written(rows), found);
  ASSERT_TRUE(read_back) << read_back.error().detail;
  ASSERT_NE(find_broken(*read_back), nullptr);
  EXPECT_EQ(find_broken(*read_back)->workspace, "w1");
  EXPECT_EQ(find_broken(*read_back)->first_bad_seq, 2);
  ASSERT_NE(find_broken(summary), nullptr);
}

}  // namespace
}  // namespace rolecall::archive
