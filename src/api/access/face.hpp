#pragma once

#include "api/exchange.hpp"
#include "rolecall/http/message.hpp"

namespace rolecall::api::access_face {

/// `POST /access/v1/evaluation` (AuthZEN Authorization API 1.0 §6) and `/.well-known/authzen-configuration` (§9).
[[nodiscard]] http::Response evaluation(Exchange& exchange);
[[nodiscard]] http::Response configuration(Exchange& exchange);

}  // namespace rolecall::api::access_face
