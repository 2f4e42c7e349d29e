#include "rolecall/schema/value_key.hpp"

#include <array>
#include <bit>
#include <charconv>
#include <cstdint>

#include "rolecall/base/timestamp.hpp"
#include "rolecall/json/write.hpp"

namespace rolecall::schema {
namespace {

constexpr std::uint64_t kSignBit = std::uint64_t{1} << 63U;

/// Sixteen hexadecimal digits: equal width, so that text order is numeric order.
std::string fixed_width(std::uint64_t bits) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text(16, '0');
  for (std::size_t i = 16; i-- > 0; bits >>= 4U) text[i] = kDigits[bits & 0xFU];
  return text;
}

/// IEEE 754 order: positive numbers get the sign bit set, negative ones are inverted.
std::string key_of_decimal(double number) {
  if (number == 0) number = 0;  // -0 equals 0
  const auto bits = std::bit_cast<std::uint64_t>(number);
  return fixed_width((bits & kSignBit) != 0 ? ~bits : bits | kSignBit);
}

}  // namespace

std::string key_of_integer(std::int64_t number) { return fixed_width(static_cast<std::uint64_t>(number) ^ kSignBit); }

std::optional<std::int64_t> integer_of_key(std::string_view key) {
  constexpr std::size_t kDigits = 16;
  std::uint64_t bits = 0;
  const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), bits, 16);
  if (key.size() != kDigits || error != std::errc() || end != key.data() + key.size()) return std::nullopt;
  return static_cast<std::int64_t>(bits ^ kSignBit);
}

std::optional<std::string> key_of(const Attribute& attribute, const json::Value& value, const TextFolder& folder) {
  switch (attribute.type) {
    case Type::string:
    case Type::reference:
    case Type::binary:
      if (const std::string* text = value.as_string()) {
        if (attribute.format == Format::user_name) return folder.fold_user_name(*text);
        return attribute.case_exact ? *text : folder.fold(*text);
      }
      return std::nullopt;
    case Type::boolean:
      if (const bool* flag = value.as_bool()) return std::string(*flag ? "true" : "false");
      return std::nullopt;
    case Type::integer:
      if (const json::Number* number = value.as_number()) {
        if (const auto integer = json::to_integer(*number)) return key_of_integer(*integer);
      }
      return std::nullopt;
    case Type::decimal:
      if (const json::Number* number = value.as_number()) {
        if (const auto decimal = json::to_double(*number)) return key_of_decimal(*decimal);
      }
      return std::nullopt;
    case Type::date_time:
      if (const std::string* text = value.as_string()) {
        if (const auto instant = parse_timestamp(*text)) return key_of_integer(instant->time_since_epoch().count());
      }
      return std::nullopt;
    case Type::complex:
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace rolecall::schema
