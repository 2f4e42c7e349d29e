#pragma once

#include <string_view>

#include "api/exchange.hpp"
#include "rolecall/http/message.hpp"

namespace rolecall::api::access_face {

/// `/access/v1/…` and `/.well-known/authzen-configuration`: AuthZEN Authorization API 1.0.
[[nodiscard]] bool owns(std::string_view path);
[[nodiscard]] http::Response handle(Exchange& exchange);

}  // namespace rolecall::api::access_face
