#include "rolecall/adapter/crypto/digest.hpp"

#include <openssl/evp.h>

#include <array>
#include <new>
#include <stdexcept>

namespace rolecall::adapter::crypto {
namespace {

constexpr std::size_t kSha256Bytes = 32;

class OpenSslDigest final : public Digest {
 public:
  OpenSslDigest() : sha256_(EVP_MD_fetch(nullptr, "SHA256", nullptr)) {
    if (!sha256_) throw std::runtime_error("OpenSSL offers no SHA-256");
  }

  [[nodiscard]] std::string sha256(std::string_view bytes) const override {
    std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
    unsigned length = 0;
    // With the algorithm fetched and memory at hand there is nothing left that can go wrong.
    if (EVP_Digest(bytes.data(), bytes.size(), out.data(), &length, sha256_.get(), nullptr) != 1 ||
        length != kSha256Bytes) {
      throw std::bad_alloc();
    }
    return {out.begin(), out.begin() + kSha256Bytes};
  }

 private:
  struct Free {
    void operator()(EVP_MD* algorithm) const { EVP_MD_free(algorithm); }
  };
  // Fetched once: OpenSSL 3 takes a lock and searches its providers at each fetch.
  std::unique_ptr<EVP_MD, Free> sha256_;
};

}  // namespace

std::unique_ptr<Digest> make_digest() { return std::make_unique<OpenSslDigest>(); }

}  // namespace rolecall::adapter::crypto
