#include "rolecall/base/text.hpp"
#include "rolecall/json/write.hpp"
#include "rules.hpp"

// A removal that lists whom it means in `value`, which RFC 7644 §3.5.2.2 does not know:
//   {"op":"remove","path":"members","value":[{"value":"11c4…"}]}
// Read by the letter it would remove all members. It becomes one removal by filter for each.

namespace rolecall::patch::dialect {
namespace {

const std::string* id_of(const json::Value& element) {
  if (const std::string* id = element.as_string()) return id;
  const json::Object* object = element.as_object();
  const json::Value* value = object != nullptr ? object->find_ignoring_case("value") : nullptr;
  return value != nullptr ? value->as_string() : nullptr;
}

}  // namespace

bool listed_members(Operations& operations) {
  bool changed = false;
  Operations rewritten;
  for (RawOperation& operation : operations) {
    const bool is_listed = operation.op == Op::remove && operation.path &&
                           equals_ignoring_ascii_case(*operation.path, "members") && operation.value &&
                           !operation.value->is_null();
    const json::Array single =
        is_listed && !operation.value->is_array() ? json::Array{*operation.value} : json::Array{};
    const json::Array* elements = !is_listed                    ? nullptr
                                  : operation.value->is_array() ? operation.value->as_array()
                                                                : &single;
    bool is_readable = elements != nullptr;
    for (std::size_t i = 0; is_readable && i < elements->size(); ++i) is_readable = id_of((*elements)[i]) != nullptr;
    if (!is_readable) {
      rewritten.push_back(std::move(operation));  // the standard engine refuses a remove with a value
      continue;
    }
    for (const json::Value& element : *elements) {
      rewritten.push_back(
          {Op::remove, "members[value eq " + json::write(json::Value(*id_of(element))) + "]", std::nullopt});
    }
    changed = true;
  }
  operations = std::move(rewritten);
  return changed;
}

}  // namespace rolecall::patch::dialect
