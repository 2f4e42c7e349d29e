#pragma once

#include <chrono>

#include "exchange.hpp"
#include "rolecall/http/message.hpp"

namespace rolecall::api {

/// Hands what became of a SCIM request to the request log.
void record_request(const Exchange& exchange, const http::Response& response, std::string_view method,
                    std::chrono::microseconds duration) noexcept;

}  // namespace rolecall::api
