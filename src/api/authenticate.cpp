#include "authenticate.hpp"

#include "rolecall/administration/admin_sessions.hpp"
#include "rolecall/administration/api_tokens.hpp"
#include "rolecall/administration/token_format.hpp"
#include "rolecall/administration/workspaces.hpp"
#include "rolecall/base/text.hpp"

namespace rolecall::api {
namespace {

void log_refusal(const Exchange& exchange, std::string_view presented) {
  std::string id;
  if (const auto token = administration::parse_token(presented)) id = token->id.value();
  if (const auto session = administration::parse_session_secret(presented)) id = session->value();
  exchange.parts.log.emit(
      log::Event::token_refused,
      {{"request", exchange.request.id},
       {"reason", presented.empty() ? "missing" : (id.empty() ? "malformed" : "unknown, revoked or expired")},
       {"token", id},
       {"peer", exchange.request.peer_address}});
}

/// Whom it is from and what it may do, kept in the exchange.
Result<void> authenticate_caller(Exchange& exchange, std::string_view presented) {
  const administration::Environment& environment = exchange.parts.administration;
  if (!administration::is_session_secret(presented)) {
    ROLECALL_TRY_ASSIGN(exchange.api_token, administration::authenticate_api_token(environment, presented));
    return {};
  }
  ROLECALL_TRY_ASSIGN(exchange.session, administration::authenticate_session(environment, presented));
  exchange.api_token = administration::reach_of(*exchange.session);
  return {};
}

}  // namespace

std::string_view presented_token(const http::Request& request) {
  if (request.headers.count("Authorization") != 1) return {};
  constexpr std::string_view kScheme = "bearer";
  std::string_view value = *request.headers.find("Authorization");
  const auto trim = [](std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return std::string_view();
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
  };
  value = trim(value);
  if (equals_ignoring_ascii_case(value, kScheme)) return {};
  if (starts_with_ignoring_ascii_case(value, kScheme) &&
      (value[kScheme.size()] == ' ' || value[kScheme.size()] == '\t')) {
    value = trim(value.substr(kScheme.size()));
  }
  return value;
}

Result<void> authenticate_connection(Exchange& exchange) {
  const std::string_view presented = presented_token(exchange.request);
  auto token = exchange.parts.tokens.authenticate(presented, exchange.parts.provisioning.clock.now());
  if (!token) {
    if (token.error().code == ErrorCode::unauthenticated) log_refusal(exchange, presented);
    return fail(std::move(token).error());
  }
  exchange.token = std::move(*token);
  return {};
}

Result<void> authenticate_admin(Exchange& exchange) {
  const std::string_view presented = presented_token(exchange.request);
  const Digest& digest = exchange.parts.provisioning.digest;
  const std::string& expected = exchange.settings.admin_token.expose();
  // Digests have one length, so that not even the length of the token shows in the time.
  const bool is_equal = constant_time_equal(digest.sha256(presented.substr(0, 4096)), digest.sha256(expected));
  if (is_equal && !expected.empty()) return {};
  auto known = authenticate_caller(exchange, presented);
  if (known || known.error().code != ErrorCode::unauthenticated) return known;
  log_refusal(exchange, presented);
  return fail_with_next(ErrorCode::unauthenticated, "The admin token is missing or not valid.",
                        "It is in the file admin-token of the data directory; send it as Authorization: Bearer TOKEN.");
}

Result<void> require_scope(const Exchange& exchange, std::string_view scope) {
  if (!exchange.api_token) return {};
  if (administration::has_scope(*exchange.api_token, scope)) return {};
  const std::string_view held = exchange.session ? "session" : "API token";
  return fail_with_next(ErrorCode::forbidden,
                        scope.empty() ? std::string("No API token reaches this address.")
                                      : "This " + std::string(held) + " lacks the scope " + std::string(scope) + ".",
                        "Make a token that has it, or use the admin token.");
}

Result<void> require_workspace(const Exchange& exchange, const store::WorkspaceRecord& workspace) {
  if (!exchange.api_token || exchange.api_token->workspace == workspace.id) return {};
  return administration::no_such_workspace(workspace.name);
}

std::string admin_caller_of(const Exchange& exchange) {
  // A session is its user's, and no other of their sessions is somebody else.
  if (exchange.session) return "user:" + exchange.session->user.value();
  return exchange.api_token ? "api-token:" + exchange.api_token->id.value() : "admin";
}

}  // namespace rolecall::api
