#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rolecall/base/result.hpp"

// Where this server may send requests of its own. Addresses of webhooks are typed in by people who administer roles,
// not the network: none of them may become a way to what only this machine can reach. Pure; the client in adapter/curl
// asks it about the very address it is about to connect to.

namespace rolecall::http {

/// An IPv6 address, or an IPv4 one as ::ffff:a.b.c.d.
struct Address {
  std::array<std::uint8_t, 16> bytes{};

  [[nodiscard]] bool is_ipv4() const;
  bool operator==(const Address&) const = default;
};
[[nodiscard]] Address ipv4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d);
/// Four decimal numbers without leading zeros, or IPv6 (RFC 4291 §2.2) without zone and brackets. None of the older
/// spellings (`127.1`, `0x7f000001`, `2130706433`, `0177.0.0.1`).
[[nodiscard]] std::optional<Address> parse_address(std::string_view text);

struct Network {
  Address address;
  int bits = 128;  ///< of the 128

  [[nodiscard]] bool contains(const Address& other) const;
};
/// "10.0.0.0/8", "fd00::/8"; a single address is a network of itself. Bits behind the prefix must be zero.
[[nodiscard]] std::optional<Network> parse_network(std::string_view text);

struct EgressPolicy {
  std::vector<Network> allowed;    ///< besides what is public
  bool allows_plain_http = false;  ///< to addresses in `allowed` alone
};

/// Somewhere on the internet: not private, loopback, link-local, shared, reserved, documentation, multicast or of a
/// cloud's metadata service, and no IPv6 address that an IPv4 one of those hides in (mapped, NAT64, 6to4, Teredo).
[[nodiscard]] bool is_public(const Address& address);
/// The one decision about a connection.
[[nodiscard]] bool may_connect(const EgressPolicy& policy, const Address& address, bool is_plain_http);

inline constexpr std::size_t kLongestUrl = 1000;         ///< of one that somebody types
inline constexpr std::size_t kLongestRequestUrl = 8000;  ///< of one that is sent: cursors of providers are long

struct OutsideUrl {
  bool is_plain_http = false;
  std::string host;  ///< without brackets
  std::uint16_t port = 443;
  std::optional<Address> literal;  ///< of the host, when it is one
};
/// `invalid_value`, with a sentence, for whatever a request must not be sent to: not https (or http where that is
/// allowed), user information, fragments, other characters than URLs have, hosts that look like a number and are no
/// address, names without a dot unless an allowed network could hold them, and literal addresses that may not be
/// connected to. What a name resolves to is seen when it is connected to.
[[nodiscard]] Result<OutsideUrl> check_outside_url(std::string_view url, const EgressPolicy& policy,
                                                   std::size_t longest = kLongestUrl);

}  // namespace rolecall::http
