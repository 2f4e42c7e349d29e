#include "rolecall/adapter/crypto/signer.hpp"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <array>
#include <limits>
#include <new>

namespace rolecall::adapter::crypto {
namespace {

constexpr int kShortestRsa = 2048;  ///< bits
constexpr int kCoordinate = 32;     ///< bytes of a number on P-256

template <auto kFree>
struct Free {
  template <typename T>
  void operator()(T* one) const {
    kFree(one);
  }
};
using Bio = std::unique_ptr<BIO, Free<BIO_free_all>>;
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Context = std::unique_ptr<EVP_MD_CTX, Free<EVP_MD_CTX_free>>;
using Number = std::unique_ptr<BIGNUM, Free<BN_clear_free>>;
using EcSignature = std::unique_ptr<ECDSA_SIG, Free<ECDSA_SIG_free>>;

tl::unexpected<Error> unusable() {
  // What OpenSSL has to say of it could hold a part of it.
  ERR_clear_error();
  return fail(
      ErrorCode::invalid_value,
      "This is no private key that can be used: PEM without a password, RSA of 2048 bits or more, or EC on P-256.",
      "credential");
}

/// A key with a password is refused: nobody is here to be asked for it.
int no_password(char*, int, int, void*) { return -1; }

Result<Key> read_key(const Secret& text) {
  const std::string& pem = text.expose();
  if (pem.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) return unusable();
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  if (!bio) throw std::bad_alloc();
  Key key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, nullptr));
  if (!key) return unusable();
  return key;
}

bool is_rsa(const EVP_PKEY& key) {
  return EVP_PKEY_get_base_id(&key) == EVP_PKEY_RSA && EVP_PKEY_get_bits(&key) >= kShortestRsa;
}

bool is_p256(const EVP_PKEY& key) {
  std::array<char, 64> name{};
  std::size_t length = 0;
  if (EVP_PKEY_get_base_id(&key) != EVP_PKEY_EC) return false;
  if (EVP_PKEY_get_group_name(&key, name.data(), name.size(), &length) != 1) return false;
  return std::string_view(name.data(), length) == "prime256v1";
}

/// From the DER that OpenSSL writes to two numbers of fixed length (RFC 7518 §3.4).
Result<std::string> as_numbers(const std::string& der) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(der.data());
  const EcSignature read(d2i_ECDSA_SIG(nullptr, &bytes, static_cast<long>(der.size())));
  std::array<unsigned char, 2 * kCoordinate> raw{};
  const bool is_good = read && BN_bn2binpad(ECDSA_SIG_get0_r(read.get()), raw.data(), kCoordinate) == kCoordinate &&
                       BN_bn2binpad(ECDSA_SIG_get0_s(read.get()), raw.data() + kCoordinate, kCoordinate) == kCoordinate;
  if (!is_good) return unusable();
  return std::string(reinterpret_cast<const char*>(raw.data()), raw.size());
}

/// One of the two numbers of a public point.
Result<std::string> coordinate(const EVP_PKEY& key, const char* name) {
  BIGNUM* read = nullptr;
  const bool is_there = EVP_PKEY_get_bn_param(&key, name, &read) == 1;
  const Number number(read);
  std::array<unsigned char, kCoordinate> raw{};
  if (!is_there || BN_bn2binpad(number.get(), raw.data(), kCoordinate) != kCoordinate) return unusable();
  return std::string(reinterpret_cast<const char*>(raw.data()), raw.size());
}

class PemSigner final : public Signer {
 public:
  [[nodiscard]] Result<std::string> algorithm_of(const Secret& text) const override {
    ROLECALL_TRY_ASSIGN(const auto key, read_key(text));
    if (is_rsa(*key)) return std::string("RS256");
    if (is_p256(*key)) return std::string("ES256");
    return unusable();
  }

  [[nodiscard]] Result<std::string> sign(const Secret& text, std::string_view bytes) const override {
    ROLECALL_TRY_ASSIGN(const auto key, read_key(text));
    const bool is_ec = is_p256(*key);
    if (!is_ec && !is_rsa(*key)) return unusable();
    const Context context(EVP_MD_CTX_new());
    if (!context) throw std::bad_alloc();
    const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
    std::size_t length = 0;
    if (EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) != 1 ||
        EVP_DigestSign(context.get(), nullptr, &length, data, bytes.size()) != 1) {
      return unusable();
    }
    std::string signature(length, '\0');
    auto* out = reinterpret_cast<unsigned char*>(signature.data());
    if (EVP_DigestSign(context.get(), out, &length, data, bytes.size()) != 1) return unusable();
    signature.resize(length);
    return is_ec ? as_numbers(signature) : Result<std::string>(std::move(signature));
  }

  [[nodiscard]] Result<Secret> make_key() const override {
    const Key key(EVP_EC_gen("P-256"));
    const Bio bio(BIO_new(BIO_s_secmem()));
    char* text = nullptr;
    if (!key || !bio || PEM_write_bio_PrivateKey(bio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1) {
      ERR_clear_error();
      return internal_error("no key could be made");
    }
    const long length = BIO_get_mem_data(bio.get(), &text);
    return Secret(std::string(text, static_cast<std::size_t>(length)));
  }

  [[nodiscard]] Result<PublicPoint> public_point(const Secret& text) const override {
    ROLECALL_TRY_ASSIGN(const auto key, read_key(text));
    if (!is_p256(*key)) return unusable();
    ROLECALL_TRY_ASSIGN(auto x, coordinate(*key, OSSL_PKEY_PARAM_EC_PUB_X));
    ROLECALL_TRY_ASSIGN(auto y, coordinate(*key, OSSL_PKEY_PARAM_EC_PUB_Y));
    return PublicPoint{std::move(x), std::move(y)};
  }
};

}  // namespace

std::unique_ptr<Signer> make_signer() { return std::make_unique<PemSigner>(); }

}  // namespace rolecall::adapter::crypto
