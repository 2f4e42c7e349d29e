#include "formats.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

namespace rolecall::resource {
namespace {

bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_alphanumeric(char c) { return is_alpha(c) || is_digit(c); }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

bool all(std::string_view text, bool (*is)(char)) { return std::all_of(text.begin(), text.end(), is); }
bool has_size(std::string_view text, std::size_t least, std::size_t most) {
  return text.size() >= least && text.size() <= most;
}

/// Takes what stands before `separator`; at the end the rest, and then nothing more.
std::optional<std::string_view> next_part(std::optional<std::string_view>& rest, char separator) {
  if (!rest) return std::nullopt;
  const auto at = rest->find(separator);
  const std::string_view part = rest->substr(0, at);
  rest = at == std::string_view::npos ? std::nullopt : std::optional(rest->substr(at + 1));
  return part;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  std::optional<std::string_view> rest(text);
  while (const auto part = next_part(rest, separator)) parts.push_back(*part);
  return parts;
}

std::string_view without_blanks_around(std::string_view text) {
  constexpr std::string_view kBlanks = " \t";
  const auto first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

// White_Space of the Unicode standard, and the zero-width characters that look like less.
constexpr std::array<std::string_view, 28> kWhiteSpace{
    "\t",           "\n",           "\v",           "\f",           "\r",           " ",
    "\xC2\x85",     "\xC2\xA0",     "\xE1\x9A\x80", "\xE2\x80\x80", "\xE2\x80\x81", "\xE2\x80\x82",
    "\xE2\x80\x83", "\xE2\x80\x84", "\xE2\x80\x85", "\xE2\x80\x86", "\xE2\x80\x87", "\xE2\x80\x88",
    "\xE2\x80\x89", "\xE2\x80\x8A", "\xE2\x80\x8B", "\xE2\x80\xA8", "\xE2\x80\xA9", "\xE2\x80\xAF",
    "\xE2\x81\x9F", "\xE2\x81\xA0", "\xE3\x80\x80", "\xEF\xBB\xBF"};

/// What RFC 3986 lets stand in no URI at all, and each % must start an escape.
bool has_uri_characters(std::string_view text) {
  constexpr std::string_view kForbidden = " \"<>\\^`{|}\x7f";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if ((c >= 0 && c < ' ') || kForbidden.find(c) != std::string_view::npos) return false;
    if (c == '%' && (text.size() - i < 3 || !is_hex(text[i + 1]) || !is_hex(text[i + 2]))) return false;
  }
  return true;
}

/// `host[:port]` with a user before it or not. An address of IPv6 stands in brackets, and nothing else does.
bool is_authority(std::string_view authority) {
  if (const auto at = authority.rfind('@'); at != std::string_view::npos) {
    if (authority.substr(0, at).find_first_of("[]@") != std::string_view::npos) return false;
    authority.remove_prefix(at + 1);
  }
  std::string_view port;
  if (authority.starts_with('[')) {
    const auto end = authority.find(']');
    if (end == std::string_view::npos) return false;
    const std::string_view address = authority.substr(1, end - 1);
    const bool is_future = address.starts_with('v') || address.starts_with('V');
    if (address.find(':') == std::string_view::npos && !is_future) return false;
    if (!is_future && address.find_first_not_of("0123456789abcdefABCDEF:.") != std::string_view::npos) return false;
    port = authority.substr(end + 1);
    if (!port.empty() && port.front() != ':') return false;
  } else {
    const auto colon = authority.find(':');
    if (authority.find_first_of("[]") != std::string_view::npos) return false;
    port = colon == std::string_view::npos ? std::string_view() : authority.substr(colon);
  }
  return port.empty() || all(port.substr(1), is_digit);
}

/// "0.8" and the like (RFC 9110 §12.4.2).
bool is_weight(std::string_view text) {
  if (text.size() < 3 || (text[0] != 'q' && text[0] != 'Q') || text[1] != '=') return false;
  const std::string_view value = text.substr(2);
  if ((value[0] != '0' && value[0] != '1') || value.size() > 5) return false;
  if (value.size() == 1) return true;
  const std::string_view digits = value.substr(2);
  return value[1] == '.' && (value[0] == '0' ? all(digits, is_digit) : all(digits, [](char c) { return c == '0'; }));
}

bool is_language_range(std::string_view text) {
  if (text == "*") return true;
  const auto parts = split(text, '-');
  return has_size(parts[0], 1, 8) && all(parts[0], is_alpha) &&
         std::all_of(parts.begin() + 1, parts.end(),
                     [](std::string_view part) { return has_size(part, 1, 8) && all(part, is_alphanumeric); });
}

/// The subtags of a language tag, in the order of the grammar.
class TagReader {
 public:
  explicit TagReader(std::vector<std::string_view> parts) : parts_(std::move(parts)) {}

