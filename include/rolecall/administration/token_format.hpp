#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "rolecall/administration/environment.hpp"
#include "rolecall/base/secret.hpp"

// A token is `rolecall_<id>_<secret>_<checksum>`, 78 printable ASCII characters:
//   id        16 lower-case hex digits, public: names the token in lists, logs and the audit
//   secret    43 characters of base64url, 256 random bits
//   checksum  8 lower-case hex digits, CRC-32 of everything before its underscore; finds typing errors and lets secret
//             scanners recognise a token without asking us
// The secret of a session is the same behind `rolecall_session_`, 86 characters.
// Stored is only the SHA-256 of the whole token; with 256 random bits nothing slower is needed.

namespace rolecall::administration {

inline constexpr std::size_t kTokenLength = 78;
inline constexpr std::size_t kSessionSecretLength = 86;

struct GeneratedToken {
  TokenId id;
  Secret token;
  std::string digest;  ///< 32 raw bytes, for TokenRecord
};
[[nodiscard]] GeneratedToken generate_token(RandomSource& random, const Digest& digest);
[[nodiscard]] GeneratedToken generate_session_secret(RandomSource& random, const Digest& digest);

struct ParsedToken {
  TokenId id;
};
/// None for a wrong length, shape or checksum: no database is asked about those.
[[nodiscard]] std::optional<ParsedToken> parse_token(std::string_view presented);
/// Likewise.
[[nodiscard]] std::optional<SessionId> parse_session_secret(std::string_view presented);
/// Is it meant for a session, be it good or not? No token begins so.
[[nodiscard]] bool is_session_secret(std::string_view presented);

/// Is `presented` this token, and alive? The digest comparison takes constant time.
[[nodiscard]] bool verify_token(const store::TokenRecord& record, std::string_view presented, Instant now,
                                const Digest& digest);
/// Neither revoked nor expired nor retired by its successor.
[[nodiscard]] bool is_live(const store::TokenRecord& record, Instant now);

}  // namespace rolecall::administration
