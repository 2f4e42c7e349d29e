#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "rolecall/connector/exchange.hpp"

namespace rolecall::connector::okta {

/// The target of the link `rel="next"` (RFC 8288 §3). Okta sends a field for each link; what stands between may join
/// them to one. Empty when there is none; none when it leads to another host, where our credential has no business.
[[nodiscard]] std::optional<std::string> next_page(const Reply& reply, std::string_view domain);

}  // namespace rolecall::connector::okta
