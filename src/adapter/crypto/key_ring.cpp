#include "rolecall/adapter/crypto/key_ring.hpp"

#include <stdexcept>
#include <utility>

#include "rolecall/adapter/crypto/sealer.hpp"
#include "rolecall/base/encoding.hpp"
#include "rolecall/base/key_id.hpp"

namespace rolecall::adapter::crypto {
namespace {

class KeyRing final : public Sealer {
 public:
  KeyRing(const std::vector<Secret>& keys, const Digest& digest, RandomSource& random) {
    constexpr std::size_t kIdBytes = 4;
    if (keys.empty()) throw std::invalid_argument("a ring without a key");
    for (const Secret& key : keys) {
      // Of 256 random bits a few bits of a digest tell nothing.
      std::string id = to_hex(digest.sha256("key id:" + key.expose()).substr(0, kIdBytes));
      sealers_.emplace_back(std::move(id), make_sealer(key, random));
    }
  }

  [[nodiscard]] std::string seal(std::string_view bytes, std::string_view context) const override {
    const auto& [id, sealer] = sealers_.front();
    return id + "." + sealer->seal(bytes, context);
  }

  [[nodiscard]] std::optional<std::string> open(std::string_view text, std::string_view context) const override {
    const std::string_view wanted = key_id_of(text);
    for (const auto& [id, sealer] : sealers_) {
      if (id == wanted) return sealer->open(text.substr(id.size() + 1), context);
    }
    return std::nullopt;
  }

 private:
  std::vector<std::pair<std::string, std::unique_ptr<Sealer>>> sealers_;
};

}  // namespace

std::unique_ptr<Sealer> make_key_ring(const std::vector<Secret>& keys, const Digest& digest, RandomSource& random) {
  return std::make_unique<KeyRing>(keys, digest, random);
}

}  // namespace rolecall::adapter::crypto
