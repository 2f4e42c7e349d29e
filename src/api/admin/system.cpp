#include "api/authenticate.hpp"
#include "call.hpp"
#include "lifetime.hpp"
#include "rolecall/administration/audit_log.hpp"
#include "rolecall/administration/connections.hpp"
#include "rolecall/administration/directories.hpp"
#include "rolecall/administration/guard.hpp"
#include "rolecall/administration/token_format.hpp"
#include "rolecall/administration/tokens.hpp"
#include "rolecall/administration/users.hpp"
#include "rolecall/administration/workspaces.hpp"
#include "rolecall/base/timestamp.hpp"

namespace rolecall::api::admin {
namespace {

Result<Answer> describe(Call& call) {
  return Answer{200, json::Object{{"version", call.exchange.settings.version},
                                  {"public_url", call.exchange.settings.public_url},
                                  {"time", to_timestamp(call.environment.clock.now())}}};
}

/// Whoever asks may know who they are taken for.
Result<Answer> whoami(Call& call) {
  json::Object shown{{"caller", admin_caller_of(call.exchange)},
                     {"kind", "admin_token"},
                     {"name", nullptr},
                     {"workspace", nullptr},
                     {"scopes", nullptr},
                     {"expires", nullptr},
                     {"session_id", nullptr}};
  const auto& token = call.exchange.api_token;
  if (!token) return Answer{200, std::move(shown)};
  json::Array scopes;
  for (const std::string& scope : token->scopes) scopes.emplace_back(scope);
  shown.set("kind", "api_token");
  shown.set("name", token->name);
  shown.set("scopes", std::move(scopes));
  shown.set("expires", instant_or_null(token->expires));
  if (const auto& session = call.exchange.session) {
    ROLECALL_TRY_ASSIGN(const auto user,
                        administration::get_user(call.environment, session->workspace, session->user.value()));
    shown.set("kind", "session");
    shown.set("name", user.record.display);
    shown.set("session_id", session->id.value());
  }
  ROLECALL_TRY_ASSIGN(const auto workspaces, administration::list_workspaces(call.environment));
  for (const auto& workspace : workspaces) {
    if (workspace.id == token->workspace) shown.set("workspace", workspace.name);
  }
  return Answer{200, std::move(shown)};
}

/// What `rolecall doctor` prints as one line.
json::Value finding(std::string_view check, std::string_view result, const std::string& sentence) {
  return json::Object{{"check", check}, {"result", result}, {"detail", sentence}};
}

Result<void> check_tokens(const Call& call, const store::WorkspaceRecord& workspace, json::Array& findings) {
  constexpr auto kSoon = std::chrono::hours(24 * 30);
  const Instant now = call.environment.clock.now();
  ROLECALL_TRY_ASSIGN(const auto connections, administration::list_connections(call.environment, workspace.id));
  for (const auto& connection : connections) {
    const std::string name = workspace.name + "/" + connection.name;
    ROLECALL_TRY_ASSIGN(const auto tokens,
                        administration::list_tokens(call.environment, workspace.id, connection.name));
    std::size_t live = 0;
    for (const auto& token : tokens) {
      if (!administration::is_live(token, now)) continue;
      ++live;
      if (token.expires && *token.expires < now + kSoon) {
        findings.push_back(finding("tokens", "warning",
                                   "Token " + token.id.value() + " of " + name + " expires at " +
                                       to_timestamp(*token.expires) + ". Make its successor now."));
      }
    }
    findings.push_back(live > 0 ? finding("tokens", "ok", name + " has " + std::to_string(live) + " live.")
                                : finding("tokens", "warning",
                                          name +
                                              " has no live token, so nothing can provision through it. Make one: "
                                              "rolecall tokens create --connection " +
                                              connection.name));
  }
  return {};
}

Result<void> check_directories(const Call& call, const store::WorkspaceRecord& workspace, json::Array& findings) {
  ROLECALL_TRY_ASSIGN(const auto all, administration::list_directories(call.environment, workspace.id));
  for (const auto& directory : all) {
    if (directory.reason.empty()) continue;
    findings.push_back(finding("directories", "warning",
                               "The directory " + directory.name + " of " + workspace.name + " is " +
                                   administration::name_of(directory.state) + ". " + directory.reason));
  }
  return {};
}

Result<void> check_guard(const Call& call, const store::WorkspaceRecord& workspace, json::Array& findings) {
  ROLECALL_TRY_ASSIGN(const auto guards, administration::list_guards(call.environment, workspace.id));
  for (const auto& guard : guards) {
    const std::string name = workspace.name + "/" + guard.connection.name;
    if (guard.settings.mode == access::GuardMode::off) {
      findings.push_back(finding("guard", "warning",
                                 name +
                                     " has none: its identity provider can take access from everybody at once. Set "
                                     "one: rolecall guard set " +
                                     guard.connection.name + " --mode hold"));
    }
    if (guard.held == 0) continue;
    const std::string count = guard.held == 1 ? "1 change" : std::to_string(guard.held) + " changes";
    findings.push_back(finding("guard", "warning",
                               count + " of " + name + (guard.held == 1 ? " is" : " are") +
                                   " held until somebody decides. Look at them: rolecall guard held list"));
  }
  return {};
}

Result<Answer> doctor(Call& call) {
  json::Array findings;
  ROLECALL_TRY_ASSIGN(const auto problems, call.environment.store.check());
  for (const std::string& problem : problems) findings.push_back(finding("database", "failed", problem));
  if (problems.empty()) {
    findings.push_back(finding("database", "ok", "It is intact and its schema is the one this program needs."));
  }
  ROLECALL_TRY_ASSIGN(const auto workspaces, administration::list_workspaces(call.environment));
  ROLECALL_TRY_ASSIGN(const auto deep, call.parameter("deep"));
  for (const auto& workspace : workspaces) {
    if (deep == "true") {
      ROLECALL_TRY_ASSIGN(const auto found, administration::verify_audit(call.environment, workspace.id));
      findings.push_back(
          found.first_bad_seq
              ? finding("audit", "failed",
                        "The trail of " + workspace.name + " does not verify from row " +
                            std::to_string(*found.first_bad_seq) + " on. It was changed outside of this program.")
              : finding("audit", "ok",
                        "The trail of " + workspace.name + " verifies: " + std::to_string(found.rows) + " rows."));
    }
    ROLECALL_TRY(check_tokens(call, workspace, findings));
    ROLECALL_TRY(check_guard(call, workspace, findings));
    ROLECALL_TRY(check_directories(call, workspace, findings));
  }
  return list_of(std::move(findings));
}

}  // namespace

std::vector<Route> system_routes() {
  return {without_workspace({"GET", "/system", describe}), without_workspace({"GET", "/whoami", whoami}),
          without_workspace({"GET", "/doctor", doctor})};
}

}  // namespace rolecall::api::admin
