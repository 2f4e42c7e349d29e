#pragma once

#include <string>
#include <string_view>

namespace rolecall::api {

/// As text between tags, and inside quoted attributes.
[[nodiscard]] std::string escaped_html(std::string_view text);

}  // namespace rolecall::api
