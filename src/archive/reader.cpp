#include "rolecall/archive/reader.hpp"

#include "lines.hpp"
#include "rolecall/base/encoding.hpp"
#include "rolecall/json/parse.hpp"
#include "rolecall/json/write.hpp"
#include "trail_walk.hpp"

namespace rolecall::archive {
namespace {

constexpr std::size_t kChunk = std::size_t{256} << 10;
constexpr const char* kNotThis = "The file is not an archive of Rolecall: its first line is another.";

json::Limits limits_of(std::string_view line) {
  json::Limits limits;
  limits.bytes = line.size() + 1;
  limits.string_bytes = limits.bytes;
  // No row and no line about all tables has as many values.
  limits.nodes = limits.free_nodes = 1'000'000;
  return limits;
}

std::optional<std::int64_t> integer_in(const json::Object& object, std::string_view name) {
  const json::Value* value = object.find(name);
  return value != nullptr && value->is_number() ? json::to_integer(*value->as_number()) : std::nullopt;
}

/// The cells that the items of a line stand for; none when they do not fit the columns.
std::optional<store::Cells> cells_of(json::Array& items, const store::ArchiveTable& table) {
  using Kind = store::ArchiveColumn::Kind;
  if (items.size() != table.columns.size()) return std::nullopt;
  store::Cells cells;
  cells.reserve(items.size());
  for (std::size_t i = 0; i < items.size(); ++i) {
    const store::ArchiveColumn& column = table.columns[i];
    if (items[i].is_null() && column.is_nullable) {
      cells.emplace_back();
    } else if (items[i].is_string() && column.kind == Kind::text) {
      cells.emplace_back(*items[i].as_string());
    } else if (items[i].is_number() && column.kind == Kind::number) {
      const auto number = json::to_integer(*items[i].as_number());
      if (!number) return std::nullopt;
      cells.emplace_back(*number);
    } else {
      return std::nullopt;
    }
  }
  return cells;
}

/// Whether `after` follows `before` in the order of the key. Cells of a key are of one kind and compare bytewise.
bool is_in_order(const store::ArchiveTable& table, const store::Cells& before, const store::Cells& after) {
  for (const std::size_t place : table.key) {
    if (before[place] != after[place]) return before[place] < after[place];
  }
  return false;
}

/// What a last line other than `wanted` says wrongly.
std::string fault_of_last(std::string_view line, std::string_view wanted) {
  const auto found = json::parse(line, limits_of(line));
  const auto right = json::parse(wanted, limits_of(wanted));
  const json::Object* said = found ? found->as_object() : nullptr;
  if (said == nullptr || said->find("sha256") == nullptr || !right) {
    return "the last line was expected, which says what the archive holds. The file was changed, or cut and joined.";
  }
  const auto differs = [&](std::string_view name) {
    const json::Value* mine = said->find(name);
    return mine == nullptr || !(*mine == *right->as_object()->find(name));
  };
  if (differs("rows")) return "it tells of another number of rows than there are. The file was changed.";
  if (differs("trails")) return "it tells of another audit trail than there is. The file was changed.";
  return "the digest is not that of the lines before. The file was changed.";
}

}  // namespace

Reader::Reader(const Digest& digest, std::unique_ptr<RunningDigest> running, In in)
    : digest_(digest), in_(std::move(in)), running_(std::move(running)) {}

tl::unexpected<Error> Reader::fault(const std::string& sentence) const {
  return fail(ErrorCode::invalid_value, "Line " + std::to_string(number_) + " of the archive: " + sentence);
}

/// False at the end of the file. The line before counts for the digest from then on, so the last one never does.
Result<bool> Reader::next_line() {
  if (number_ > 0) {
    if (running_) running_->update(std::string_view(pending_).substr(at_, line_.size() + 1));
    at_ += line_.size() + 1;
  }
  ++number_;
  std::size_t looked_at = at_;
  for (;;) {
    const auto end = pending_.find('\n', looked_at);
    if (end != std::string::npos) {
      line_ = std::string_view(pending_).substr(at_, end - at_);
      return true;
    }
    pending_.erase(0, at_);
    at_ = 0;
    looked_at = pending_.size();
    if (looked_at > kLongestLine) return fault("it is longer than any that this program writes.");
    pending_.resize(looked_at + kChunk);
    ROLECALL_TRY_ASSIGN(const std::size_t got, in_(pending_.data() + looked_at, kChunk));
    pending_.resize(looked_at + got);
    if (got > 0) continue;
    line_ = {};
    if (pending_.empty()) return false;
    return fault("the file ends in it: it was cut off.");
  }
}

Result<int> Reader::open() {
  const auto has_line = next_line();
  if (!has_line) return tl::unexpected<Error>(has_line.error());
  const auto parsed = *has_line ? json::parse(line_) : json::parse({});
  const json::Object* first = parsed ? parsed->as_object() : nullptr;
  const json::Value* what = first != nullptr ? first->find("rolecall") : nullptr;
  if (what == nullptr || !(*what == json::Value("archive"))) return fail(ErrorCode::invalid_value, kNotThis);
  const auto format = integer_in(*first, "format");
  const auto schema = integer_in(*first, "schema");
  if (format && *format > kFormat) {
    return fail(ErrorCode::conflict, "The archive has format " + std::to_string(*format) +
                                         ", this program reads up to " + std::to_string(kFormat) +
                                         ". Use the newer program that wrote it.");
  }
  constexpr std::int64_t kMost = 1'000'000;
  if (!format || !schema || *schema < 1 || *schema > kMost) return fail(ErrorCode::invalid_value, kNotThis);
  std::string wanted;
  append_first(wanted, static_cast<int>(*schema));
  if (line_ != wanted) return fail(ErrorCode::invalid_value, kNotThis);
  return static_cast<int>(*schema);
}

Result<Summary> Reader::read(const store::ArchiveSchema& schema, store::RowSink& into) {
  Summary summary;
  summary.schema = schema.version;
  TrailWalk trails(digest_);
  store::Cells before;
  std::string wanted;
  // The table that the rows are of; before the first one none is.
  std::size_t table = schema.tables.size();
  for (;;) {
    ROLECALL_TRY_ASSIGN(const bool has_line, next_line());
    if (!has_line) return fault("it is missing: the file was cut off.");
    wanted.clear();
    if (line_.starts_with('[') && table < schema.tables.size()) {
      const store::ArchiveTable& of = schema.tables[table];
      auto parsed = json::parse(line_, limits_of(line_));
      if (!parsed || !parsed->is_array()) return fault("it is not JSON. The file was changed.");
      auto cells = cells_of(*parsed->as_array(), of);
      if (!cells) return fault("it is no row of " + of.name + ". The file was changed.");
      append_row(wanted, *cells);
      if (line_ != wanted) return fault("it is not written as this program writes a row. The file was changed.");
      auto& count = summary.counts.back().second;
      if (count > 0 && !is_in_order(of, before, *cells)) {
        return fault("the rows of " + of.name + " are not in order. The file was changed.");
      }
      trails.row(of, *cells);
      ROLECALL_TRY(into.row(table, *cells));
      before = std::move(*cells);
      ++count;
      ++summary.rows;
      continue;
    }
    const std::size_t next = summary.counts.size();
    if (next == schema.tables.size()) break;
    append_table(wanted, schema.tables[next]);
    if (line_ != wanted) {
      return fault("the table " + schema.tables[next].name +
                   " was expected, with its columns. The file was changed, or cut and joined.");
    }
    summary.counts.emplace_back(schema.tables[next].name, 0);
    table = next;
  }
  summary.trails = trails.take();
  summary.sha256 = to_hex(running_->finish());
  running_.reset();
  append_last(wanted, summary);
  if (line_ != wanted) return fault(fault_of_last(line_, wanted));
  ROLECALL_TRY_ASSIGN(const bool has_more, next_line());
  if (has_more) return fault("nothing may follow the last line.");
  return summary;
}

}  // namespace rolecall::archive
