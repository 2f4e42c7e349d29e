#pragma once

#include <string_view>

#include "api/exchange.hpp"
#include "rolecall/http/message.hpp"

namespace rolecall::api::hooks {

/// `/hooks/v1/okta/{directory}`: where identity providers tell of what happens in their directories. A delivery is
/// stored and answered; all that follows from it is done afterwards, by others. What can never be read is refused with
/// 4xx, because a 5xx would bring it again.
[[nodiscard]] bool owns(std::string_view path);
[[nodiscard]] http::Response handle(Exchange& exchange);

}  // namespace rolecall::api::hooks
