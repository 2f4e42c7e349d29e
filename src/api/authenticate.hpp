#pragma once

#include <string>
#include <string_view>

#include "exchange.hpp"
#include "rolecall/base/result.hpp"

namespace rolecall::api {

/// What stands in the Authorization header: `Bearer X` (the scheme in any case) or a bare `X`, as Okta sends with the
/// authentication mode "HTTP Header". Empty when there is none, or more than one.
[[nodiscard]] std::string_view presented_token(const http::Request& request);

/// Token → connection and workspace, kept in the exchange.
[[nodiscard]] Result<void> authenticate_connection(Exchange& exchange);
/// The token of DIR/admin-token, compared in constant time, an API token, or a session.
[[nodiscard]] Result<void> authenticate_admin(Exchange& exchange);
/// Whether who asks may: the admin token always, an API token when it holds the scope. `forbidden` names what lacks.
[[nodiscard]] Result<void> require_scope(const Exchange& exchange, std::string_view scope);
/// An API token reaches its own workspace only; of the others it does not learn that they are there.
[[nodiscard]] Result<void> require_workspace(const Exchange& exchange, const store::WorkspaceRecord& workspace);
/// For the audit: "admin", "api-token:<id>", "user:<id>" with a session.
[[nodiscard]] std::string admin_caller_of(const Exchange& exchange);

}  // namespace rolecall::api
