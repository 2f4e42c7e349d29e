#include "rolecall/administration/admin_sessions.hpp"

#include "call.hpp"
#include "listing.hpp"
#include "rolecall/base/timestamp.hpp"
#include "rolecall/json/array_of.hpp"

namespace rolecall::api::admin {
namespace {

json::Object shown(const Call& call, const store::AdminSessionRecord& session) {
  const auto state = administration::state_of(session, call.environment.clock.now(), call.environment.sessions);
  return json::Object{{"id", session.id.value()},
                      {"user_id", session.user.value()},
                      {"api_token_id", session.token.value()},
                      {"scopes", json::array_of(session.scopes)},
                      {"state", administration::name_of(state)},
                      {"created", to_timestamp(session.created)},
                      {"last_used", to_timestamp(session.used)},
                      {"expires", to_timestamp(session.expires)},
                      {"ended", session.ended ? json::Value(to_timestamp(*session.ended)) : json::Value()}};
}

Result<Answer> page_of(Call& call, std::vector<store::AdminSessionRecord> sessions) {
  ROLECALL_TRY_ASSIGN(const auto listing, Listing::begin(call));
  const std::string next = listing.cut(
      sessions, [](const auto& session) { return newest_key(session.created, TokenId(session.id.value())); }, true);
  json::Array items;
  for (const auto& session : sessions) items.emplace_back(shown(call, session));
  return listing.answer(std::move(items), next);
}

Result<Answer> list(Call& call) {
  ROLECALL_TRY_ASSIGN(auto sessions, administration::list_sessions(call.environment, call.workspace));
  return page_of(call, std::move(sessions));
}

Result<Answer> list_of_user(Call& call) {
  ROLECALL_TRY_ASSIGN(auto sessions,
                      administration::list_sessions_of(call.environment, call.workspace, call.segment(1)));
  return page_of(call, std::move(sessions));
}

Result<Answer> begin(Call& call) {
  const Exchange& exchange = call.exchange;
  if (!exchange.api_token) {
    return fail_with_next(ErrorCode::forbidden, "The admin token stands for nobody, so that it begins no session.",
                          "Use an API token of a user: rolecall api-tokens create NAME --user USER.");
  }
  if (exchange.session) {
    // It could be made to last for ever.
    return fail_with_next(ErrorCode::forbidden, "A session begins no other one.", "Use the API token that began it.");
  }
  ROLECALL_TRY_ASSIGN(auto scopes, call.texts("scopes"));
  ROLECALL_TRY_ASSIGN(const auto begun, administration::begin_session(call.environment, call.workspace, call.actor,
                                                                      *exchange.api_token, std::move(scopes)));
  json::Object body = shown(call, begun.record);
  call.afterwards.when_committed.push_back([&log = exchange.parts.log, session = begun.record] {
    log.emit(log::Event::session_created,
             {{"session", session.id}, {"token", session.token}, {"workspace", session.workspace}});
  });
  constexpr std::string_view kSecret = "token";
  if (!call.is_dry_run) body.append(std::string(kSecret), begun.secret.expose());
  return Answer{201, std::move(body), kSecret};
}

Result<Answer> end(Call& call) {
  const SessionId session(call.segment(1));
  const bool is_own = call.exchange.session && call.exchange.session->id == session;
  ROLECALL_TRY(administration::end_session(call.environment, call.workspace, call.actor, session, is_own));
  call.afterwards.when_committed.push_back([&log = call.exchange.parts.log, session, workspace = call.workspace] {
    log.emit(log::Event::session_ended, {{"session", session}, {"workspace", workspace}});
  });
  return Answer{204, {}};
}

Result<Answer> revoke_access(Call& call) {
  ROLECALL_TRY_ASSIGN(const auto ended,
                      administration::revoke_access(call.environment, call.workspace, call.actor, call.segment(1)));
  const auto count = [](const auto& all) { return static_cast<std::int64_t>(all.size()); };
  return Answer{200, json::Object{{"sessions", count(ended.sessions)},
                                  {"api_tokens", count(ended.api_tokens)},
                                  {"tokens", count(ended.tokens)}}};
}

}  // namespace

std::vector<Route> admin_session_routes() {
  return {{"GET", "/sessions", list},
          {"POST", "/sessions", begin},
          {"DELETE", "/sessions/{id}", end},
          {"GET", "/users/{name}/sessions", list_of_user},
          {"POST", "/users/{name}/revoke-access", revoke_access}};
}

}  // namespace rolecall::api::admin
