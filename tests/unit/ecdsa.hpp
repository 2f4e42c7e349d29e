#pragma once

#include <openssl/bn.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <string>
#include <string_view>

// Signatures as a JWS has them, checked by OpenSSL itself and by nothing of ours.

namespace rolecall::tests {

/// Two numbers of 32 bytes as OpenSSL wants them.
inline std::string as_der(const std::string& raw) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(raw.data());
  ECDSA_SIG* signature = ECDSA_SIG_new();
  ECDSA_SIG_set0(signature, BN_bin2bn(bytes, 32, nullptr), BN_bin2bn(bytes + 32, 32, nullptr));
  unsigned char* out = nullptr;
  const int length = i2d_ECDSA_SIG(signature, &out);
  std::string der(reinterpret_cast<const char*>(out), static_cast<std::size_t>(length));
  OPENSSL_free(out);
  ECDSA_SIG_free(signature);
  return der;
}

/// Whether the key with this public point, of 32 bytes a number, signed the text with ES256.
inline bool is_signed_by(const std::string& x, const std::string& y, std::string_view text, const std::string& raw) {
  if (x.size() != 32 || y.size() != 32 || raw.size() != 64) return false;
  // A SubjectPublicKeyInfo of P-256 (RFC 5480 §2.1) up to the point, which is not compressed.
  constexpr unsigned char kHead[] = {0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06,
                                     0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04};
  const std::string der = std::string(reinterpret_cast<const char*>(kHead), sizeof kHead) + x + y;
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  EVP_PKEY* key = d2i_PUBKEY(nullptr, &at, static_cast<long>(der.size()));
  if (key == nullptr) return false;
  const std::string signature = as_der(raw);
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  const bool is_good =
      EVP_DigestVerifyInit(context, nullptr, EVP_sha256(), nullptr, key) == 1 &&
      EVP_DigestVerify(context, reinterpret_cast<const unsigned char*>(signature.data()), signature.size(),
                       reinterpret_cast<const unsigned char*>(text.data()), text.size()) == 1;
  EVP_MD_CTX_free(context);
  EVP_PKEY_free(key);
  return is_good;
}

}  // namespace rolecall::tests
