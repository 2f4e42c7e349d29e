#include "call.hpp"
#include "lifetime.hpp"
#include "listing.hpp"
#include "rolecall/administration/sync_runs.hpp"
#include "rolecall/base/timestamp.hpp"
#include "rolecall/json/parse.hpp"

namespace rolecall::api::admin {
namespace {

using store::PersonRecord;
using store::SyncRunRecord;

/// Those who have no business at work are stored like everybody, and shown when somebody asks for them.
const std::vector<std::string> kShownStatuses{"active", "provisioned"};

json::Value or_null(const std::string& text) { return text.empty() ? json::Value() : json::Value(text); }

json::Object shown(const PersonRecord& person) {
  return json::Object{{"id", person.id},
                      {"directory_id", person.directory.value()},
                      {"login", person.login},
                      {"email", or_null(person.email)},
                      {"display_name", or_null(person.display_name)},
                      {"employee_number", or_null(person.employee_number)},
                      {"title", or_null(person.title)},
                      {"department", or_null(person.department)},
                      {"manager", or_null(person.manager)},
                      {"manager_id", or_null(person.manager_id)},
                      {"city", or_null(person.city)},
                      {"country", or_null(person.country)},
                      {"status", person.status},
                      {"provider_status", person.raw_status},
                      {"changed", instant_or_null(person.changed)},
                      {"gone", instant_or_null(person.gone)}};
}

json::Object shown(const store::SyncCounts& counts) {
  return {{"seen", counts.seen}, {"added", counts.added}, {"changed", counts.changed}, {"gone", counts.gone}};
}

std::string one_decimal(double number) {
  const auto tenths = static_cast<std::int64_t>(number * 10);
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10);
}

/// How far it is; null when it has ended.
json::Value progress(const SyncRunRecord& run, Instant now) {
  if (run.ended) return {};
  const auto progress = administration::progress_of(run, now);
  const auto or_unknown = [](const std::optional<std::int64_t>& number) {
    return number ? json::Value(*number) : json::Value();
  };
  return json::Object{{"done", progress.done},
                      {"of", or_unknown(progress.of)},
                      {"per_second", json::Number{one_decimal(progress.per_second)}},
                      {"seconds_left", or_unknown(progress.seconds_left)}};
}

json::Object shown(const SyncRunRecord& run, Instant now) {
  return json::Object{{"id", run.id.value()},
                      {"directory_id", run.directory.value()},
                      {"kind", administration::name_of(run.kind)},
                      {"person", or_null(run.person)},
                      {"since", instant_or_null(run.since)},
                      {"state", administration::name_of(run.state)},
                      {"phase", administration::name_of(run.phase)},
                      {"progress", progress(run, now)},
                      {"people", shown(run.people)},
                      {"groups", shown(run.groups)},
                      {"members", shown(run.members)},
                      {"applications", shown(run.applications)},
                      {"assignments", shown(run.assignments)},
                      {"reason", or_null(run.reason)},
                      {"vendor_request", or_null(run.vendor_request)},
                      {"requested_by", run.requested_by},
                      {"requested", to_timestamp(run.requested)},
                      {"ended", instant_or_null(run.ended)},
                      {"next_call", instant_or_null(run.ended ? std::nullopt : std::optional(run.due))}};
}

Result<std::vector<std::string>> statuses_in(const Call& call) {
  ROLECALL_TRY_ASSIGN(const auto status, call.parameter("status"));
  if (status.empty()) return kShownStatuses;
  if (status == "all") return std::vector<std::string>();
  for (const auto* known : {"staged", "provisioned", "active", "suspended", "deprovisioned"}) {
    if (status == known) return std::vector<std::string>{status};
  }
  return fail(ErrorCode::invalid_value,
              "The parameter status is all, staged, provisioned, active, suspended or deprovisioned.", "status");
}

Result<Answer> list_people(Call& call) {
  administration::WantedPeople wanted;
  ROLECALL_TRY_ASSIGN(wanted.directory, call.parameter("directory"));
  ROLECALL_TRY_ASSIGN(wanted.login, call.parameter("login"));
  ROLECALL_TRY_ASSIGN(wanted.email, call.parameter("email"));
  ROLECALL_TRY_ASSIGN(wanted.statuses, statuses_in(call));
  wanted.with_gone = wanted.statuses.empty();
  ROLECALL_TRY_ASSIGN(const auto listing, Listing::begin(call, {"directory", "login", "email", "status"}));
  ROLECALL_TRY_ASSIGN(auto page, administration::list_people(call.environment, call.workspace, wanted, listing.after(),
                                                             listing.limit() + 1));
  const auto next = listing.end(page, [](const auto& person) { return person.directory.value() + " " + person.id; });
  json::Array items;
  for (const auto& person : page) items.emplace_back(shown(person));
  return listing.answer(std::move(items), next);
}

Result<Answer> get_person(Call& call) {
  ROLECALL_TRY_ASSIGN(const auto view, administration::get_person(call.environment, call.workspace, call.segment(1)));
  json::Object body = shown(view.person);
  auto custom = json::parse(view.person.custom);
  if (!custom) return internal_error("the custom attributes of a person are unreadable");
  body.append("custom", std::move(*custom));
  json::Array groups;
  for (const auto& [group, is_direct] : view.groups) {
    groups.emplace_back(json::Object{
        {"id", group.id}, {"name", group.name}, {"kind", group.type}, {"accepts_members", group.accepts_members}});
  }
  body.append("groups", std::move(groups));
  json::Array applications;
  for (const auto& [application, is_direct] : view.applications) {
    applications.emplace_back(json::Object{{"id", application.id},
                                           {"name", application.name},
                                           {"kind", application.type},
                                           {"provider_status", or_null(application.status)},
                                           {"by_group", !is_direct}});
  }
  body.append("applications", std::move(applications));
  return Answer{200, std::move(body)};
}

Result<Answer> sync(Call& call) {
  ROLECALL_TRY_ASSIGN(const auto kind, call.text("kind", false));
  if (!kind.empty() && kind != "whole" && kind != "changes") {
    return fail(ErrorCode::invalid_value, "The kind is whole or changes.", "kind");
  }
  ROLECALL_TRY_ASSIGN(const auto run, administration::request_sync(
                                          call.environment, call.workspace, call.actor, call.segment(1),
                                          kind == "changes" ? store::SyncKind::changes : store::SyncKind::whole));
  return Answer{202, shown(run, call.environment.clock.now())};
}

Result<Answer> sync_person(Call& call) {
  ROLECALL_TRY_ASSIGN(const auto directory, call.text("directory", false));
  ROLECALL_TRY_ASSIGN(const auto run, administration::request_person_sync(call.environment, call.workspace, call.actor,
                                                                          call.segment(1), directory));
  return Answer{202, shown(run, call.environment.clock.now())};
}

Result<Answer> list_runs(Call& call) {
  ROLECALL_TRY_ASSIGN(const auto directory, call.parameter("directory"));
  ROLECALL_TRY_ASSIGN(const auto listing, Listing::begin(call, {"directory"}));
  ROLECALL_TRY_ASSIGN(auto page, administration::list_sync_runs(call.environment, call.workspace, directory,
                                                                SyncRunId(listing.after()), listing.limit() + 1));
  const auto next = listing.end(page, [](const auto& run) { return run.id.value(); });
  json::Array items;
  for (const auto& run : page) items.emplace_back(shown(run, call.environment.clock.now()));
  return listing.answer(std::move(items), next);
}

Result<Answer> get_run(Call& call) {
  ROLECALL_TRY_ASSIGN(const auto run,
                      administration::get_sync_run(call.environment, call.workspace, SyncRunId(call.segment(1))));
  return Answer{200, shown(run, call.environment.clock.now())};
}

}  // namespace

std::vector<Route> people_routes() {
  return {{"GET", "/people", list_people},
          {"GET", "/people/{name}", get_person},
          {"POST", "/people/{name}/sync", sync_person},
          {"POST", "/directories/{name}/sync", sync},
          {"GET", "/sync-runs", list_runs},
          {"GET", "/sync-runs/{id}", get_run}};
}

}  // namespace rolecall::api::admin
