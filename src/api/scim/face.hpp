#pragma once

#include <string>

#include "api/exchange.hpp"
#include "rolecall/http/message.hpp"

namespace rolecall::api::scim {

/// Is this path below `/scim/v2` or its alias `/scim_v2`? Then the SCIM error schema answers, whatever happens.
[[nodiscard]] bool owns(std::string_view path);

/// Is it the address of bulk requests, which may be larger than others?
[[nodiscard]] bool is_bulk(std::string_view path);

/// "https://scim.example.com" of this request: the configured address, else the Host header. The alias is not kept in
/// locations, so that a resource has one address.
[[nodiscard]] std::string origin_of(const http::Request& request, const Settings& settings);

/// Authenticates, then routes. Every refusal is a SCIM error.
[[nodiscard]] http::Response handle(Exchange& exchange, RateLimiter& rates);
/// Does a recorded request once more, as the connection that `exchange.token` names; nobody is asked for a token.
[[nodiscard]] http::Response replay(Exchange& exchange);

}  // namespace rolecall::api::scim
