#pragma once

#include <string>
#include <string_view>

#include "shared.hpp"

namespace rolecall::adapter::pistache {

/// The bytes of an answer that the handler did not give; the connection closes after them. Never throws.
[[nodiscard]] std::string refusal_bytes(const Shared& shared, int status, std::string_view detail,
                                        std::string_view path, bool is_head) noexcept;

}  // namespace rolecall::adapter::pistache
