#pragma once

#include "exchange.hpp"
#include "rolecall/http/message.hpp"

namespace rolecall::api {

/// `/healthz/live`: the process answers. `/healthz/ready`: it also reaches its database and is not draining.
[[nodiscard]] http::Response health(Exchange& exchange);
/// `/openapi.json` and `/docs`: the admin API, for programs and for people.
[[nodiscard]] http::Response documentation(Exchange& exchange);
/// `/` and `/console/`: where to point an IdP and what to type first. Holds no secret and no data.
[[nodiscard]] http::Response start_page(Exchange& exchange);

}  // namespace rolecall::api
