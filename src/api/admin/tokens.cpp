#include "rolecall/administration/tokens.hpp"

#include "call.hpp"
#include "rolecall/administration/token_format.hpp"
#include "rolecall/base/timestamp.hpp"
#include "rolecall/json/write.hpp"

namespace rolecall::api::admin {
namespace {

const char* state_of(const store::TokenRecord& token, Instant now) {
  if (token.revoked) return "revoked";
  return administration::is_live(token, now) ? "live" : "expired";
}

json::Value instant_or_null(const std::optional<Instant>& instant) {
  return instant ? json::Value(to_timestamp(*instant)) : json::Value();
}

Result<json::Object> shown(const Call& call, const store::TokenRecord& token) {
  ROLECALL_TRY_ASSIGN(const auto connection, call.exchange.connections.find(call.workspace, token.connection));
  return json::Object{{"id", token.id.value()},
                      {"connection", connection.name},
                      {"user", token.user ? json::Value(token.user->value()) : json::Value()},
                      {"note", token.note},
                      {"state", state_of(token, call.environment.clock.now())},
                      {"created", to_timestamp(token.created)},
                      {"expires", instant_or_null(token.expires)},
                      {"revoked", instant_or_null(token.revoked)}};
}

Result<Answer> list(Call& call) {
  ROLECALL_TRY_ASSIGN(const auto connection, call.parameter("connection"));
  ROLECALL_TRY_ASSIGN(const auto tokens, administration::list_tokens(call.environment, call.workspace, connection));
  json::Array items;
  for (const auto& token : tokens) {
    ROLECALL_TRY_ASSIGN(auto item, shown(call, token));
    items.emplace_back(std::move(item));
  }
  return list_of(std::move(items));
}

/// Before the commit would be too early: whoever asks in between would remember the token as it was.
void forget_afterwards(Call& call, const TokenId& token) {
  call.afterwards.in_any_case.push_back([&tokens = call.exchange.parts.tokens, token] { tokens.forget(token); });
}

Result<Answer> create(Call& call) {
  ROLECALL_TRY_ASSIGN(const auto connection, call.text("connection", true));
  ROLECALL_TRY_ASSIGN(const auto user, call.text("user", false));
  ROLECALL_TRY_ASSIGN(const auto note, call.text("note", false));
  std::optional<Instant> expires;
  if (const json::Value* seconds = call.body.find("expires_in_seconds")) {
    constexpr std::int64_t kLongest = 100LL * 366 * 24 * 3600;
    const json::Number* number = seconds->as_number();
    const auto value = number != nullptr ? json::to_integer(*number) : std::nullopt;
    if (!value || *value < 1 || *value > kLongest) {
      return fail(ErrorCode::invalid_value, "expires_in_seconds must be a whole number of seconds, at least 1.",
                  "expires_in_seconds");
    }
    expires = call.environment.clock.now() + std::chrono::seconds(*value);
  }
  ROLECALL_TRY_ASSIGN(const auto created, administration::create_token(call.environment, call.workspace, call.actor,
                                                                       connection, note, expires, user));
  ROLECALL_TRY_ASSIGN(auto body, shown(call, created.record));
  forget_afterwards(call, created.record.id);
  call.afterwards.when_committed.push_back([&log = call.exchange.parts.log, token = created.record] {
    log.emit(log::Event::token_created, {{"token", token.id},
                                         {"connection", token.connection},
                                         {"workspace", token.workspace},
                                         {"expires", token.expires ? to_timestamp(*token.expires) : "never"}});
  });
  // The only time that it leaves the process; one that opens nothing never does.
  constexpr std::string_view kSecret = "token";
  if (!call.is_dry_run) body.append(std::string(kSecret), created.token.expose());
  return Answer{201, std::move(body), kSecret};
}

Result<Answer> revoke(Call& call) {
  const TokenId token(call.segment(1));
  forget_afterwards(call, token);
  ROLECALL_TRY(administration::revoke_token(call.environment, call.workspace, call.actor, token));
  call.afterwards.when_committed.push_back([&log = call.exchange.parts.log, token, workspace = call.workspace] {
    log.emit(log::Event::token_revoked, {{"token", token}, {"workspace", workspace}});
  });
  return Answer{204, {}};
}

}  // namespace

std::vector<Route> token_routes() {
  return {{"GET", "/tokens", list}, {"POST", "/tokens", create}, {"DELETE", "/tokens/{id}", revoke}};
}

}  // namespace rolecall::api::admin
