#include "rolecall/http/egress.hpp"

#include <algorithm>
#include <charconv>

namespace rolecall::http {
namespace {

constexpr int kIpv4Bits = 96;  ///< of the prefix that every IPv4 address begins with

struct Block {
  std::string_view network;
  std::string_view what;
};

/// IANA's registries of special-purpose addresses (RFC 6890 and what came later), and two that clouds use.
constexpr Block kSpecialIpv4[] = {
    {"0.0.0.0/8", "this network"},
    {"10.0.0.0/8", "private"},
    {"100.64.0.0/10", "shared, and the metadata service of Alibaba Cloud"},
    {"127.0.0.0/8", "loopback"},
    {"168.63.129.16/32", "Azure's host"},
    {"169.254.0.0/16", "link-local, and the metadata services of most clouds"},
    {"172.16.0.0/12", "private"},
    {"192.0.0.0/24", "protocol assignments, and the metadata service of Oracle Cloud"},
    {"192.0.2.0/24", "documentation"},
    {"192.31.196.0/24", "AS112"},
    {"192.52.193.0/24", "AMT"},
    {"192.88.99.0/24", "6to4 relays"},
    {"192.168.0.0/16", "private"},
    {"192.175.48.0/24", "AS112"},
    {"198.18.0.0/15", "benchmarks"},
    {"198.51.100.0/24", "documentation"},
    {"203.0.113.0/24", "documentation"},
    {"224.0.0.0/4", "multicast"},
    {"240.0.0.0/4", "reserved, and broadcast"},
};
/// Of 2000::/3; nothing outside of it is public. ULA (fd00:ec2::254 is a metadata service), link-local, loopback,
/// multicast and the addresses with an IPv4 one in them lie outside, besides these.
constexpr Block kSpecialIpv6[] = {
    {"2001::/23", "protocol assignments, and Teredo"},
    {"2001:db8::/32", "documentation"},
    {"2002::/16", "6to4"},
    {"2620:4f:8000::/48", "AS112"},
    {"3fff::/20", "documentation"},
};

template <std::size_t N>
std::vector<Network> networks_of(const Block (&blocks)[N]) {
  std::vector<Network> networks;
  for (const Block& block : blocks) networks.push_back(*parse_network(block.network));
  return networks;
}

bool is_in(const std::vector<Network>& networks, const Address& address) {
  return std::any_of(networks.begin(), networks.end(),
                     [&](const Network& network) { return network.contains(address); });
}

std::optional<unsigned> parse_decimal(std::string_view text, unsigned most) {
  if (text.empty() || (text.size() > 1 && text.front() == '0')) return std::nullopt;
  unsigned number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_whole = error == std::errc() && end == text.data() + text.size();
  return is_whole && number <= most ? std::optional(number) : std::nullopt;
}

std::optional<Address> parse_ipv4(std::string_view text) {
  std::array<std::uint8_t, 4> parts{};
  for (std::size_t at = 0; at < parts.size(); ++at) {
    const auto dot = text.find('.');
    if ((dot == std::string_view::npos) != (at == parts.size() - 1)) return std::nullopt;
    const auto part = parse_decimal(text.substr(0, dot), 255);
    if (!part) return std::nullopt;
    parts[at] = static_cast<std::uint8_t>(*part);
    text = dot == std::string_view::npos ? std::string_view() : text.substr(dot + 1);
  }
  return ipv4(parts[0], parts[1], parts[2], parts[3]);
}

/// Groups of IPv6, as far as one side of `::` has them.
bool read_groups(std::string_view text, std::vector<std::uint16_t>& groups) {
  while (!text.empty()) {
    const auto colon = text.find(':');
    const std::string_view part = text.substr(0, colon);
    const bool is_last = colon == std::string_view::npos;
    if (is_last && part.find('.') != std::string_view::npos) {
      const auto tail = parse_ipv4(part);
      if (!tail) return false;
      for (const std::size_t at : {12U, 14U}) {
        groups.push_back(static_cast<std::uint16_t>(tail->bytes[at] * 256 + tail->bytes[at + 1]));
      }
      return true;
    }
    constexpr std::size_t kDigits = 4;
    constexpr int kBase = 16;
    std::uint16_t group = 0;
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), group, kBase);
    if (part.empty() || part.size() > kDigits || error != std::errc() || end != part.data() + part.size()) return false;
    groups.push_back(group);
    if (is_last) return true;
    text = text.substr(colon + 1);
    if (text.empty()) return false;
  }
  return true;
}

