#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/exchange.hpp"
#include "api/parameters.hpp"
#include "rolecall/base/result.hpp"
#include "rolecall/json/value.hpp"

namespace rolecall::api::admin {

/// What a handler wants done when its unit of work has ended, because a unit may run twice and may be taken back.
struct Afterwards {
  std::vector<std::function<void()>> when_committed;
  std::vector<std::function<void()>> in_any_case;  ///< also when a commit's answer was lost
};

/// One admin request: the workspace it is about (`?workspace=NAME`, else `default`), its parameters and its body.
struct Call {
  Exchange& exchange;
  const administration::Environment& environment;
  WorkspaceId workspace;
  administration::Actor actor;
  const Parameters& parameters;
  const json::Object& body;
  Afterwards& afterwards;
  bool is_dry_run = false;  ///< the unit of work will be taken back: show no secret

  [[nodiscard]] const std::string& segment(std::size_t at) const { return exchange.segments[at]; }
  /// A string member of the body; `required` ones fail with `invalid_value` when absent.
  [[nodiscard]] Result<std::string> text(std::string_view name, bool required) const;
  /// A boolean member of the body; false when absent.
  [[nodiscard]] Result<bool> flag(std::string_view name) const;
  /// A whole number of the body; none when absent.
  [[nodiscard]] Result<std::optional<std::int64_t>> number(std::string_view name) const;
  /// An array of strings; empty when absent.
  [[nodiscard]] Result<std::vector<std::string>> texts(std::string_view name) const;
  [[nodiscard]] Result<std::string> parameter(std::string_view name) const;
  [[nodiscard]] Result<std::int64_t> limit() const;
};

/// What a handler answers: a status and a body; a null body is no body.
struct Answer {
  int status = 200;
  json::Value body;
  std::string_view secret_member = {};  ///< of the body: shown once, kept nowhere
  std::string lines = {};               ///< JSON texts, one a line, instead of a body
};
inline constexpr std::string_view kLinesType = "application/x-ndjson";
using Handler = Result<Answer> (*)(Call&);

/// `{"items": […]}`, the shape of every list.
[[nodiscard]] Answer list_of(json::Array items);

/// A method and a path template behind `/admin/v1`; `{…}` stands for one segment.
struct Route {
  std::string_view method;
  std::string_view path;
  Handler handler;
  bool needs_workspace = true;
  /// The answer is one resource and carries its ETag; what changes one that is there has to name it in If-Match.
  bool is_tagged = false;
  bool is_lines = false;  ///< the answer is no JSON document but one on each line
  /// Members of the answer that change by themselves, and so have no place in what its ETag stands for.
  std::span<const std::string_view> unstable = {};

  [[nodiscard]] constexpr bool needs_match() const { return is_tagged && method != "GET" && method != "POST"; }
};

[[nodiscard]] constexpr Route without_workspace(Route route) {
  route.needs_workspace = false;
  return route;
}
[[nodiscard]] constexpr Route tagged(Route route, std::span<const std::string_view> unstable = {}) {
  route.is_tagged = true;
  route.unstable = unstable;
  return route;
}

[[nodiscard]] std::vector<Route> workspace_routes();
[[nodiscard]] std::vector<Route> connection_routes();
[[nodiscard]] std::vector<Route> token_routes();
[[nodiscard]] std::vector<Route> api_token_routes();
[[nodiscard]] std::vector<Route> admin_session_routes();
[[nodiscard]] std::vector<Route> request_routes();
[[nodiscard]] std::vector<Route> webhook_routes();
[[nodiscard]] std::vector<Route> directory_routes();
[[nodiscard]] std::vector<Route> directory_hook_routes();
[[nodiscard]] std::vector<Route> directory_consent_routes();
[[nodiscard]] std::vector<Route> people_routes();
[[nodiscard]] std::vector<Route> timeline_routes();
[[nodiscard]] std::vector<Route> action_routes();
[[nodiscard]] std::vector<Route> action_policy_routes();
[[nodiscard]] std::vector<Route> role_routes();
[[nodiscard]] std::vector<Route> permission_routes();
[[nodiscard]] std::vector<Route> link_routes();
[[nodiscard]] std::vector<Route> plan_routes();
[[nodiscard]] std::vector<Route> guard_routes();
[[nodiscard]] std::vector<Route> user_routes();
[[nodiscard]] std::vector<Route> group_routes();
[[nodiscard]] std::vector<Route> adoption_routes();
[[nodiscard]] std::vector<Route> audit_routes();
[[nodiscard]] std::vector<Route> system_routes();

}  // namespace rolecall::api::admin
