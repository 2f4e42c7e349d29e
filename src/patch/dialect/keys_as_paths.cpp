#include "rolecall/patch/path.hpp"
#include "rules.hpp"

// Path-less values whose keys are paths, flat instead of nested:
//   {"op":"replace","value":{"name.givenName":"Ana","emails[type eq \"work\"].value":"a@b.example",
//     "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department":"IT"}}
// Each such key becomes an operation of its own, in order.

namespace rolecall::patch::dialect {
namespace {

bool is_path(std::string_view key, const schema::ResourceType& type) {
  if (type.find_extension(key) != nullptr) return false;  // the nested form of an extension
  if (key.find_first_of(".[:") == std::string_view::npos) return false;
  // The object of an extension unknown here looks like a path but leads nowhere; it stays what it is.
  const auto path = parse_path(key, type);
  return path || path.error().code != ErrorCode::invalid_path;
}

}  // namespace

bool keys_as_paths(std::vector<RawOperation>& operations, const schema::ResourceType& type) {
  bool changed = false;
  std::vector<RawOperation> rewritten;
  for (RawOperation& operation : operations) {
    const bool is_flat = !operation.path && operation.value && operation.value->is_object();
    if (!is_flat) {
      rewritten.push_back(std::move(operation));
      continue;
    }
    json::Object nested;
    std::vector<RawOperation> own;
    for (auto& [name, value] : *operation.value->as_object()) {
      if (is_path(name, type)) {
        own.push_back({operation.op, name, std::move(value)});
      } else {
        nested.append(name, std::move(value));
      }
    }
    changed = changed || !own.empty();
    if (!nested.empty() || own.empty())
      rewritten.push_back({operation.op, std::nullopt, json::Value(std::move(nested))});
    for (RawOperation& each : own) rewritten.push_back(std::move(each));
  }
  operations = std::move(rewritten);
  return changed;
}

}  // namespace rolecall::patch::dialect
