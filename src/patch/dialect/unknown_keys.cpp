#include "rolecall/patch/path.hpp"
#include "rules.hpp"

// Clients send what they know, not what the server has:
//   {"op":"replace","value":{"displayName":"Ana","shoeSize":43,"urn:example:hr:1.0:User":{"grade":"7"}}}
// An unknown key of a path-less value is passed over, as POST and PUT do. An unknown `path` stays an error: that
// operation would do nothing at all.

namespace rolecall::patch::dialect {
namespace {

/// Is this key, inside `extension` when that is given, one of the schema's? A wrong filter is not an unknown name.
bool is_known(const std::string& key, const schema::Schema* extension, const schema::ResourceType& type) {
  if (extension == nullptr && type.find_extension(key) != nullptr) return true;
  const auto path = parse_path(extension != nullptr ? extension->id + ":" + key : key, type);
  return path || path.error().code != ErrorCode::invalid_path;
}

bool keep_known(json::Object& object, const schema::Schema* extension, const schema::ResourceType& type) {
  bool changed = false;
  json::Object kept;
  for (auto& [key, value] : object) {
    const schema::Schema* inner = extension == nullptr ? type.find_extension(key) : nullptr;
    if (inner != nullptr && value.is_object()) changed = keep_known(*value.as_object(), inner, type) || changed;
    if (is_known(key, extension, type)) kept.append(key, std::move(value));
  }
  changed = changed || kept.size() != object.size();
  object = std::move(kept);
  return changed;
}

}  // namespace

bool unknown_keys(Operations& operations, const schema::ResourceType& type) {
  bool changed = false;
  for (RawOperation& operation : operations) {
    if (operation.op == Op::remove || !operation.value || !operation.value->is_object()) continue;
    const schema::Schema* extension = operation.path ? type.find_extension(*operation.path) : nullptr;
    if (operation.path && extension == nullptr) continue;
    changed = keep_known(*operation.value->as_object(), extension, type) || changed;
  }
  return changed;
}

}  // namespace rolecall::patch::dialect
