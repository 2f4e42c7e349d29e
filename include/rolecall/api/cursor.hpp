#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "rolecall/base/clock.hpp"
#include "rolecall/store/position.hpp"

namespace rolecall::api {

/// What a cursor (RFC 9865 §2) stands for. All of it is in the cursor itself: the server remembers nothing. Which query
/// it belongs to is not in it but in the context that it is sealed with.
struct Cursor {
  Instant issued{};        ///< rounded up to the millisecond
  std::int64_t count = 1;  ///< resources on a page
  store::Place from;
  bool operator==(const Cursor&) const = default;
};

/// No sealed text is longer; what is longer is not looked at.
inline constexpr std::size_t kCursorBytes = 8192;

/// The bytes that are sealed.
[[nodiscard]] std::string write_cursor(const Cursor& cursor);
/// None for bytes that no `write_cursor` wrote. Pure and total.
[[nodiscard]] std::optional<Cursor> read_cursor(std::string_view bytes);

}  // namespace rolecall::api
