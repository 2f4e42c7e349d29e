#include "rolecall/administration/api_tokens.hpp"

#include "api/permissions.hpp"
#include "call.hpp"
#include "lifetime.hpp"
#include "listing.hpp"
#include "rolecall/base/timestamp.hpp"
#include "rolecall/json/array_of.hpp"

namespace rolecall::api::admin {
namespace {

json::Object shown(const Call& call, const store::ApiTokenRecord& token) {
  const bool is_live = administration::is_live(token, call.environment.clock.now());
  return json::Object{{"id", token.id.value()},
                      {"name", token.name},
                      {"scopes", json::array_of(token.scopes)},
                      {"user_id", token.user ? json::Value(token.user->value()) : json::Value()},
                      {"state", token.revoked ? "revoked" : (is_live ? "live" : "expired")},
                      {"made_by", token.made_by},
                      {"created", to_timestamp(token.created)},
                      {"expires", instant_or_null(token.expires)},
                      {"revoked", instant_or_null(token.revoked)}};
}

Result<Answer> list(Call& call) {
  ROLECALL_TRY_ASSIGN(const auto listing, Listing::begin(call));
  ROLECALL_TRY_ASSIGN(auto tokens, administration::list_api_tokens(call.environment, call.workspace));
  const std::string next = listing.cut(
      tokens, [](const auto& token) { return newest_key(token.created, token.id); }, true);
  json::Array items;
  for (const auto& token : tokens) items.emplace_back(shown(call, token));
  return listing.answer(std::move(items), next);
}

Result<Answer> scopes(Call& call) {
  ROLECALL_TRY_ASSIGN(const auto listing, Listing::begin(call));
  auto names = call.exchange.permissions.scopes();
  const std::string next = listing.cut(names, [](const std::string& name) { return name; });
  json::Array items;
  for (const std::string& name : names) {
    json::Array opens;
    for (std::string& route : call.exchange.permissions.routes_of(name)) opens.emplace_back(std::move(route));
    items.emplace_back(json::Object{{"scope", name}, {"opens", std::move(opens)}});
  }
  return listing.answer(std::move(items), next);
}

Result<Answer> create(Call& call) {
  administration::WantedApiToken wanted;
  ROLECALL_TRY_ASSIGN(wanted.name, call.text("name", true));
  ROLECALL_TRY_ASSIGN(wanted.scopes, call.texts("scopes"));
  ROLECALL_TRY_ASSIGN(wanted.expires, expiry_in(call));
  ROLECALL_TRY_ASSIGN(wanted.user, call.text("user", false));
  std::optional<administration::AskingToken> own;
  if (call.exchange.api_token) own = {call.exchange.api_token->scopes, call.exchange.api_token->user};
  // One that has an end makes none that outlives it.
  const auto end = call.exchange.api_token ? call.exchange.api_token->expires : std::nullopt;
  if (end && (!wanted.expires || *wanted.expires > *end)) wanted.expires = end;
  ROLECALL_TRY_ASSIGN(const auto created,
                      administration::create_api_token(call.environment, call.workspace, call.actor, wanted,
                                                       call.exchange.permissions.scopes(), own));
  json::Object body = shown(call, created.record);
  call.afterwards.when_committed.push_back([&log = call.exchange.parts.log, token = created.record] {
    log.emit(log::Event::api_token_created, {{"token", token.id}, {"workspace", token.workspace}});
  });
  constexpr std::string_view kSecret = "token";
  if (!call.is_dry_run) body.append(std::string(kSecret), created.token.expose());
  return Answer{201, std::move(body), kSecret};
}

Result<Answer> revoke(Call& call) {
  const TokenId token(call.segment(1));
  ROLECALL_TRY(administration::revoke_api_token(call.environment, call.workspace, call.actor, token));
  call.afterwards.when_committed.push_back([&log = call.exchange.parts.log, token, workspace = call.workspace] {
    log.emit(log::Event::api_token_revoked, {{"token", token}, {"workspace", workspace}});
  });
  return Answer{204, {}};
}

}  // namespace

std::vector<Route> api_token_routes() {
  return {{"GET", "/api-tokens", list},
          {"GET", "/api-tokens/scopes", scopes},
          {"POST", "/api-tokens", create},
          {"DELETE", "/api-tokens/{id}", revoke}};
}

}  // namespace rolecall::api::admin
