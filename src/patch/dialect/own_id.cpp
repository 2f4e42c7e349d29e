#include "rules.hpp"

// Okta renames a group, and starts every membership push, with the group's own id in a path-less value:
//   {"op":"replace","value":{"id":"9a…","displayName":"Tier 2"}}
// Refusing the read-only `id` puts the whole push into Error and no membership follows.

namespace rolecall::patch::dialect {

Result<bool> own_id(Operations& operations, std::string_view own_id) {
  bool changed = false;
  for (RawOperation& operation : operations) {
    if (operation.path || !operation.value || !operation.value->is_object()) continue;
    json::Object& object = *operation.value->as_object();
    const json::Value* id = object.find_ignoring_case("id");
    if (id == nullptr) continue;
    if (!id->is_string() || *id->as_string() != own_id) {
      return fail(ErrorCode::mutability,
                  "The value's \"id\" is not the id of the resource in the URL; an id never changes.", "id");
    }
    for (const auto& [name, value] : object) {
      if (&value == id) {
        object.erase(std::string(name));
        break;
      }
    }
    changed = true;
  }
  return changed;
}

}  // namespace rolecall::patch::dialect
