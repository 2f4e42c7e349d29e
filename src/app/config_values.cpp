#include "config_values.hpp"

#include <charconv>
#include <limits>

#include "rolecall/app/configuration.hpp"
#include "rolecall/base/text.hpp"
#include "rolecall/http/egress.hpp"

namespace rolecall::app {
namespace {

std::optional<std::int64_t> parse_integer(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<double> parse_number(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

struct Unit {
  std::string_view name;
  std::int64_t factor;
};

/// A whole number not below zero, times the unit behind it.
template <std::size_t N>
std::optional<std::int64_t> parse_with_unit(std::string_view text, const Unit (&units)[N]) {
  const auto digits = text.find_first_not_of("0123456789");
  const std::string_view unit = digits == std::string_view::npos ? std::string_view() : text.substr(digits);
  const auto number = parse_integer(text.substr(0, digits));
  if (!number) return std::nullopt;
  for (const Unit& known : units) {
    if (known.name != unit) continue;
    if (*number > std::numeric_limits<std::int64_t>::max() / known.factor) return std::nullopt;
    return *number * known.factor;
  }
  return std::nullopt;
}

std::string range_of(const Key& key, std::string_view unit) {
  return "must be between " + std::to_string(key.minimum) + " and " + std::to_string(key.maximum) + std::string(unit);
}

template <typename Number>
std::optional<std::string> outside(const Key& key, Number number, std::string_view unit) {
  if (number >= static_cast<Number>(key.minimum) && number <= static_cast<Number>(key.maximum)) return std::nullopt;
  return range_of(key, unit);
}

std::optional<std::string> complaint_of_text(const Key& key, std::string_view value) {
  const bool may_hold_blanks = key.name == "storage.database" || key.name == "access.privileged_defaults";
  if (value.find_first_of("\r\n\t\"<> ") != std::string_view::npos && !may_hold_blanks) {
    return "must not hold blanks, quotes or line breaks";
  }
  const bool is_address = key.name == "server.listen" || (key.name == "metrics.listen" && !value.empty());
  if (is_address && !parse_listen(value)) return "must be HOST:PORT, as in 127.0.0.1:8080";
  if (key.name == "server.public_url" && !value.empty()) {
    if (!value.starts_with("https://") && !value.starts_with("http://")) return "must start with https:// or http://";
    if (value.find_first_of("?#") != std::string_view::npos) return "must not hold a query";
    // It is part of every address in every answer (RFC 7644 §7.1).
    if (value.find('@') != std::string_view::npos) return "must not hold a user name or password";
  }
  if (key.name == "storage.database" && !value.empty() && !value.starts_with("sqlite:")) {
    if (!is_postgresql_address(value)) return "must be sqlite:PATH or postgresql://USER@HOST/DATABASE";
  }
  return std::nullopt;
}

std::optional<std::string> complaint_of_networks(std::string_view value) {
  while (!value.empty()) {
    const auto comma = value.find(',');
    if (!http::parse_network(value.substr(0, comma))) {
      return "must hold networks like 10.0.0.0/8, without bits behind the prefix, and commas between";
    }
    value = comma == std::string_view::npos ? std::string_view() : value.substr(comma + 1);
  }
  return std::nullopt;
}

bool is_choice(std::string_view choices, std::string_view value) {
  while (!choices.empty()) {
    const auto blank = choices.find(' ');
    if (choices.substr(0, blank) == value) return true;
    choices = blank == std::string_view::npos ? std::string_view() : choices.substr(blank + 1);
  }
  return false;
}

}  // namespace

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  static constexpr Unit kUnits[] = {{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}};
  const auto milliseconds = parse_with_unit(text, kUnits);
  if (!milliseconds) return std::nullopt;
  return std::chrono::milliseconds(*milliseconds);
}

std::optional<std::int64_t> parse_size(std::string_view text) {
  static constexpr Unit kUnits[] = {
      {"", 1}, {"B", 1}, {"KiB", 1024}, {"MiB", 1024 * 1024}, {"GiB", 1024 * 1024 * 1024}};
  return parse_with_unit(text, kUnits);
}

std::optional<std::pair<std::string, std::uint16_t>> parse_listen(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto port = parse_integer(text.substr(colon + 1));
  std::string_view host = text.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return std::nullopt;
  }
  if (!port || *port < 0 || *port > 65535 || host.empty()) return std::nullopt;
  return std::pair(std::string(host), static_cast<std::uint16_t>(*port));
}

bool is_postgresql_address(std::string_view text) {
  return text.starts_with("postgresql://") || text.starts_with("postgres://");
}

std::string without_password(std::string_view address) {
  const auto begin = address.find("://");
  const auto at = address.find('@');
  if (begin == std::string_view::npos) return std::string(address);
  std::string shown(address);
  // In the query first, whose place moves when something in front of it goes.
  if (const auto password = shown.find("password="); password != std::string::npos) {
    const auto value = password + std::string_view("password=").size();
    shown.replace(value, shown.find('&', value) - value, "***");
  }
  const auto colon = address.find(':', begin + 3);
  if (at != std::string_view::npos && colon < at) shown.replace(colon + 1, at - colon - 1, "***");
  return shown;
}

std::optional<std::string> complaint(const Key& key, std::string_view value) {
  if (value.find('\0') != std::string_view::npos || !is_valid_utf8(value)) return "must be UTF-8 text";
  switch (key.kind) {
    case Kind::text:
      return complaint_of_text(key, value);
    case Kind::integer: {
      const auto number = parse_integer(value);
      return number ? outside(key, *number, "") : std::optional<std::string>(range_of(key, ""));
    }
    case Kind::number: {
      const auto number = parse_number(value);
      return number ? outside(key, *number, "") : std::optional<std::string>(range_of(key, ""));
    }
    case Kind::boolean:
      if (value == "true" || value == "false") return std::nullopt;
      return "must be true or false";
    case Kind::size: {
      const auto bytes = parse_size(value);
      return bytes ? outside(key, *bytes, " bytes") : std::optional<std::string>("must be a size, as in 64KiB");
    }
    case Kind::duration: {
      const auto time = parse_duration(value);
      return time ? outside(key, time->count(), " milliseconds")
                  : std::optional<std::string>("must be a time, as in 500ms, 10s, 5m, 12h or 30d");
    }
    case Kind::networks:
      return complaint_of_networks(value);
    case Kind::choice:
      if (is_choice(key.choices, value)) return std::nullopt;
      return "must be one of: " + std::string(key.choices);
    case Kind::secret: {
      if (key.name == "storage.dsn") {
        if (value.empty() || is_postgresql_address(value)) return std::nullopt;
        return "must be postgresql://USER:PASSWORD@HOST/DATABASE";
      }
      constexpr std::size_t kShortest = 32;
      if (value.empty()) return std::nullopt;
      // A header cannot carry blanks at its ends, so that such a token would open nothing, or less than it says.
      if (value.front() == ' ' || value.back() == ' ') return "must not begin or end with a blank";
      if (value.size() >= kShortest) return std::nullopt;
      return "must be 32 characters at least";
    }
  }
  return std::nullopt;
}

std::int64_t Configuration::integer(std::string_view key) const {
  const std::string& value = entry(key).value;
  return parse_size(value).value_or(parse_integer(value).value_or(0));
}

double Configuration::number(std::string_view key) const { return parse_number(entry(key).value).value_or(0); }

std::chrono::milliseconds Configuration::duration(std::string_view key) const {
  return parse_duration(entry(key).value).value_or(std::chrono::milliseconds(0));
}

}  // namespace rolecall::app
