#include "rolecall/app/config_schema.hpp"

#include <algorithm>

namespace rolecall::app {
namespace {

json::Array words(std::string_view text) {
  json::Array all;
  while (!text.empty()) {
    const auto blank = text.find(' ');
    all.emplace_back(text.substr(0, blank));
    text = blank == std::string_view::npos ? std::string_view() : text.substr(blank + 1);
  }
  return all;
}

json::Object describe(const Key& key) {
  json::Object schema;
  const auto add_range = [&] {
    schema.append("minimum", key.minimum);
    schema.append("maximum", key.maximum);
  };
  switch (key.kind) {
    case Kind::text:
    case Kind::secret:
      schema.append("type", "string");
      break;
    case Kind::integer:
      schema.append("type", "integer");
      add_range();
      break;
    case Kind::number:
      schema.append("type", "number");
      add_range();
      break;
    case Kind::boolean:
      schema.append("type", "boolean");
      break;
    case Kind::size:
      schema.append("type", json::Array{json::Value("integer"), json::Value("string")});
      schema.append("pattern", "^[0-9]+(B|KiB|MiB|GiB)?$");
      add_range();
      break;
    case Kind::duration:
      schema.append("type", "string");
      schema.append("pattern", "^[0-9]+(ms|s|m|h|d)$");
      break;
    case Kind::networks:
      schema.append("type", json::Array{json::Value("string"), json::Value("array")});
      schema.append("items", json::Object{{"type", "string"}});
      break;
    case Kind::choice:
      schema.append("enum", words(key.choices));
      break;
  }
  const bool is_numeric = key.kind == Kind::integer || key.kind == Kind::number;
  schema.append("default", is_numeric ? json::Value(json::Number{std::string(key.default_value)})
                                      : json::Value(key.default_value));
  schema.append("description", key.doc);
  return schema;
}

}  // namespace

std::string variable_of(const Key& key) {
  std::string name = "ROLECALL_";
  for (const char letter : key.name) {
    if (letter == '.') {
      name += "__";
    } else {
      name += letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
    }
  }
  return name;
}

json::Value config_schema() {
  json::Object sections;
  for (const Key& key : config_keys()) {
    const auto dot = key.name.find('.');
    const std::string section(key.name.substr(0, dot));
    if (sections.find(section) == nullptr) {
      sections.append(
          section, json::Object{{"type", "object"}, {"additionalProperties", false}, {"properties", json::Object()}});
    }
    sections.find(section)
        ->as_object()
        ->find("properties")
        ->as_object()
        ->append(std::string(key.name.substr(dot + 1)), describe(key));
  }
  return json::Object{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                      {"title", "rolecall.toml"},
                      {"type", "object"},
                      {"additionalProperties", false},
                      {"properties", std::move(sections)}};
}

}  // namespace rolecall::app
