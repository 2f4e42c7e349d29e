#include "number.hpp"

#include <charconv>
#include <cstddef>
#include <system_error>

#include "rolecall/json/write.hpp"

namespace rolecall::json {
namespace {

bool skip_digits(std::string_view text, std::size_t& at) {
  const std::size_t start = at;
  while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
  return at > start;
}

}  // namespace

bool is_number_lexeme(std::string_view lexeme) {
  std::size_t at = 0;
  if (at < lexeme.size() && lexeme[at] == '-') ++at;
  const std::size_t first = at;
  if (!skip_digits(lexeme, at)) return false;
  if (lexeme[first] == '0' && at - first > 1) return false;
  if (at < lexeme.size() && lexeme[at] == '.') {
    ++at;
    if (!skip_digits(lexeme, at)) return false;
  }
  if (at < lexeme.size() && (lexeme[at] == 'e' || lexeme[at] == 'E')) {
    ++at;
    if (at < lexeme.size() && (lexeme[at] == '+' || lexeme[at] == '-')) ++at;
    if (!skip_digits(lexeme, at)) return false;
  }
  return at == lexeme.size();
}

std::optional<std::int64_t> to_integer(const Number& number) {
  if (!is_number_lexeme(number.lexeme)) return std::nullopt;
  const char* const end = number.lexeme.data() + number.lexeme.size();
  std::int64_t value = 0;
  const auto [stop, error] = std::from_chars(number.lexeme.data(), end, value);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return value;
}

std::optional<double> to_double(const Number& number) {
  if (!is_number_lexeme(number.lexeme)) return std::nullopt;
  const char* const end = number.lexeme.data() + number.lexeme.size();
  double value = 0;
  const auto [stop, error] = std::from_chars(number.lexeme.data(), end, value);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return value;
}

}  // namespace rolecall::json
