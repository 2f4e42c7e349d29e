#pragma once

#include <array>
#include <string_view>
#include <utility>

namespace rolecall::adapter::soci {

/// Enumerations are stored by name, so that their order in the source means nothing.
template <typename E, std::size_t N>
struct EnumText {
  std::array<std::pair<E, const char*>, N> rows;

  [[nodiscard]] constexpr const char* text(E value) const {
    for (const auto& [known, name] : rows) {
      if (known == value) return name;
    }
    return "";
  }
  /// A CHECK constraint keeps other texts out; should one come, it is the first.
  [[nodiscard]] constexpr E value(std::string_view text) const {
    for (const auto& [known, name] : rows) {
      if (text == name) return known;
    }
    return rows.front().first;
  }
};

}  // namespace rolecall::adapter::soci
