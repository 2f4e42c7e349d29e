#include "document_reader.hpp"

#include "rolecall/json/parse.hpp"

namespace rolecall::schema {

tl::unexpected<Error> broken(const std::string& file, const std::string& rule) {
  return fail(ErrorCode::invalid_value, file + ": " + rule);
}

Result<json::Object> parse_file(const Registry::Source& source) {
  auto parsed = json::parse(source.text);
  if (!parsed) return broken(source.file, parsed.error().detail);
  if (!parsed->is_object()) return broken(source.file, "must be a JSON object");
  return std::move(*parsed->as_object());
}

Result<std::string> text_of(const json::Object& object, std::string_view name, const std::string& file) {
  const json::Value* value = object.find(name);
  if (value == nullptr || !value->is_string() || value->as_string()->empty()) {
    return broken(file, "\"" + std::string(name) + "\" must be a non-empty string");
  }
  return *value->as_string();
}

std::string optional_text_of(const json::Object& object, std::string_view name) {
  const json::Value* value = object.find(name);
  return value != nullptr && value->is_string() ? *value->as_string() : std::string();
}

}  // namespace rolecall::schema
