#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "api/exchange.hpp"
#include "api/parameters.hpp"
#include "rolecall/base/result.hpp"
#include "rolecall/json/value.hpp"

namespace rolecall::api::admin {

/// One admin request: the workspace it is about (`?workspace=NAME`, else `default`), its parameters and its body.
struct Call {
  Exchange& exchange;
  const administration::Environment& environment;
  WorkspaceId workspace;
  administration::Actor actor;
  Parameters parameters;
  json::Object body;

  [[nodiscard]] const std::string& segment(std::size_t at) const { return exchange.segments[at]; }
  /// A string member of the body; `required` ones fail with `invalid_value` when absent.
  [[nodiscard]] Result<std::string> text(std::string_view name, bool required) const;
  /// A boolean member of the body; false when absent.
  [[nodiscard]] Result<bool> flag(std::string_view name) const;
  /// An array of strings; empty when absent.
  [[nodiscard]] Result<std::vector<std::string>> texts(std::string_view name) const;
  [[nodiscard]] Result<std::string> parameter(std::string_view name) const;
  [[nodiscard]] Result<std::int64_t> limit() const;
};

/// What a handler answers: a status and a body; a null body is no body.
struct Answer {
  int status = 200;
  json::Value body;
};
using Handler = Result<Answer> (*)(Call&);

/// `{"items": […]}`, the shape of every list.
[[nodiscard]] Answer list_of(json::Array items);

/// A method and a path template behind `/admin/v1`; `{…}` stands for one segment.
struct Route {
  std::string_view method;
  std::string_view path;
  Handler handler;
  bool needs_workspace = true;
};

[[nodiscard]] std::vector<Route> workspace_routes();
[[nodiscard]] std::vector<Route> connection_routes();
[[nodiscard]] std::vector<Route> token_routes();
[[nodiscard]] std::vector<Route> role_routes();
[[nodiscard]] std::vector<Route> link_routes();
[[nodiscard]] std::vector<Route> user_routes();
[[nodiscard]] std::vector<Route> group_routes();
[[nodiscard]] std::vector<Route> adoption_routes();
[[nodiscard]] std::vector<Route> audit_routes();
[[nodiscard]] std::vector<Route> system_routes();

}  // namespace rolecall::api::admin
