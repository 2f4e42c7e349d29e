#include "rolecall/resource/projection.hpp"

#include <algorithm>

#include "rolecall/base/text.hpp"

namespace rolecall::resource {
namespace {

std::vector<schema::AttributePath> parse_list(const schema::ResourceType& type, std::string_view list) {
  std::vector<schema::AttributePath> paths;
  while (!list.empty()) {
    const auto comma = list.find(',');
    std::string_view name = list.substr(0, comma);
    list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 1);
    while (name.starts_with(' ')) name.remove_prefix(1);
    while (name.ends_with(' ')) name.remove_suffix(1);
    if (const schema::Schema* extension = type.find_extension(name)) {
      paths.push_back({extension, nullptr, nullptr});
    } else if (const auto path = type.resolve(name)) {
      paths.push_back(*path);
    }
  }
  return paths;
}

const schema::Attribute* find_common(std::string_view name) {
  for (const schema::Attribute& attribute : schema::common_attributes()) {
    if (attribute.name == name) return &attribute;
  }
  return nullptr;
}

bool is_on_request(const schema::Schema& schema) {
  const auto is_it = [](const schema::Attribute& attribute) {
    return attribute.returned == schema::Returned::on_request;
  };
  return std::any_of(schema.attributes.begin(), schema.attributes.end(), [&](const schema::Attribute& attribute) {
    return is_it(attribute) || std::any_of(attribute.sub_attributes.begin(), attribute.sub_attributes.end(), is_it);
  });
}

/// The path names the attribute as a whole: itself or the extension it belongs to.
bool names_whole(const schema::AttributePath& path, const schema::Schema* extension,
                 const schema::Attribute& attribute) {
  if (path.attribute == nullptr) return path.extension == extension;
  return path.attribute == &attribute && path.sub_attribute == nullptr;
}

/// Nothing that was asked for is in it.
bool is_emptied(const json::Value& value) {
  return (value.is_object() && value.as_object()->empty()) || (value.is_array() && value.as_array()->empty());
}

}  // namespace

Result<Projection> make_projection(const schema::ResourceType& type, std::string_view attributes,
                                   std::string_view excluded_attributes) {
  if (!attributes.empty() && !excluded_attributes.empty()) {
    return fail(ErrorCode::invalid_value, "Use either attributes or excludedAttributes, not both.");
  }
  Projection projection;
  projection.type_ = &type;
  projection.has_attributes_ = !attributes.empty();
  projection.attributes_ = parse_list(type, attributes);
  projection.excluded_ = parse_list(type, excluded_attributes);
  projection.hides_some_ = is_on_request(*type.schema) ||
                           std::any_of(type.extensions.begin(), type.extensions.end(),
                                       [](const auto& extension) { return is_on_request(*extension.schema); });
  return projection;
}

bool Projection::shows(const schema::Schema* extension, const schema::Attribute& attribute) const {
  if (attribute.returned == schema::Returned::always) return true;
  if (attribute.returned == schema::Returned::never) return false;
  if (has_attributes_) {
    return std::any_of(attributes_.begin(), attributes_.end(), [&](const schema::AttributePath& path) {
      return names_whole(path, extension, attribute) || path.attribute == &attribute;
    });
  }
  if (attribute.returned == schema::Returned::on_request && !is_revealed(attribute)) return false;
  return std::none_of(excluded_.begin(), excluded_.end(),
                      [&](const schema::AttributePath& path) { return names_whole(path, extension, attribute); });
}

bool Projection::shows_sub(const schema::Schema* extension, const schema::Attribute& attribute,
                           const schema::Attribute& sub) const {
  if (sub.returned == schema::Returned::always) return true;
  if (sub.returned == schema::Returned::never) return false;
  const auto names_sub = [&](const schema::AttributePath& path) { return path.sub_attribute == &sub; };
  if (has_attributes_) {
    const bool is_named = std::any_of(attributes_.begin(), attributes_.end(), names_sub);
    if (is_named) return true;
    return sub.returned != schema::Returned::on_request &&
           std::any_of(attributes_.begin(), attributes_.end(),
                       [&](const schema::AttributePath& path) { return names_whole(path, extension, attribute); });
  }
  if (sub.returned == schema::Returned::on_request && !is_revealed(sub)) return false;
  return std::none_of(excluded_.begin(), excluded_.end(), names_sub);
}

