#include "rolecall/base/text.hpp"
#include "walk.hpp"

// PingOne may mark two values of one attribute as primary:
//   {"userName":"ana","emails":[{"type":"work","value":"a@acme.example","primary":true},
//                               {"type":"home","value":"b@home.example","primary":true}]}
// RFC 7643 §2.4 allows one. The first keeps it; refusing would stop every update of the user.

namespace rolecall::patch::dialect {

bool one_primary(const Place& place, json::Value& value) {
  if (!place.is_list() || !value.is_array()) return false;
  bool changed = false;
  bool has_primary = false;
  for (json::Value& element : *value.as_array()) {
    json::Value* primary = element.is_object() ? element.as_object()->find_ignoring_case("primary") : nullptr;
    if (primary == nullptr || !primary->is_bool() || !*primary->as_bool()) continue;
    if (has_primary) *primary = json::Value(false);
    changed = changed || has_primary;
    has_primary = true;
  }
  return changed;
}

}  // namespace rolecall::patch::dialect
