#include "trail_walk.hpp"

#include "rolecall/audit/chain.hpp"

namespace rolecall::archive {
namespace {

/// Of a schema in which the column is missing, or empty, the hash will not fit.
std::string text_in(const store::ArchiveTable& table, const store::Cells& cells, std::string_view name) {
  const auto place = store::find_column(table, name);
  const std::string* text = place ? std::get_if<std::string>(&cells[*place]) : nullptr;
  return text != nullptr ? *text : std::string();
}

std::int64_t number_in(const store::ArchiveTable& table, const store::Cells& cells, std::string_view name) {
  const auto place = store::find_column(table, name);
  const std::int64_t* number = place ? std::get_if<std::int64_t>(&cells[*place]) : nullptr;
  return number != nullptr ? *number : 0;
}

}  // namespace

void TrailWalk::row(const store::ArchiveTable& table, const store::Cells& cells) {
  if (table.name != "audit") return;
  store::AuditRecord record;
  record.seq = number_in(table, cells, "seq");
  record.at = Instant(std::chrono::microseconds(number_in(table, cells, "at")));
  record.actor = text_in(table, cells, "actor");
  record.action = text_in(table, cells, "action");
  record.target = text_in(table, cells, "target");
  record.details = text_in(table, cells, "details");
  record.request = RequestId(text_in(table, cells, "request"));
  record.previous_hash = text_in(table, cells, "previous_hash");
  record.hash = text_in(table, cells, "hash");
  std::string workspace = text_in(table, cells, "workspace");
  if (trails_.empty() || trails_.back().workspace != workspace) {
    trails_.push_back({std::move(workspace), 0, audit::genesis(), {}});
  }
  TrailHead& trail = trails_.back();
  const bool holds = audit::follows(record, trail.rows, trail.hash, digest_);
  if (!holds && !trail.first_bad_seq) trail.first_bad_seq = record.seq;
  ++trail.rows;
  trail.hash = std::move(record.hash);
}

const TrailHead* find_broken(const Summary& summary) {
  for (const TrailHead& trail : summary.trails) {
    if (trail.first_bad_seq) return &trail;
  }
  return nullptr;
}

}  // namespace rolecall::archive
