#include "rolecall/app/csv_text.hpp"

#include <set>
#include <string_view>

#include "rolecall/json/write.hpp"

namespace rolecall::app {
namespace {

constexpr std::string_view kLineEnd = "\r\n";

std::string without_controls(std::string_view text) {
  std::string out;
  for (const char letter : text) {
    const bool is_control = static_cast<unsigned char>(letter) < 0x20 || letter == 0x7f;
    out += is_control && letter != '\n' && letter != '\r' && letter != '\t' ? '?' : letter;
  }
  return out;
}

std::string field(std::string text) {
  if (text.find_first_of("\",\r\n") == std::string::npos) return text;
  std::string out = "\"";
  for (const char letter : text) {
    if (letter == '"') out += '"';
    out += letter;
  }
  return out + '"';
}

std::string text_field(std::string_view text) {
  constexpr std::string_view kFormula = "=+-@\t\r";
  std::string safe = without_controls(text);
  if (!safe.empty() && kFormula.find(safe.front()) != std::string_view::npos) safe.insert(0, 1, '\'');
  return field(std::move(safe));
}

std::string cell(const json::Value* value) {
  if (value == nullptr || value->is_null()) return {};
  if (const auto* text = value->as_string()) return text_field(*text);
  return field(json::write(*value));
}

}  // namespace

std::string to_csv(const std::vector<const json::Object*>& objects) {
  std::vector<std::string> names;
  std::set<std::string, std::less<>> known;
  for (const json::Object* object : objects) {
    for (const auto& [name, value] : *object) {
      if (known.insert(name).second) names.push_back(name);
    }
  }
  if (names.empty()) return {};
  std::string out;
  const auto end_field = [&](std::size_t at) { out += at + 1 < names.size() ? std::string_view(",") : kLineEnd; };
  for (std::size_t at = 0; at < names.size(); ++at) {
    out += text_field(names[at]);
    end_field(at);
  }
  for (const json::Object* object : objects) {
    for (std::size_t at = 0; at < names.size(); ++at) {
      out += cell(object->find(names[at]));
      end_field(at);
    }
  }
  return out;
}

}  // namespace rolecall::app
