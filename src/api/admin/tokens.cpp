#include "rolecall/administration/tokens.hpp"

#include "call.hpp"
#include "lifetime.hpp"
#include "listing.hpp"
#include "rolecall/administration/token_format.hpp"
#include "rolecall/base/timestamp.hpp"

namespace rolecall::api::admin {
namespace {

const char* state_of(const store::TokenRecord& token, Instant now) {
  if (token.revoked) return "revoked";
  return administration::is_live(token, now) ? "live" : "expired";
}

/// What a list says of a token that is being replaced, or of its successor.
json::Value shown_rotation(const std::optional<administration::Rotation>& rotation, const TokenId& token) {
  if (!rotation) return {};
  const auto& [old_token, new_token] = *rotation;
  const bool is_old = old_token.id == token;
  return json::Object{{"part", is_old ? "old" : "new"},
                      {"other", is_old ? new_token.id.value() : old_token.id.value()},
                      {"old_retires", instant_or_null(old_token.retires)}};
}

Result<json::Object> shown(const Call& call, const store::TokenRecord& token,
                           const std::optional<administration::Rotation>& rotation) {
  ROLECALL_TRY_ASSIGN(const auto connection, call.exchange.connections.find(call.workspace, token.connection));
  return json::Object{{"id", token.id.value()},
                      {"connection", connection.name},
                      {"user", token.user ? json::Value(token.user->value()) : json::Value()},
                      {"note", token.note},
                      {"state", state_of(token, call.environment.clock.now())},
                      {"created", to_timestamp(token.created)},
                      {"expires", instant_or_null(token.expires)},
                      {"revoked", instant_or_null(token.revoked)},
                      {"rotation", shown_rotation(rotation, token.id)}};
}

Result<Answer> list(Call& call) {
  ROLECALL_TRY_ASSIGN(const auto connection, call.parameter("connection"));
  ROLECALL_TRY_ASSIGN(const auto listing, Listing::begin(call, {"connection"}));
  ROLECALL_TRY_ASSIGN(const auto tokens, administration::list_tokens(call.environment, call.workspace, connection));
  // The other token of a rotation may stand on another page.
  auto page = tokens;
  const std::string next = listing.cut(
      page, [](const auto& token) { return newest_key(token.created, token.id); }, true);
  json::Array items;
  const Instant now = call.environment.clock.now();
  for (const auto& token : page) {
    ROLECALL_TRY_ASSIGN(auto item, shown(call, token, administration::rotation_of(tokens, token.id, now)));
    items.emplace_back(std::move(item));
  }
  return listing.answer(std::move(items), next);
}

/// Before the commit would be too early: whoever asks in between would remember the token as it was.
void forget_afterwards(Call& call, const TokenId& token) {
  call.afterwards.in_any_case.push_back([&tokens = call.exchange.parts.tokens, token] { tokens.forget(token); });
}

/// The only time that a token leaves the process; one that opens nothing never does.
Result<Answer> answer_with(Call& call, const store::TokenRecord& made, const Secret& token,
                           const std::optional<administration::Rotation>& rotation) {
  ROLECALL_TRY_ASSIGN(auto body, shown(call, made, rotation));
  forget_afterwards(call, made.id);
  call.afterwards.when_committed.push_back([&log = call.exchange.parts.log, made] {
    log.emit(log::Event::token_created, {{"token", made.id},
                                         {"connection", made.connection},
                                         {"workspace", made.workspace},
                                         {"expires", made.expires ? to_timestamp(*made.expires) : "never"}});
  });
  constexpr std::string_view kSecret = "token";
  if (!call.is_dry_run) body.append(std::string(kSecret), token.expose());
  return Answer{201, std::move(body), kSecret};
}

Result<Answer> create(Call& call) {
  ROLECALL_TRY_ASSIGN(const auto connection, call.text("connection", true));
  ROLECALL_TRY_ASSIGN(const auto user, call.text("user", false));
  ROLECALL_TRY_ASSIGN(const auto note, call.text("note", false));
  ROLECALL_TRY_ASSIGN(const auto expires, expiry_in(call));
  ROLECALL_TRY_ASSIGN(const auto created, administration::create_token(call.environment, call.workspace, call.actor,
                                                                       connection, note, expires, user));
  return answer_with(call, created.record, created.token, std::nullopt);
}

Result<Answer> revoke(Call& call) {
  const TokenId token(call.segment(1));
  // Its predecessor, if it has one, is not being replaced any more.
  ROLECALL_TRY_ASSIGN(const auto tokens, administration::list_tokens(call.environment, call.workspace));
  const auto rotation = administration::rotation_of(tokens, token, call.environment.clock.now());
  if (rotation) forget_afterwards(call, rotation->old_token.id);
  forget_afterwards(call, token);
  ROLECALL_TRY(administration::revoke_token(call.environment, call.workspace, call.actor, token));
  call.afterwards.when_committed.push_back([&log = call.exchange.parts.log, token, workspace = call.workspace] {
    log.emit(log::Event::token_revoked, {{"token", token}, {"workspace", workspace}});
  });
  return Answer{204, {}};
}

Result<Answer> rotate_start(Call& call) {
  const TokenId token(call.segment(1));
  forget_afterwards(call, token);
  ROLECALL_TRY_ASSIGN(const auto overlap, seconds_in(call, "overlap_seconds"));
  ROLECALL_TRY_ASSIGN(const auto started,
                      administration::start_rotation(call.environment, call.workspace, call.actor, token,
                                                     overlap.value_or(administration::kDefaultOverlap)));
  return answer_with(call, started.rotation.new_token, started.token, started.rotation);
}

/// Ends a rotation and shows the token that stays.
Result<Answer> end_rotation(Call& call, bool is_completed) {
  const auto end = is_completed ? administration::complete_rotation : administration::cancel_rotation;
  ROLECALL_TRY_ASSIGN(const auto ended, end(call.environment, call.workspace, call.actor, TokenId(call.segment(1))));
  forget_afterwards(call, ended.old_token.id);
  forget_afterwards(call, ended.new_token.id);
  const auto& gone = is_completed ? ended.old_token : ended.new_token;
  call.afterwards.when_committed.push_back([&log = call.exchange.parts.log, gone] {
    log.emit(log::Event::token_revoked, {{"token", gone.id}, {"workspace", gone.workspace}});
  });
  ROLECALL_TRY_ASSIGN(auto body, shown(call, is_completed ? ended.new_token : ended.old_token, std::nullopt));
  return Answer{200, std::move(body)};
}

Result<Answer> rotate_complete(Call& call) { return end_rotation(call, true); }
Result<Answer> rotate_cancel(Call& call) { return end_rotation(call, false); }

}  // namespace

std::vector<Route> token_routes() {
  return {{"GET", "/tokens", list},
          {"POST", "/tokens", create},
          {"DELETE", "/tokens/{id}", revoke},
          {"POST", "/tokens/{id}/rotate-start", rotate_start},
          {"POST", "/tokens/{id}/rotate-complete", rotate_complete},
          {"POST", "/tokens/{id}/rotate-cancel", rotate_cancel}};
}

}  // namespace rolecall::api::admin
