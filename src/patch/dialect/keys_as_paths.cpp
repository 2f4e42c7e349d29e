#include "rolecall/patch/path.hpp"
#include "rules.hpp"

// Path-less values whose keys are paths, flat instead of nested. Entra ID sends them with the flag aadOptscim062020,
// Okta for custom attributes:
//   {"op":"replace","value":{"name.givenName":"Ana","emails[type eq \"work\"].value":"a@b.example",
//     "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department":"IT"}}
// Each such key becomes an operation of its own, in order.

namespace rolecall::patch::dialect {
namespace {

bool is_path(const std::string& text, const schema::ResourceType& type) {
  // The object of an extension unknown here looks like a path but leads nowhere; it stays what it is.
  const auto path = parse_path(text, type);
  return path || path.error().code != ErrorCode::invalid_path;
}

/// Takes keys that are paths out of `object`, which is the resource or, with its URN as `extension`, a part of it.
void take_paths(json::Object& object, const std::string& extension, Op op, const schema::ResourceType& type,
                Operations& taken) {
  json::Object nested;
  for (auto& [name, value] : object) {
    const schema::Schema* inner = extension.empty() ? type.find_extension(name) : nullptr;
    if (inner != nullptr && value.is_object()) {
      const bool was_empty = value.as_object()->empty();
      take_paths(*value.as_object(), inner->id, op, type, taken);
      if (was_empty || !value.as_object()->empty()) nested.append(name, std::move(value));
      continue;
    }
    const bool looks_like_path = inner == nullptr && name.find_first_of(".[:") != std::string::npos;
    const std::string path = extension.empty() ? name : extension + ":" + name;
    if (looks_like_path && is_path(path, type)) {
      taken.push_back({op, path, std::move(value)});
    } else {
      nested.append(name, std::move(value));
    }
  }
  object = std::move(nested);
}

}  // namespace

bool keys_as_paths(Operations& operations, const schema::ResourceType& type) {
  bool changed = false;
  Operations rewritten;
  for (RawOperation& operation : operations) {
    const schema::Schema* extension = operation.path ? type.find_extension(*operation.path) : nullptr;
    const bool is_flat = operation.op != Op::remove && (!operation.path || extension != nullptr) && operation.value &&
                         operation.value->is_object();
    Operations taken;
    if (is_flat) {
      const std::string urn = extension != nullptr ? extension->id : std::string();
      take_paths(*operation.value->as_object(), urn, operation.op, type, taken);
    }
    changed = changed || !taken.empty();
    if (taken.empty() || !operation.value->as_object()->empty()) rewritten.push_back(std::move(operation));
    for (RawOperation& each : taken) rewritten.push_back(std::move(each));
  }
  operations = std::move(rewritten);
  return changed;
}

}  // namespace rolecall::patch::dialect
