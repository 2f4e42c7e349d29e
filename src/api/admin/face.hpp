#pragma once

#include "api/exchange.hpp"
#include "rolecall/http/message.hpp"

namespace rolecall::api::admin {

/// `/admin/v1/…` behind the admin token: JSON in and out, problem documents for refusals.
[[nodiscard]] http::Response handle(Exchange& exchange);

}  // namespace rolecall::api::admin
