#pragma once

#include "api/exchange.hpp"
#include "rolecall/http/message.hpp"

namespace rolecall::api::access_face {

/// §6: one question.
[[nodiscard]] Result<http::Response> evaluation(Exchange& exchange);
/// §7: many with what they share said once.
[[nodiscard]] Result<http::Response> evaluations(Exchange& exchange);

}  // namespace rolecall::api::access_face
