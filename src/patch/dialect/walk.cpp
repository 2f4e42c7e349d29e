#include "walk.hpp"

#include "rolecall/patch/path.hpp"

namespace rolecall::patch::dialect {
namespace {

Result<void> visit_key(const std::string& key, json::Value& value, const schema::ResourceType& type,
                       const Visitor& visit) {
  const auto path = type.resolve(key);
  return path ? visit(Place{*path, false}, value) : Result<void>();
}

Result<void> visit_extension(json::Value& value, const schema::Schema& extension, const schema::ResourceType& type,
                             const Visitor& visit) {
  json::Object* values = value.as_object();
  if (values == nullptr) return {};
  for (auto& [key, inner] : *values) ROLECALL_TRY(visit_key(extension.id + ":" + key, inner, type, visit));
  return {};
}

}  // namespace

Result<void> for_each_value(json::Object& resource, const schema::ResourceType& type, const Visitor& visit) {
  for (auto& [key, value] : resource) {
    if (const schema::Schema* extension = type.find_extension(key)) {
      ROLECALL_TRY(visit_extension(value, *extension, type, visit));
    } else {
      ROLECALL_TRY(visit_key(key, value, type, visit));
    }
  }
  return {};
}

Result<void> for_each_value(Operations& operations, const schema::ResourceType& type, const Visitor& visit) {
  for (RawOperation& operation : operations) {
    if (operation.op == Op::remove || !operation.value) continue;
    if (!operation.path) {
      json::Object* values = operation.value->as_object();
      if (values != nullptr) ROLECALL_TRY(for_each_value(*values, type, visit));
      continue;
    }
    const auto path = parse_path(*operation.path, type);
    if (!path || (type.name == "Group" && path->kind == Path::Kind::selection)) continue;
    if (path->kind == Path::Kind::extension) {
      ROLECALL_TRY(visit_extension(*operation.value, *path->attribute.extension, type, visit));
    } else {
      ROLECALL_TRY(visit(Place{path->attribute, path->kind == Path::Kind::selection}, *operation.value));
    }
  }
  return {};
}

}  // namespace rolecall::patch::dialect
