#pragma once

#include <string_view>

#include "rolecall/base/sealer.hpp"

namespace rolecall {

/// Which key of a ring (adapter/crypto/key_ring.hpp) a text was sealed with: eight hexadecimal digits that say nothing
/// of the key itself. Empty for a text of another form.
[[nodiscard]] std::string_view key_id_of(std::string_view sealed);
/// The id of the key that a ring seals with now.
[[nodiscard]] std::string current_key_id(const Sealer& ring);

}  // namespace rolecall
