#include "rolecall/adapter/crypto/certificate.hpp"

#include <openssl/err.h>
#include <openssl/x509.h>

#include <limits>
#include <memory>
#include <string>

namespace rolecall::adapter::crypto {
namespace {

struct Free {
  void operator()(X509* certificate) const { X509_free(certificate); }
};

}  // namespace

bool is_certificate(std::string_view der) {
  if (der.empty() || der.size() > std::numeric_limits<int>::max()) return false;
  const auto* bytes = reinterpret_cast<const unsigned char*>(der.data());
  const auto* at = bytes;
  const std::unique_ptr<X509, Free> certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  // What the parser had to say stays in the thread's queue, and would be taken for the fault of the next caller.
  ERR_clear_error();
  if (!certificate || at != bytes + der.size()) return false;
  // The parser takes other encodings of the same content as well; written again it is DER.
  const int length = i2d_X509(certificate.get(), nullptr);
  if (length < 0 || static_cast<std::size_t>(length) != der.size()) return false;
  std::string again(der.size(), '\0');
  auto* out = reinterpret_cast<unsigned char*>(again.data());
  return i2d_X509(certificate.get(), &out) == length && again == der;
}

}  // namespace rolecall::adapter::crypto
