#pragma once

#include <string_view>

#include "api/exchange.hpp"
#include "rolecall/http/message.hpp"

// RFC 7644 §4. Paging and sorting parameters are passed over there; a filter is refused.

namespace rolecall::api::scim {

[[nodiscard]] Result<http::Response> service_provider_config(const Exchange& exchange, std::string_view base);
/// `/Schemas` and `/Schemas/{urn}`.
[[nodiscard]] Result<http::Response> schemas(const Exchange& exchange, std::string_view base);
/// `/ResourceTypes` and `/ResourceTypes/{name}`.
[[nodiscard]] Result<http::Response> resource_types(const Exchange& exchange, std::string_view base);

}  // namespace rolecall::api::scim
