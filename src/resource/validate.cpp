#include "rolecall/resource/validate.hpp"

#include "references.hpp"
#include "rolecall/base/text.hpp"

namespace rolecall::resource {
namespace {

constexpr std::string_view kMembers = "members";

bool is_stored(const schema::Attribute& attribute) {
  return attribute.mutability != schema::Mutability::read_only && attribute.returned != schema::Returned::never;
}

/// Canonical forms of `attributes` found in `input`, appended to `out`.
Result<void> canonicalize_into(json::Object& out, const std::vector<schema::Attribute>& attributes,
                               const json::Object& input, const std::string& prefix, const ValidationOptions& options) {
  for (const schema::Attribute& attribute : attributes) {
    if (attribute.mutability == schema::Mutability::read_only) continue;
    const std::string shown = prefix + attribute.name;
    const json::Value* given = input.find_ignoring_case(attribute.name);
    std::optional<json::Value> value;
    if (given != nullptr) {
      ROLECALL_TRY_ASSIGN(value, canonical_value(attribute, *given, shown, options));
    }
    if (value && is_stored(attribute)) {
      out.append(attribute.name, std::move(*value));
    } else if (!value && given != nullptr && attribute.format == schema::Format::members) {
      out.append(attribute.name, json::Value(json::Array{}));  // "members": [] means nobody, absence means unchanged
    } else if (!value && attribute.required) {
      return fail(ErrorCode::invalid_value, "The attribute \"" + shown + "\" is required.", shown);
    }
  }
  return {};
}

std::string text_of(const json::Object& object, std::string_view name) {
  const json::Value* value = object.find_ignoring_case(name);
  return value != nullptr && value->is_string() ? *value->as_string() : std::string();
}

/// The id is `value`; a client that has only the member's URI says it in `$ref` (RFC 7643 §2.4).
MemberReference reference_of(const json::Object& element) {
  const std::string uri = text_of(element, "$ref");
  MemberReference member{text_of(element, "value"), text_of(element, "type"), endpoint_of(uri)};
  if (member.value.empty()) {
    const auto slash = uri.rfind('/');
    if (slash != std::string::npos) member.value = uri.substr(slash + 1);
  }
  return member;
}

Result<void> check_schemas(const json::Object& input) {
  const json::Value* schemas = input.find_ignoring_case("schemas");
  if (schemas == nullptr || schemas->is_null()) return {};
  const json::Array* items = schemas->as_array();
  bool is_valid = items != nullptr;
  for (std::size_t i = 0; is_valid && i < items->size(); ++i) is_valid = (*items)[i].is_string();
  if (is_valid) return {};
  return fail(ErrorCode::invalid_value, "The attribute \"schemas\" must be an array of schema URNs.", "schemas");
}

Result<void> keep_immutable(json::Object& next, const std::vector<schema::Attribute>& attributes,
                            const json::Object& stored, const std::string& prefix) {
  for (const schema::Attribute& attribute : attributes) {
    if (attribute.mutability != schema::Mutability::immutable) continue;
    const json::Value* before = stored.find(attribute.name);
    if (before == nullptr) continue;
    const json::Value* after = next.find(attribute.name);
    if (after == nullptr) {
      next.append(attribute.name, *before);
    } else if (!(*after == *before)) {
      const std::string shown = prefix + attribute.name;
      return fail(ErrorCode::mutability, "The attribute \"" + shown + "\" cannot be changed once it is set.", shown);
    }
  }
  return {};
}

}  // namespace

Result<json::Object> canonicalize(const schema::Registry& registry, const schema::ResourceType& type,
                                  const json::Object& input, const ValidationOptions& options) {
  ROLECALL_TRY(check_schemas(input));
  json::Array schemas{json::Value(type.schema->id)};
  json::Object attributes;
  if (const json::Value* external_id = input.find_ignoring_case("externalId")) {
    ROLECALL_TRY_ASSIGN(auto path, type.resolve("externalId"));
    ROLECALL_TRY_ASSIGN(auto value, canonical_value(*path.attribute, *external_id, "externalId", options));
    if (value) attributes.append("externalId", std::move(*value));
  }
  ROLECALL_TRY(canonicalize_into(attributes, type.schema->attributes, input, "", options));
  ROLECALL_TRY(check_references(registry, type.schema->attributes, attributes, ""));
  // As it was sent: an element without any value is left out of the canonical form, and whom it meant would be lost.
  if (const json::Value* members = type.name == "Group" ? input.find_ignoring_case(kMembers) : nullptr) {
    ROLECALL_TRY(read_members(*members, options));
  }
  for (const schema::SchemaExtension& extension : type.extensions) {
    const std::string& urn = extension.schema->id;
    const json::Value* given = input.find_ignoring_case(urn);
    if (given != nullptr && !given->is_null() && !given->is_object()) {
      return fail(ErrorCode::invalid_value, "The extension \"" + urn + "\" must be an object.", urn);
    }
    json::Object values;
    if (given != nullptr && given->is_object() && !given->as_object()->empty()) {
      ROLECALL_TRY(canonicalize_into(values, extension.schema->attributes, *given->as_object(), urn + ":", options));
    } else if (extension.required) {
      return fail(ErrorCode::invalid_value, "The extension \"" + urn + "\" is required.", urn);
    }
    if (values.empty()) continue;
    ROLECALL_TRY(check_references(registry, extension.schema->attributes, values, urn + ":"));
    schemas.emplace_back(urn);
    attributes.append(urn, json::Value(std::move(values)));
  }
  json::Object canonical;
  canonical.reserve(attributes.size() + 1);
  canonical.append("schemas", json::Value(std::move(schemas)));
  for (auto& [name, value] : attributes) canonical.append(name, std::move(value));
  return canonical;
}

Result<json::Object> replace(const schema::Registry& registry, const schema::ResourceType& type,
                             const json::Object& stored, const json::Object& input, const ValidationOptions& options) {
  ROLECALL_TRY_ASSIGN(auto next, canonicalize(registry, type, input, options));
  ROLECALL_TRY(keep_immutable(next, type.schema->attributes, stored, ""));
  for (const schema::SchemaExtension& extension : type.extensions) {
    const json::Value* before = stored.find(extension.schema->id);
    if (before == nullptr || !before->is_object()) continue;
    json::Value* after = next.find(extension.schema->id);
    json::Object none;
    json::Object& values = after != nullptr ? *after->as_object() : none;
    ROLECALL_TRY(
        keep_immutable(values, extension.schema->attributes, *before->as_object(), extension.schema->id + ":"));
    if (after == nullptr && !none.empty()) {
      next.append(extension.schema->id, json::Value(std::move(none)));
      next.find("schemas")->as_array()->emplace_back(extension.schema->id);
    }
  }
  // A PUT without `active` is an update of something else; taking it for "active" would give a leaver access again.
  if (const json::Value* active = stored.find("active"); active != nullptr && next.find("active") == nullptr) {
    next.append("active", *active);
  }
  return next;
}

std::optional<std::vector<MemberReference>> take_members(json::Object& canonical) {
  const json::Value* value = canonical.find(kMembers);
  if (value == nullptr) return std::nullopt;
  std::vector<MemberReference> members;
  if (const json::Array* elements = value->as_array()) {
    members.reserve(elements->size());
    for (const json::Value& element : *elements) {
      if (const json::Object* object = element.as_object()) members.push_back(reference_of(*object));
    }
  }
  canonical.erase(kMembers);
  return members;
}

Result<std::vector<MemberReference>> read_members(const json::Value& value, const ValidationOptions& options) {
  const auto refuse = [](const std::string& rule) {
    return fail(ErrorCode::invalid_value, "The attribute \"members\" " + rule + ".", "members");
  };
  const auto refuse_value = [](const std::string& rule) {
    return fail(ErrorCode::invalid_value, "The attribute \"members.value\" " + rule + ".", "members.value");
  };
  if (value.is_null()) return std::vector<MemberReference>{};
  const json::Array single{value};
  const json::Array& elements = value.is_array() ? *value.as_array() : single;
  if (elements.size() > options.members) {
    return refuse("has more than " + std::to_string(options.members) + " values; send them in several requests");
  }
  std::vector<MemberReference> members;
  members.reserve(elements.size());
  for (const json::Value& element : elements) {
    MemberReference member;
    if (const std::string* id = element.as_string()) {
      member.value = *id;
    } else if (const json::Object* object = element.as_object()) {
      member = reference_of(*object);
    } else {
      return refuse("must be objects with the member's id as \"value\"");
    }
    if (member.value.empty()) return refuse_value("is required: each member is named by its id");
    if (member.value.size() > options.string_bytes) {
      return refuse_value("is longer than " + std::to_string(options.string_bytes) + " bytes");
    }
    members.push_back(std::move(member));
  }
  return members;
}

}  // namespace rolecall::resource
