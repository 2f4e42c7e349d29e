#include "requests.hpp"

#include "api/answer.hpp"
#include "api/authenticate.hpp"
#include "api/media_type.hpp"
#include "rehearsal.hpp"
#include "request_key.hpp"
#include "rolecall/administration/workspaces.hpp"
#include "rolecall/json/parse.hpp"
#include "rolecall/store/joined.hpp"
#include "tag.hpp"

namespace rolecall::api::admin {
namespace {

/// What a request says, read before any unit of work begins.
struct Wish {
  Parameters parameters;
  std::string workspace;
  json::Object body;
  bool is_dry_run = false;
  std::optional<RequestKey> key;  ///< of a POST in earnest
};

Result<json::Object> read_body(const Exchange& exchange) {
  if (exchange.request.body.empty()) return json::Object();
  ROLECALL_TRY(check_content_type(exchange.request));
  json::Limits limits;
  limits.bytes = exchange.settings.admin_body;
  limits.depth = exchange.settings.json_depth;
  ROLECALL_TRY_ASSIGN(auto body, json::parse(exchange.request.body, limits));
  if (!body.is_object()) return fail(ErrorCode::invalid_syntax, "The body must be a JSON object.");
  return std::move(*body.as_object());
}

Result<bool> read_dry_run(const Parameters& parameters) {
  ROLECALL_TRY_ASSIGN(auto given, parameters.text("dry_run", ErrorCode::invalid_value));
  const std::string value = std::move(given).value_or("false");
  if (value == "false") return false;
  if (value == "true") return true;
  // Taken for false, a slip of the pen would change what was only to be looked at.
  return fail(ErrorCode::invalid_value, "The parameter dry_run is true or false.");
}

Result<Wish> read_wish(const Exchange& exchange, const Route& route) {
  Wish wish;
  ROLECALL_TRY_ASSIGN(wish.parameters, Parameters::read(exchange.request.query()));
  ROLECALL_TRY_ASSIGN(wish.body, read_body(exchange));
  if (route.method != "GET") {
    ROLECALL_TRY_ASSIGN(wish.is_dry_run, read_dry_run(wish.parameters));
  }
  if (route.method == "POST" && !wish.is_dry_run) {
    ROLECALL_TRY_ASSIGN(wish.key, RequestKey::read(exchange));
  }
  if (route.needs_workspace) {
    ROLECALL_TRY_ASSIGN(auto name, wish.parameters.text("workspace", ErrorCode::invalid_value));
    wish.workspace = name && !name->empty() ? std::move(*name) : "default";
  } else if (route.path.starts_with("/workspaces/{name}")) {
    wish.workspace = exchange.segments[1];
  }
  return wish;
}

/// Another process, or another worker of this one, has the first request in hand.
tl::unexpected<Error> still_in_progress() {
  constexpr auto kSoon = std::chrono::seconds(1);
  return fail(Error{ErrorCode::conflict,
                    "The first request with this Idempotency-Key is still being worked on.",
                    {},
                    {},
                    kSoon,
                    "Send it again after the seconds that Retry-After names; it then gets the answer of the first."});
}

Result<Call> make_call(Exchange& exchange, const administration::Environment& environment, const Wish& wish,
                       Afterwards& afterwards) {
  Call call{exchange,        environment, {},         {admin_caller_of(exchange), exchange.request.id},
            wish.parameters, wish.body,   afterwards, wish.is_dry_run};
  if (!wish.workspace.empty()) {
    ROLECALL_TRY_ASSIGN(const auto workspace, administration::get_workspace(environment, wish.workspace));
    ROLECALL_TRY(require_workspace(exchange, workspace));
    call.workspace = workspace.id;
  }
  return call;
}

std::string tag_of(const Digest& digest, const Route& route, json::Value body) {
  for (const std::string_view name : route.unstable) {
    if (json::Object* object = body.as_object()) object->erase(name);
  }
  return strong_tag(digest, body);
}

http::Response to_response(const Exchange& exchange, const Route& route, const Answer& answer, bool is_dry_run) {
  http::Response response;
  response.status = answer.status;
  if (route.is_lines) {
    response = api::answer(answer.status, kLinesType, answer.lines);
    response.headers.add("Cache-Control", "no-store");
  } else if (!answer.body.is_null()) {
    response = json_answer(answer.status, answer.body);
    if (route.is_tagged && !is_dry_run) {
      response.headers.add("ETag", tag_of(exchange.parts.administration.digest, route, answer.body));
    }
  }
  if (is_dry_run) response.headers.add("X-Rolecall-Dry-Run", "true");
  return response;
}

Result<void> check_match(Call& call, const Route& reader) {
  ROLECALL_TRY_ASSIGN(const auto current, reader.handler(call));
  if (is_matched(call.exchange.request, tag_of(call.environment.digest, reader, current.body))) return {};
  return fail_with_next(ErrorCode::precondition_failed, "It is no longer what the ETag in If-Match stands for.",
                        "Read it again, look at what has changed, and send the change with the new ETag.");
}

/// Puts what the audit would have got into the answer; an answer without a body gets one for it.
Result<void> end_rehearsal(const Rehearsal& rehearsal, store::UnitOfWork& unit, Answer& answer) {
  ROLECALL_TRY_ASSIGN(auto found, rehearsal.end(unit));
  if (answer.body.is_null()) answer = Answer{200, json::Object()};
  answer.body.as_object()->append("dry_run", std::move(found));
  return {};
}

}  // namespace

Result<http::Response> look(Exchange& exchange, const Route& route) {
  ROLECALL_TRY_ASSIGN(const auto wish, read_wish(exchange, route));
  Afterwards afterwards;
  ROLECALL_TRY_ASSIGN(auto call, make_call(exchange, exchange.parts.administration, wish, afterwards));
  ROLECALL_TRY_ASSIGN(const auto answer, route.handler(call));
  return to_response(exchange, route, answer, false);
}

Result<http::Response> change(Exchange& exchange, const Route& route, const Route* reader) {
  ROLECALL_TRY_ASSIGN(const auto wish, read_wish(exchange, route));
  if (reader != nullptr && exchange.request.headers.count("If-Match") == 0) {
    return fail_with_next(ErrorCode::precondition_required,
                          "This change needs the header If-Match with the ETag of what it changes.",
                          "Read the same address with GET and send the ETag of the answer; If-Match: * changes it "
                          "whatever it is.");
  }
  const auto hold = exchange.keys.take(wish.key ? wish.key->name_in(wish.workspace) : std::string());
  if (!hold) return still_in_progress();
  const administration::Environment& own = exchange.parts.administration;
  Answer answer;
  Afterwards afterwards;
  bool is_rehearsed = false;
  bool is_repeated = false;
  bool took_access = false;
  const auto done = own.store.write([&](store::UnitOfWork& unit) -> Result<void> {
    afterwards = {};
    is_rehearsed = is_repeated = false;
    store::JoinedStore joined(own.store, unit);
    auto environment = own.over(joined);
    took_access = false;
    environment.took_access = &took_access;
    ROLECALL_TRY_ASSIGN(auto call, make_call(exchange, environment, wish, afterwards));
    if (wish.key) {
      ROLECALL_TRY_ASSIGN(auto before, wish.key->find(unit.workspace(call.workspace), own.clock.now()));
      is_repeated = before.has_value();
      if (before) answer = std::move(*before);
      if (before) return {};
    }
    if (reader != nullptr) ROLECALL_TRY(check_match(call, *reader));
    Rehearsal rehearsal;
    if (wish.is_dry_run) {
      ROLECALL_TRY_ASSIGN(rehearsal, Rehearsal::begin(unit, call.workspace));
    }
    ROLECALL_TRY_ASSIGN(answer, route.handler(call));
    if (joined.has_failed()) return internal_error("a handler went on after a failed write");
    if (wish.key) {
      auto kept = wish.key->keep(unit.workspace(call.workspace), own.clock.now(), answer);
      if (!kept && kept.error().code == ErrorCode::uniqueness) return still_in_progress();
      ROLECALL_TRY(kept);
    }
    if (!wish.is_dry_run) return {};
    ROLECALL_TRY(end_rehearsal(rehearsal, unit, answer));
    is_rehearsed = true;
    // The only way to have a unit of work taken back is to fail.
    return internal_error("a dry run ended");
  });
  for (const auto& step : afterwards.in_any_case) step();
  if (!done && !is_rehearsed) return fail(done.error());
  if (took_access && !is_rehearsed) exchange.revoked = exchange.settings.ticks();
  if (!is_rehearsed) {
    for (const auto& step : afterwards.when_committed) step();
  }
  http::Response response = to_response(exchange, route, answer, wish.is_dry_run);
  if (is_repeated) response.headers.add("Idempotency-Replayed", "true");
  return response;
}

}  // namespace rolecall::api::admin
