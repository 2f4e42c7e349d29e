#include "rolecall/adapter/crypto/sealer.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <limits>
#include <new>
#include <stdexcept>

#include "rolecall/base/encoding.hpp"

namespace rolecall::adapter::crypto {
namespace {

constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kSaltBytes = 16;
constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kTagBytes = 16;
constexpr std::size_t kOverhead = kSaltBytes + kNonceBytes + kTagBytes;

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

int length_of(std::string_view text) {
  if (text.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) throw std::length_error("sealed text");
  return static_cast<int>(text.size());
}

/// The key of one text; erased when it is no longer needed.
class Key {
 public:
  Key(const Secret& secret, std::string_view salt) {
    unsigned length = 0;
    const std::string& text = secret.expose();
    const auto* made =
        HMAC(EVP_sha256(), text.data(), length_of(text), bytes_of(salt), salt.size(), bytes_.data(), &length);
    if (made == nullptr || length != bytes_.size()) throw std::bad_alloc();
  }
  ~Key() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }
  Key(const Key&) = delete;
  Key& operator=(const Key&) = delete;
  [[nodiscard]] const unsigned char* data() const { return bytes_.data(); }

 private:
  std::array<unsigned char, kKeyBytes> bytes_{};
};

struct FreeCipher {
  void operator()(EVP_CIPHER* cipher) const { EVP_CIPHER_free(cipher); }
};
struct FreeContext {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

CipherContext make_context() {
  CipherContext context(EVP_CIPHER_CTX_new());
  if (!context) throw std::bad_alloc();
  return context;
}

/// With the cipher fetched and memory at hand nothing is left that can go wrong while sealing.
void must(int outcome) {
  if (outcome != 1) throw std::bad_alloc();
}

class GcmSealer final : public Sealer {
 public:
  GcmSealer(const Secret& secret, RandomSource& random)
      : secret_(secret), random_(random), cipher_(EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr)) {
    if (!cipher_) throw std::runtime_error("OpenSSL offers no AES-256-GCM");
  }

  [[nodiscard]] std::string seal(std::string_view bytes, std::string_view context) const override {
    std::array<std::byte, kSaltBytes + kNonceBytes> fresh{};
    random_.fill(fresh);
    std::string sealed(reinterpret_cast<const char*>(fresh.data()), fresh.size());
    const Key key(secret_, std::string_view(sealed).substr(0, kSaltBytes));
    sealed.resize(kOverhead + bytes.size());
    unsigned char* out = bytes_of(sealed) + fresh.size();
    const CipherContext state = make_context();
    int written = 0;
    must(EVP_EncryptInit_ex2(state.get(), cipher_.get(), key.data(), bytes_of(sealed) + kSaltBytes, nullptr));
    must(EVP_EncryptUpdate(state.get(), nullptr, &written, bytes_of(context), length_of(context)));
    must(EVP_EncryptUpdate(state.get(), out, &written, bytes_of(bytes), length_of(bytes)));
    must(EVP_EncryptFinal_ex(state.get(), out + bytes.size(), &written));
    must(EVP_CIPHER_CTX_ctrl(state.get(), EVP_CTRL_AEAD_GET_TAG, static_cast<int>(kTagBytes), out + bytes.size()));
    return to_base64url(sealed);
  }

  [[nodiscard]] std::optional<std::string> open(std::string_view text, std::string_view context) const override {
    auto sealed = parse_base64url(text);
    if (!sealed || sealed->size() < kOverhead) return std::nullopt;
    const Key key(secret_, std::string_view(*sealed).substr(0, kSaltBytes));
    std::string bytes(sealed->size() - kOverhead, '\0');
    const std::string_view closed = std::string_view(*sealed).substr(kSaltBytes + kNonceBytes, bytes.size());
    unsigned char* tag = bytes_of(*sealed) + sealed->size() - kTagBytes;
    const CipherContext state = make_context();
    int written = 0;
    must(EVP_DecryptInit_ex2(state.get(), cipher_.get(), key.data(), bytes_of(*sealed) + kSaltBytes, nullptr));
    must(EVP_DecryptUpdate(state.get(), nullptr, &written, bytes_of(context), length_of(context)));
    must(EVP_DecryptUpdate(state.get(), bytes_of(bytes), &written, bytes_of(closed), length_of(closed)));
    must(EVP_CIPHER_CTX_ctrl(state.get(), EVP_CTRL_AEAD_SET_TAG, static_cast<int>(kTagBytes), tag));
    // Nothing of the plain text is used before this says yes.
    if (EVP_DecryptFinal_ex(state.get(), bytes_of(bytes) + bytes.size(), &written) != 1) return std::nullopt;
    return bytes;
  }

 private:
  Secret secret_;
  RandomSource& random_;
  // Fetched once: OpenSSL 3 takes a lock and searches its providers at each fetch.
  std::unique_ptr<EVP_CIPHER, FreeCipher> cipher_;
};

}  // namespace

std::unique_ptr<Sealer> make_sealer(const Secret& secret, RandomSource& random) {
  return std::make_unique<GcmSealer>(secret, random);
}

}  // namespace rolecall::adapter::crypto
