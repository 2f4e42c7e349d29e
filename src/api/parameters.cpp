#include "parameters.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

#include "rolecall/base/text.hpp"
#include "rolecall/http/message.hpp"

namespace rolecall::api {

Result<Parameters> Parameters::read(std::string_view query) {
  auto pairs = http::parse_query(query);
  if (!pairs) {
    return fail(ErrorCode::bad_request,
                "The query of the URL is not readable: percent escapes must be two hexadecimal digits and form UTF-8.");
  }
  Parameters parameters;
  parameters.pairs_ = std::move(*pairs);
  return parameters;
}

Result<Parameters> Parameters::read_search(const json::Object& body) {
  Parameters parameters;
  const auto wrong = [](const std::string& name, const char* wanted) {
    return fail(ErrorCode::invalid_value, "The member " + name + " of a search must be " + wanted + ".", name);
  };
  for (const auto& [name, value] : body) {
    if (equals_ignoring_ascii_case(name, "attributes") || equals_ignoring_ascii_case(name, "excludedAttributes")) {
      const json::Array* items = value.as_array();
      if (items == nullptr) return wrong(name, "an array of strings");
      for (const json::Value& item : *items) {
        if (!item.is_string()) return wrong(name, "an array of strings");
        parameters.pairs_.emplace_back(name, *item.as_string());
      }
    } else if (equals_ignoring_ascii_case(name, "startIndex") || equals_ignoring_ascii_case(name, "count")) {
      if (!value.is_number()) return wrong(name, "an integer");
      parameters.pairs_.emplace_back(name, value.as_number()->lexeme);
    } else if (equals_ignoring_ascii_case(name, "filter") || equals_ignoring_ascii_case(name, "sortBy") ||
               equals_ignoring_ascii_case(name, "sortOrder") || equals_ignoring_ascii_case(name, "cursor")) {
      if (!value.is_string()) return wrong(name, "a string");
      parameters.pairs_.emplace_back(name, *value.as_string());
    }
  }
  return parameters;
}

bool Parameters::has(std::string_view name) const {
  return std::any_of(pairs_.begin(), pairs_.end(),
                     [&](const auto& pair) { return equals_ignoring_ascii_case(pair.first, name); });
}

Result<std::optional<std::string>> Parameters::text(std::string_view name, ErrorCode code) const {
  std::optional<std::string> found;
  for (const auto& [key, value] : pairs_) {
    if (!equals_ignoring_ascii_case(key, name)) continue;
    if (found) return fail(code, "The parameter " + std::string(name) + " must not be given more than once.");
    found = value;
  }
  return found;
}

Result<std::optional<std::int64_t>> Parameters::integer(std::string_view name) const {
  ROLECALL_TRY_ASSIGN(const auto given, text(name, ErrorCode::invalid_value));
  if (!given) return std::optional<std::int64_t>();
  std::string_view digits = *given;
  // "+5" comes as " 5" where `+` stands for a blank.
  if (digits.starts_with('+') || digits.starts_with(' ')) digits.remove_prefix(1);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (end != digits.data() + digits.size() || digits.empty() || error == std::errc::invalid_argument) {
    return fail(ErrorCode::invalid_value, "The parameter " + std::string(name) + " must be an integer.");
  }
  if (error == std::errc::result_out_of_range) {
    number =
        digits.starts_with('-') ? std::numeric_limits<std::int64_t>::min() : std::numeric_limits<std::int64_t>::max();
  }
  return std::optional(number);
}

std::string Parameters::list(std::string_view name) const {
  std::string all;
  for (const auto& [key, value] : pairs_) {
    if (!equals_ignoring_ascii_case(key, name)) continue;
    if (!all.empty()) all += ',';
    all += value;
  }
  return all;
}

}  // namespace rolecall::api
