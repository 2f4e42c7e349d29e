#include "rolecall/administration/token_format.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string>

#include "rolecall/base/encoding.hpp"

namespace rolecall::administration {
namespace {

constexpr std::string_view kTokenPrefix = "rolecall_";
constexpr std::string_view kSessionPrefix = "rolecall_session_";
constexpr std::size_t kIdBytes = 8;
constexpr std::size_t kSecretBytes = 32;
constexpr std::size_t kIdLength = 16;
constexpr std::size_t kSecretLength = 43;
constexpr std::size_t kChecksumLength = 8;
constexpr std::size_t kBodyLength = kIdLength + 1 + kSecretLength + 1 + kChecksumLength;
static_assert(kTokenPrefix.size() + kBodyLength == kTokenLength);
static_assert(kSessionPrefix.size() + kBodyLength == kSessionSecretLength);

template <std::size_t kCount>
std::string random_bytes(RandomSource& random) {
  std::string bytes(kCount, '\0');
  random.fill(std::as_writable_bytes(std::span(bytes.data(), bytes.size())));
  return bytes;
}

std::string checksum_of(std::string_view text) {
  const std::uint32_t sum = crc32(text);
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(static_cast<unsigned char>(sum >> shift));
  return to_hex(bytes);
}

bool is_lower_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

GeneratedToken generate(std::string_view prefix, RandomSource& random, const Digest& digest) {
  GeneratedToken generated;
  generated.id = TokenId(to_hex(random_bytes<kIdBytes>(random)));
  std::string text(prefix);
  // One allocation: a grown string would leave copies of the secret behind.
  text.reserve(prefix.size() + kBodyLength);
  text += generated.id.value();
  text += '_';
  text += Secret(to_base64url(Secret(random_bytes<kSecretBytes>(random)).expose())).expose();
  const std::string checksum = checksum_of(text);
  text += '_';
  text += checksum;
  generated.digest = digest.sha256(text);
  generated.token = Secret(std::move(text));
  return generated;
}

/// The id.
std::optional<std::string> parse(std::string_view prefix, std::string_view presented) {
  const std::size_t secret_at = prefix.size() + kIdLength + 1;
  const std::size_t checksum_at = secret_at + kSecretLength + 1;
  if (presented.size() != prefix.size() + kBodyLength || !presented.starts_with(prefix)) return std::nullopt;
  if (presented[secret_at - 1] != '_' || presented[checksum_at - 1] != '_') return std::nullopt;
  const auto id = presented.substr(prefix.size(), kIdLength);
  if (!std::all_of(id.begin(), id.end(), is_lower_hex)) return std::nullopt;
  if (checksum_of(presented.substr(0, checksum_at - 1)) != presented.substr(checksum_at)) return std::nullopt;
  return std::string(id);
}

}  // namespace

GeneratedToken generate_token(RandomSource& random, const Digest& digest) {
  return generate(kTokenPrefix, random, digest);
}

GeneratedToken generate_session_secret(RandomSource& random, const Digest& digest) {
  return generate(kSessionPrefix, random, digest);
}

std::optional<ParsedToken> parse_token(std::string_view presented) {
  auto id = parse(kTokenPrefix, presented);
  if (!id) return std::nullopt;
  return ParsedToken{TokenId(std::move(*id))};
}

std::optional<SessionId> parse_session_secret(std::string_view presented) {
  auto id = parse(kSessionPrefix, presented);
  if (!id) return std::nullopt;
  return SessionId(std::move(*id));
}

bool is_session_secret(std::string_view presented) { return presented.starts_with(kSessionPrefix); }

bool is_live(const store::TokenRecord& record, Instant now) {
  return !record.revoked && (!record.expires || now < *record.expires) && (!record.retires || now < *record.retires);
}

bool verify_token(const store::TokenRecord& record, std::string_view presented, Instant now, const Digest& digest) {
  const bool is_same = constant_time_equal(digest.sha256(presented), record.digest);
  return is_same && is_live(record, now);
}

}  // namespace rolecall::administration