std::optional<Address> parse_ipv6(std::string_view text) {
  constexpr std::size_t kGroups = 8;
  constexpr std::size_t kLongest = 45;
  if (text.size() > kLongest) return std::nullopt;
  const auto gap = text.find("::");
  std::vector<std::uint16_t> front;
  std::vector<std::uint16_t> back;
  if (!read_groups(text.substr(0, gap), front)) return std::nullopt;
  if (gap == std::string_view::npos) {
    if (front.size() != kGroups) return std::nullopt;
  } else {
    const std::string_view rest = text.substr(gap + 2);
    if (rest.starts_with(':') || text.substr(0, gap).find('.') != std::string_view::npos) return std::nullopt;
    if (!read_groups(rest, back) || front.size() + back.size() >= kGroups) return std::nullopt;
  }
  Address address;
  const auto put = [&address](std::size_t at, std::uint16_t group) {
    address.bytes[at * 2] = static_cast<std::uint8_t>(group >> 8U);
    address.bytes[at * 2 + 1] = static_cast<std::uint8_t>(group & 0xFFU);
  };
  for (std::size_t at = 0; at < front.size(); ++at) put(at, front[at]);
  for (std::size_t at = 0; at < back.size(); ++at) put(kGroups - back.size() + at, back[at]);
  return address;
}

/// Letters, digits, hyphens and dots (RFC 1123 §2.1); names in other scripts come in their ASCII form.
bool is_name(std::string_view host) {
  constexpr std::size_t kLongestName = 253;
  constexpr std::size_t kLongestLabel = 63;
  if (host.empty() || host.size() > kLongestName) return false;
  while (!host.empty()) {
    const auto dot = host.find('.');
    const std::string_view label = host.substr(0, dot);
    const auto is_of_label = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
    };
    if (label.empty() || label.size() > kLongestLabel || label.front() == '-' || label.back() == '-') return false;
    if (!std::all_of(label.begin(), label.end(), is_of_label)) return false;
    if (dot == std::string_view::npos) return true;
    host = host.substr(dot + 1);
  }
  return false;
}

/// Resolvers take `127.1`, `0x7f.1` and `2130706433` for addresses. The last label of a name begins with a letter
/// (RFC 3696 §2), that of a number never does.
bool looks_like_number(std::string_view host) {
  const std::string_view last = host.substr(host.rfind('.') + 1);
  return last.empty() || (last.front() >= '0' && last.front() <= '9');
}

tl::unexpected<Error> refused(std::string sentence) {
  return fail(ErrorCode::invalid_value, std::move(sentence), "url");
}

Result<std::uint16_t> port_in(std::string_view text, std::uint16_t otherwise) {
  if (text.empty()) return otherwise;
  constexpr unsigned kMost = 65535;
  const auto port = parse_decimal(text, kMost);
  if (!port || *port == 0) return refused("The port of the URL is no number from 1 to 65535.");
  return static_cast<std::uint16_t>(*port);
}

Result<void> check_host(OutsideUrl& url, std::string_view host, const EgressPolicy& policy) {
  url.host = std::string(host);
  url.literal = parse_address(host);
  if (url.literal) {
    if (may_connect(policy, *url.literal, url.is_plain_http)) return {};
    return fail_with_next(ErrorCode::invalid_value, "This server sends nothing to the address " + url.host + ".",
                          "Private networks have to be named in the setting egress.allow.", "url");
  }
  if (!is_name(host)) return refused("The URL needs a host name of letters, digits, hyphens and dots.");
  if (looks_like_number(host)) return refused("The host of the URL is neither a name nor an address.");
  const bool is_public_name = host.find('.') != std::string_view::npos;
  if (!is_public_name && policy.allowed.empty()) return refused("The host of the URL is no name on the internet.");
  return {};
}

}  // namespace

bool Address::is_ipv4() const {
  static constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  return std::equal(kMapped.begin(), kMapped.end(), bytes.begin());
}

Address ipv4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d) {
  return {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, d}};
}

std::optional<Address> parse_address(std::string_view text) {
  return text.find(':') == std::string_view::npos ? parse_ipv4(text) : parse_ipv6(text);
}

