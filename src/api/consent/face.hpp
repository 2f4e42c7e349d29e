#pragma once

#include <string_view>

#include "api/exchange.hpp"
#include "rolecall/http/message.hpp"

namespace rolecall::api::consent {

/// `/directories/callback`: where the browser of an administrator comes back to from an identity provider (RFC 6749
/// §4.1.2). What it brings is taken once and stored; the calls that follow are made by others, because no request waits
/// for a provider. The answer is a page for people that loads nothing.
[[nodiscard]] bool owns(std::string_view path);
[[nodiscard]] http::Response handle(Exchange& exchange);

}  // namespace rolecall::api::consent
