#include "rolecall/base/digest.hpp"

#include <cstddef>

namespace rolecall {

std::string hmac_sha256(const Digest& digest, std::string_view key, std::string_view message) {
  constexpr std::size_t kBlock = 64;
  constexpr unsigned char kInner = 0x36;
  constexpr unsigned char kOuter = 0x5c;
  std::string block = key.size() > kBlock ? digest.sha256(key) : std::string(key);
  block.resize(kBlock, '\0');
  const auto pad = [&block](unsigned char with) {
    std::string padded = block;
    for (char& c : padded) c = static_cast<char>(static_cast<unsigned char>(c) ^ with);
    return padded;
  };
  return digest.sha256(pad(kOuter) + digest.sha256(pad(kInner).append(message)));
}

bool constant_time_equal(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  // volatile keeps the compiler from leaving the loop at the first difference.
  volatile unsigned char difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference =
        static_cast<unsigned char>(difference | (static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i])));
  }
  return difference == 0;
}

}  // namespace rolecall
