#pragma once

#include <string_view>

#include "api/exchange.hpp"
#include "rolecall/base/result.hpp"
#include "rolecall/http/message.hpp"

namespace rolecall::api::scim {

/// POST /Bulk (RFC 7644 §3.7). The header `X-Rolecall-Atomic: true` asks for all or nothing.
[[nodiscard]] Result<http::Response> bulk_request(Exchange& exchange, std::string_view base);

}  // namespace rolecall::api::scim
