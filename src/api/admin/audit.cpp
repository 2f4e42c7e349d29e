#include "call.hpp"
#include "listing.hpp"
#include "rolecall/administration/audit_log.hpp"
#include "rolecall/base/timestamp.hpp"
#include "rolecall/json/parse.hpp"
#include "rolecall/json/write.hpp"

namespace rolecall::api::admin {
namespace {

json::Object shown(const store::AuditRecord& record) {
  auto details = json::parse(record.details);
  return json::Object{{"seq", record.seq},
                      {"at", to_timestamp(record.at)},
                      {"actor", record.actor},
                      {"action", record.action},
                      {"target", record.target},
                      {"details", details ? std::move(*details) : json::Value(record.details)},
                      {"request", record.request.value()},
                      {"hash", record.hash}};
}

/// Only cursors of this list are read here, which hold the number of a row.
std::optional<std::int64_t> place_of(const Listing& listing) {
  const auto number = json::to_integer(json::Number{listing.after()});
  return listing.after().empty() ? std::nullopt : number;
}

/// With `after`, forward from there; without it the newest rows, and page by page those before. Each page is in order.
Result<Answer> list(Call& call) {
  ROLECALL_TRY_ASSIGN(const auto after, call.parameters.integer("after"));
  ROLECALL_TRY_ASSIGN(const auto listing, Listing::begin(call, {"after"}));
  const auto place = place_of(listing);
  ROLECALL_TRY_ASSIGN(
      const auto page,
      after ? administration::audit_after(call.environment, call.workspace, place.value_or(*after), listing.limit())
            : administration::audit_before(call.environment, call.workspace, place, listing.limit()));
  json::Array items;
  for (const auto& row : page.rows) items.emplace_back(shown(row));
  return listing.answer(std::move(items), page.next ? std::to_string(*page.next) : std::string());
}

/// All that the hash is over, with the instant to the microsecond: enough to verify the rows without this program.
std::string exported(const store::AuditRecord& record) {
  auto details = json::parse(record.details);
  return json::write(json::Object{{"seq", record.seq},
                                  {"at", to_timestamp(record.at)},
                                  {"at_us", static_cast<std::int64_t>(record.at.time_since_epoch().count())},
                                  {"actor", record.actor},
                                  {"action", record.action},
                                  {"target", record.target},
                                  {"details", details ? std::move(*details) : json::Value(record.details)},
                                  {"request", record.request.value()},
                                  {"previous_hash", record.previous_hash},
                                  {"hash", record.hash}});
}

Result<Answer> export_rows(Call& call) {
  ROLECALL_TRY_ASSIGN(const auto after, call.parameters.integer("after"));
  ROLECALL_TRY_ASSIGN(const auto limit, call.limit());
  ROLECALL_TRY_ASSIGN(const auto page,
                      administration::audit_after(call.environment, call.workspace, after.value_or(0), limit));
  Answer answer;
  for (const auto& row : page.rows) answer.lines += exported(row) + '\n';
  return answer;
}

Result<Answer> latest_checkpoint(Call& call) {
  ROLECALL_TRY_ASSIGN(const auto head, administration::latest_checkpoint(call.environment, call.workspace));
  return Answer{200, json::Object{{"workspace", call.workspace.value()},
                                  {"seq", head.seq},
                                  {"hash", head.hash},
                                  {"at", to_timestamp(call.environment.clock.now())}}};
}

Result<std::optional<audit::Checkpoint>> checkpoint_in(const Call& call) {
  ROLECALL_TRY_ASSIGN(const auto seq, call.parameters.integer("checkpoint_seq"));
  ROLECALL_TRY_ASSIGN(const auto hash, call.parameter("checkpoint_hash"));
  if (!seq && hash.empty()) return std::optional<audit::Checkpoint>();
  if (seq && *seq >= 0 && !hash.empty()) return std::optional(audit::Checkpoint{*seq, hash});
  return fail(ErrorCode::invalid_value, "A checkpoint is checkpoint_seq and checkpoint_hash, as they were shown.",
              "checkpoint_seq");
}

Result<Answer> verification(Call& call) {
  ROLECALL_TRY_ASSIGN(const auto checkpoint, checkpoint_in(call));
  ROLECALL_TRY_ASSIGN(const auto found, administration::verify_audit(call.environment, call.workspace, checkpoint));
  if (!found.is_intact()) {
    call.exchange.parts.log.emit(
        log::Event::audit_broken,
        {{"workspace", call.workspace}, {"sequence", found.first_bad_seq.value_or(checkpoint ? checkpoint->seq : 0)}});
  }
  return Answer{
      200, json::Object{{"intact", found.is_intact()},
                        {"rows", found.rows},
                        {"head", found.head},
                        {"first_bad_seq", found.first_bad_seq ? json::Value(*found.first_bad_seq) : json::Value()},
                        {"checkpoint", checkpoint ? json::Value(audit::name_of(found.at_checkpoint)) : json::Value()}}};
}

}  // namespace

std::vector<Route> audit_routes() {
  Route exporting{"GET", "/audit/export", export_rows};
  exporting.is_lines = true;
  return {{"GET", "/audit", list},
          {"GET", "/audit/verification", verification},
          {"GET", "/audit/checkpoints/latest", latest_checkpoint},
          exporting};
}

}  // namespace rolecall::api::admin
