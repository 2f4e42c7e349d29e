#include "names.hpp"

namespace rolecall::patch::dialect {

bool rename_keys(json::Object& object, const Renaming& renaming) {
  bool changed = false;
  for (auto& [name, value] : object) {
    auto meant = renaming(name);
    if (!meant || object.find_ignoring_case(*meant) != nullptr) continue;
    name = std::move(*meant);
    changed = true;
  }
  return changed;
}

bool rename_paths(Operations& operations, const Renaming& renaming) {
  bool changed = false;
  for (RawOperation& operation : operations) {
    if (operation.path) {
      if (auto meant = renaming(*operation.path)) {
        operation.path = std::move(*meant);
        changed = true;
      }
    } else if (operation.value && operation.value->is_object()) {
      changed = rename_keys(*operation.value->as_object(), renaming) || changed;
    }
  }
  return changed;
}

}  // namespace rolecall::patch::dialect
