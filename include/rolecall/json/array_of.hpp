#pragma once

#include "rolecall/json/value.hpp"

namespace rolecall::json {

/// The texts of a container, in its order.
template <typename Texts>
[[nodiscard]] Array array_of(const Texts& texts) {
  return Array(texts.begin(), texts.end());
}

}  // namespace rolecall::json