  bool read() {
    const auto is_single = [&](char c) { return size() == 1 && (part()[0] == c || part()[0] == c - ('a' - 'A')); };
    if (is_single('x')) return read_tail(1) && is_done();
    if (is_single('i')) return read_tail(3) && is_done();  // registered before the grammar was made
    if (!has_size(part(), 2, 8) || !all(part(), is_alpha)) return false;
    const bool may_be_extended = size() <= 3;
    ++at_;
    for (int i = 0; i < 3 && may_be_extended && is_alphabetic(3); ++i) ++at_;
    if (is_alphabetic(4)) ++at_;                                                          // script
    if (is_alphabetic(2) || (!is_done() && size() == 3 && all(part(), is_digit))) ++at_;  // region
    while (!is_done() && (has_size(part(), 5, 8) || (size() == 4 && is_digit(part()[0])))) ++at_;
    while (!is_done() && size() == 1 && !is_single('x')) {
      if (!read_tail(2)) return false;
    }
    if (!is_done() && is_single('x') && !read_tail(1)) return false;
    return is_done();
  }

 private:
  [[nodiscard]] bool is_done() const { return at_ == parts_.size(); }
  [[nodiscard]] std::string_view part() const { return parts_[at_]; }
  [[nodiscard]] std::size_t size() const { return part().size(); }
  [[nodiscard]] bool is_alphabetic(std::size_t length) const {
    return !is_done() && size() == length && all(part(), is_alpha);
  }
  /// A single letter or digit and at least one subtag of its own.
  bool read_tail(std::size_t least) {
    const std::size_t first = ++at_;
    while (!is_done() && has_size(part(), least, 8)) ++at_;
    return at_ > first;
  }

  std::vector<std::string_view> parts_;
  std::size_t at_ = 0;
};

// ISO 3166-1 alpha-2, the officially assigned ones.
constexpr std::string_view kCountries =
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA "
    "CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA "
    "GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP "
    "KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS "
    "MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS "
    "RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW "
    "TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

}  // namespace

bool is_blank(std::string_view text) {
  while (!text.empty()) {
    const auto found = std::find_if(kWhiteSpace.begin(), kWhiteSpace.end(),
                                    [&](std::string_view space) { return text.starts_with(space); });
    if (found == kWhiteSpace.end()) return false;
    text.remove_prefix(found->size());
  }
  return true;
}

std::string_view scheme_of(std::string_view uri) {
  const auto colon = uri.find(':');
  if (colon == std::string_view::npos || colon == 0 || !is_alpha(uri[0])) return {};
  const std::string_view scheme = uri.substr(0, colon);
  return all(scheme, [](char c) { return is_alphanumeric(c) || c == '+' || c == '-' || c == '.'; })
             ? scheme
             : std::string_view();
}

bool is_uri_reference(std::string_view text) {
  if (!has_uri_characters(text)) return false;
  const std::string_view scheme = scheme_of(text);
  if (!scheme.empty()) text.remove_prefix(scheme.size() + 1);
  const std::string_view hierarchy = text.substr(0, text.find_first_of("?#"));
  // Without a scheme, a colon in the first segment would be the end of one.
  if (scheme.empty() && hierarchy.substr(0, hierarchy.find('/')).find(':') != std::string_view::npos) return false;
  if (const auto fragment = text.find('#'); fragment != std::string_view::npos) {
    if (text.find('#', fragment + 1) != std::string_view::npos) return false;
  }
  if (!hierarchy.starts_with("//")) return hierarchy.find_first_of("[]") == std::string_view::npos;
  const auto path = hierarchy.find('/', 2);
  return is_authority(hierarchy.substr(2, path == std::string_view::npos ? path : path - 2)) &&
         (path == std::string_view::npos || hierarchy.substr(path).find_first_of("[]") == std::string_view::npos);
}

bool is_language_ranges(std::string_view text) {
  std::optional<std::string_view> rest(text);
  while (const auto item = next_part(rest, ',')) {
    const auto semicolon = item->find(';');
    if (!is_language_range(without_blanks_around(item->substr(0, semicolon)))) return false;
    if (semicolon != std::string_view::npos && !is_weight(without_blanks_around(item->substr(semicolon + 1)))) {
      return false;
    }
  }
  return true;
}

bool is_language_tag(std::string_view text) {
  std::string hyphens(text);
  std::replace(hyphens.begin(), hyphens.end(), '_', '-');
  const auto parts = split(hyphens, '-');
  const bool has_subtags = std::all_of(parts.begin(), parts.end(), [](std::string_view part) {
    return has_size(part, 1, 8) && all(part, is_alphanumeric);
  });
  return has_subtags && TagReader(parts).read();
}

bool is_country(std::string_view text) {
  if (text.size() != 2 || !all(text, is_alpha)) return false;
  std::string upper(text);
  for (char& c : upper) c = static_cast<char>(c & ~0x20);
  return kCountries.find(upper) != std::string_view::npos;
}

}  // namespace rolecall::resource
