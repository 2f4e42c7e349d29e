#pragma once

#include <string_view>

#include "api/exchange.hpp"
#include "rolecall/http/message.hpp"
#include "rolecall/schema/registry.hpp"

// Queries (RFC 7644 §3.4.2, §3.4.3; RFC 9865) of one type, or of all when `type` is null.

namespace rolecall::api::scim {

/// `GET /Users`, `GET /`.
[[nodiscard]] Result<http::Response> list_resources(Exchange& exchange, std::string_view base,
                                                    const schema::ResourceType* type);
/// `POST /Users/.search`, `POST /.search`: the same with the parameters in the body.
[[nodiscard]] Result<http::Response> search_resources(Exchange& exchange, std::string_view base,
                                                      const schema::ResourceType* type);

}  // namespace rolecall::api::scim