bool Network::contains(const Address& other) const {
  for (int bit = 0; bit < bits; bit += 8) {
    const auto at = static_cast<std::size_t>(bit / 8);
    const int kept = std::min(8, bits - bit);
    const auto mask = static_cast<std::uint8_t>(0xFF00U >> static_cast<unsigned>(kept));
    if ((address.bytes[at] & mask) != (other.bytes[at] & mask)) return false;
  }
  return true;
}

std::optional<Network> parse_network(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = parse_address(text.substr(0, slash));
  if (!address) return std::nullopt;
  Network network{*address, 128};
  if (slash == std::string_view::npos) return network;
  const bool is_short = text.find(':') == std::string_view::npos;
  const auto bits = parse_decimal(text.substr(slash + 1), is_short ? 32 : 128);
  if (!bits) return std::nullopt;
  network.bits = static_cast<int>(*bits) + (is_short ? kIpv4Bits : 0);
  for (int bit = network.bits; bit < 128; ++bit) {
    const unsigned byte = address->bytes[static_cast<std::size_t>(bit / 8)];
    if ((byte >> static_cast<unsigned>(7 - bit % 8) & 1U) != 0) return std::nullopt;
  }
  return network;
}

bool is_public(const Address& address) {
  static const auto kIpv4 = networks_of(kSpecialIpv4);
  static const auto kIpv6 = networks_of(kSpecialIpv6);
  static const Network kGlobal = *parse_network("2000::/3");
  static const Network kNat64 = *parse_network("64:ff9b::/96");
  if (kNat64.contains(address)) {
    return !is_in(kIpv4, ipv4(address.bytes[12], address.bytes[13], address.bytes[14], address.bytes[15]));
  }
  if (address.is_ipv4()) return !is_in(kIpv4, address);
  return kGlobal.contains(address) && !is_in(kIpv6, address);
}

bool may_connect(const EgressPolicy& policy, const Address& address, bool is_plain_http) {
  if (is_in(policy.allowed, address)) return !is_plain_http || policy.allows_plain_http;
  return !is_plain_http && is_public(address);
}

Result<OutsideUrl> check_outside_url(std::string_view text, const EgressPolicy& policy, std::size_t longest) {
  if (text.size() > longest) {
    return refused("The URL is longer than " + std::to_string(longest) + " bytes.");
  }
  // Visible ASCII without what URLs do not hold; a backslash is a slash to some readers.
  const auto is_of_url = [](char c) {
    return c > ' ' && c < '\x7f' && std::string_view("\\\"<>^`{|}").find(c) == std::string_view::npos;
  };
  if (!std::all_of(text.begin(), text.end(), is_of_url)) return refused("The URL holds a character that no URL holds.");
  OutsideUrl url;
  url.is_plain_http = text.starts_with("http://");
  if (url.is_plain_http && !policy.allows_plain_http) return refused("The URL must start with https://.");
  if (!url.is_plain_http && !text.starts_with("https://")) return refused("The URL must start with https://.");
  std::string_view rest = text.substr(text.find("//") + 2);
  if (rest.find('#') != std::string_view::npos) return refused("The URL must not hold a fragment.");
  std::string_view authority = rest.substr(0, rest.find_first_of("/?"));
  if (authority.find('@') != std::string_view::npos) {
    return refused("The URL must not hold a user name or password; the signature tells that a request is genuine.");
  }
  if (authority.find('%') != std::string_view::npos) return refused("The host of the URL must not be encoded.");
  std::string_view host = authority.substr(0, authority.find(':'));
  std::string_view port = authority.size() > host.size() ? authority.substr(host.size()) : std::string_view();
  if (authority.starts_with('[')) {
    const auto end = authority.find(']');
    if (end == std::string_view::npos) return refused("The host of the URL lacks its closing bracket.");
    host = authority.substr(1, end - 1);
    port = authority.substr(end + 1);
    if (host.find(':') == std::string_view::npos || !parse_address(host)) {
      return refused("The host of the URL is no IPv6 address.");
    }
  }
  if (!port.empty() && (port.front() != ':' || port.size() == 1))
    return refused("The port of the URL is not readable.");
  ROLECALL_TRY_ASSIGN(url.port, port_in(port.empty() ? port : port.substr(1), url.is_plain_http ? 80 : 443));
  ROLECALL_TRY(check_host(url, host, policy));
  return url;
}

}  // namespace rolecall::http
