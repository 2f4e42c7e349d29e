#include "call.hpp"
#include "rolecall/administration/audit_log.hpp"
#include "rolecall/base/timestamp.hpp"
#include "rolecall/json/parse.hpp"

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

/// `after` pages forward from the beginning; without it the newest rows are shown.
Result<Answer> list(Call& call) {
  ROLECALL_TRY_ASSIGN(const auto after, call.parameters.integer("after"));
  ROLECALL_TRY_ASSIGN(const auto limit, call.limit());
  ROLECALL_TRY_ASSIGN(const auto rows, after
                                           ? administration::list_audit(call.environment, call.workspace, *after, limit)
                                           : administration::newest_audit(call.environment, call.workspace, limit));
  json::Array items;
  for (const auto& row : rows) items.emplace_back(shown(row));
  return list_of(std::move(items));
}

Result<Answer> verification(Call& call) {
  ROLECALL_TRY_ASSIGN(const auto found, administration::verify_audit(call.environment, call.workspace));
  if (found.first_bad_seq) {
    call.exchange.parts.log.emit(log::Event::audit_broken,
                                 {{"workspace", call.workspace}, {"sequence", *found.first_bad_seq}});
  }
  return Answer{
      200, json::Object{{"intact", !found.first_bad_seq.has_value()},
                        {"rows", found.rows},
                        {"head", found.head},
                        {"first_bad_seq", found.first_bad_seq ? json::Value(*found.first_bad_seq) : json::Value()}}};
}

}  // namespace

std::vector<Route> audit_routes() { return {{"GET", "/audit", list}, {"GET", "/audit/verification", verification}}; }

}  // namespace rolecall::api::admin
