#include "rolecall/adapter/crypto/running_digest.hpp"

#include <openssl/evp.h>

#include <array>
#include <new>

namespace rolecall::adapter::crypto {
namespace {

class OpenSslRunningDigest final : public RunningDigest {
 public:
  // With the algorithm at hand only memory can be missing.
  OpenSslRunningDigest() : context_(EVP_MD_CTX_new()) {
    if (!context_ || EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) != 1) throw std::bad_alloc();
  }

  void update(std::string_view bytes) override {
    if (EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) != 1) throw std::bad_alloc();
  }

  [[nodiscard]] std::string finish() override {
    std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
    unsigned length = 0;
    if (EVP_DigestFinal_ex(context_.get(), out.data(), &length) != 1) throw std::bad_alloc();
    return {out.begin(), out.begin() + length};
  }

 private:
  struct Free {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };
  std::unique_ptr<EVP_MD_CTX, Free> context_;
};

}  // namespace

std::unique_ptr<RunningDigest> start_sha256() { return std::make_unique<OpenSslRunningDigest>(); }

}  // namespace rolecall::adapter::crypto
