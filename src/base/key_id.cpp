#include "rolecall/base/key_id.hpp"

#include <algorithm>

namespace rolecall {

std::string_view key_id_of(std::string_view sealed) {
  constexpr std::size_t kDigits = 8;
  if (sealed.size() <= kDigits || sealed[kDigits] != '.') return {};
  const std::string_view id = sealed.substr(0, kDigits);
  const bool is_hex =
      std::all_of(id.begin(), id.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
  return is_hex ? id : std::string_view();
}

std::string current_key_id(const Sealer& ring) { return std::string(key_id_of(ring.seal({}, {}))); }

}  // namespace rolecall
