#pragma once

#include "api/exchange.hpp"
#include "questions.hpp"
#include "rolecall/http/message.hpp"

namespace rolecall::api::access_face {

/// §8: who may, to what, or what. `sought` says which.
[[nodiscard]] Result<http::Response> search(Exchange& exchange, Sought sought);

}  // namespace rolecall::api::access_face