bool Projection::is_revealed(const schema::Attribute& attribute) const {
  return std::find(revealed_.begin(), revealed_.end(), &attribute) != revealed_.end();
}

void Projection::reveal(const schema::AttributePath& written) {
  if (written.attribute == nullptr) return;
  revealed_.push_back(written.attribute);
  for (const schema::Attribute& sub : written.attribute->sub_attributes) {
    if (written.sub_attribute == nullptr || written.sub_attribute == &sub) revealed_.push_back(&sub);
  }
}

void Projection::reveal(const json::Object& sent) {
  if (!hides_some_) return;
  const auto reveal_in = [&](const schema::Schema& schema, const json::Object& values) {
    for (const auto& [name, value] : values) reveal({nullptr, schema.find_attribute(name), nullptr});
  };
  reveal_in(*type_->schema, sent);
  for (const auto& [name, value] : sent) {
    const schema::Schema* extension = type_->find_extension(name);
    if (extension != nullptr && value.is_object()) reveal_in(*extension, *value.as_object());
  }
}

bool Projection::wants_attribute(std::string_view top_level_name) const {
  if (const schema::Attribute* common = find_common(top_level_name)) return shows(nullptr, *common);
  const schema::Attribute* attribute = type_->schema->find_attribute(top_level_name);
  return attribute != nullptr && shows(nullptr, *attribute);
}

bool Projection::wants_attribute(std::string_view extension, std::string_view name) const {
  const schema::Schema* schema = type_->find_extension(extension);
  const schema::Attribute* attribute = schema != nullptr ? schema->find_attribute(name) : nullptr;
  return attribute != nullptr && shows(schema, *attribute);
}

json::Value Projection::project(const schema::Schema* extension, const schema::Attribute& attribute,
                                const json::Value& value) const {
  if (attribute.type != schema::Type::complex) return value;
  const auto project_element = [&](const json::Value& element) {
    const json::Object* object = element.as_object();
    if (object == nullptr) return element;
    json::Object shown;
    for (const auto& [name, sub_value] : *object) {
      const schema::Attribute* sub = attribute.find_sub_attribute(name);
      if (sub == nullptr || shows_sub(extension, attribute, *sub)) shown.append(name, sub_value);
    }
    return json::Value(std::move(shown));
  };
  const json::Array* elements = value.as_array();
  if (elements == nullptr) return project_element(value);
  json::Array shown;
  for (const json::Value& element : *elements) {
    json::Value projected = project_element(element);
    if (!projected.is_object() || !projected.as_object()->empty()) shown.push_back(std::move(projected));
  }
  return json::Value(std::move(shown));
}

json::Object Projection::apply(const json::Object& full) const {
  json::Object shown;
  for (const auto& [name, value] : full) {
    if (const schema::Schema* extension = type_->find_extension(name)) {
      const json::Object* values = value.as_object();
      if (values == nullptr) continue;
      json::Object inner;
      for (const auto& [inner_name, inner_value] : *values) {
        const schema::Attribute* attribute = extension->find_attribute(inner_name);
        if (attribute == nullptr || !shows(extension, *attribute)) continue;
        json::Value projected = project(extension, *attribute, inner_value);
        if (!is_emptied(projected)) inner.append(inner_name, std::move(projected));
      }
      if (!inner.empty()) shown.append(name, json::Value(std::move(inner)));
      continue;
    }
    const schema::Attribute* attribute = find_common(name);
    if (attribute == nullptr) attribute = type_->schema->find_attribute(name);
    if (attribute == nullptr || !shows(nullptr, *attribute)) continue;
    json::Value projected = project(nullptr, *attribute, value);
    if (!is_emptied(projected)) shown.append(name, std::move(projected));
  }
  return shown;
}

}  // namespace rolecall::resource
