#include "rolecall/archive/writer.hpp"

#include "lines.hpp"
#include "rolecall/base/encoding.hpp"
#include "rolecall/base/text.hpp"
#include "trail_walk.hpp"

namespace rolecall::archive {
namespace {

constexpr std::size_t kChunk = std::size_t{256} << 10;

}  // namespace

Writer::Writer(const Digest& digest, std::unique_ptr<RunningDigest> running, Out out)
    : out_(std::move(out)), running_(std::move(running)), trails_(std::make_unique<TrailWalk>(digest)) {}

Writer::~Writer() = default;

Result<void> Writer::flush() {
  running_->update(buffer_);
  ROLECALL_TRY(out_(buffer_));
  buffer_.clear();
  return {};
}

void Writer::begin(const store::ArchiveSchema& schema) {
  schema_ = schema;
  summary_.schema = schema.version;
  for (const store::ArchiveTable& table : schema_.tables) summary_.counts.emplace_back(table.name, 0);
  append_first(buffer_, schema.version);
  buffer_ += '\n';
}

/// Every table has its line, also one without rows.
void Writer::go_to(std::size_t table) {
  for (; next_table_ <= table && next_table_ < schema_.tables.size(); ++next_table_) {
    append_table(buffer_, schema_.tables[next_table_]);
    buffer_ += '\n';
  }
}

Result<void> Writer::row(std::size_t table, const store::Cells& cells) {
  go_to(table);
  const store::ArchiveTable& of = schema_.tables[table];
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const auto* text = std::get_if<std::string>(&cells[i]);
    if (text == nullptr || (is_valid_utf8(*text) && text->find('\0') == std::string::npos)) continue;
    return fail(ErrorCode::internal, "Row " + std::to_string(summary_.counts[table].second + 1) + " of " + of.name +
                                         " holds in " + of.columns[i].name +
                                         " what is no text: bytes that are not UTF-8, or U+0000. The database is "
                                         "damaged.");
  }
  append_row(buffer_, cells);
  buffer_ += '\n';
  trails_->row(of, cells);
  ++summary_.counts[table].second;
  ++summary_.rows;
  return buffer_.size() < kChunk ? Result<void>() : flush();
}

Result<Summary> Writer::finish() {
  go_to(schema_.tables.size());
  ROLECALL_TRY(flush());
  summary_.trails = trails_->take();
  summary_.sha256 = to_hex(running_->finish());
  append_last(buffer_, summary_);
  buffer_ += '\n';
  ROLECALL_TRY(out_(buffer_));
  return std::move(summary_);
}

}  // namespace rolecall::archive
