#include "rolecall/base/text.hpp"
#include "rules.hpp"

// Clients that read a resource and send it back whole in a path-less value echo what is read-only:
//   {"op":"replace","value":{"schemas":[…],"meta":{…},"groups":[…],"title":"Lead"}}
// RFC 7644 §3.5.2.3 would refuse the request; a PUT of the same text passes them over.

namespace rolecall::patch::dialect {

namespace {

bool is_read_only_path(const schema::AttributePath& path) {
  return path.attribute->mutability == schema::Mutability::read_only ||
         path.leaf().mutability == schema::Mutability::read_only;
}

/// The same within an extension; true when nothing of it is left to write.
bool drop_read_only(json::Object& values, const schema::Schema& extension, bool& changed) {
  json::Object kept;
  for (auto& [name, value] : values) {
    const schema::Attribute* attribute = extension.find_attribute(name);
    if (attribute != nullptr && attribute->mutability == schema::Mutability::read_only) continue;
    kept.append(name, std::move(value));
  }
  const bool is_cut = kept.size() != values.size();
  changed = changed || is_cut;
  values = std::move(kept);
  return is_cut && values.empty();
}

}  // namespace

bool read_only_echo(Operations& operations, const schema::ResourceType& type) {
  bool changed = false;
  for (RawOperation& operation : operations) {
    if (operation.path || !operation.value || !operation.value->is_object()) continue;
    json::Object kept;
    json::Object& object = *operation.value->as_object();
    for (auto& [name, value] : object) {
      const schema::Schema* extension = type.find_extension(name);
      const bool is_object = extension != nullptr && value.is_object();
      if (is_object && drop_read_only(*value.as_object(), *extension, changed)) continue;
      const bool is_schemas = equals_ignoring_ascii_case(name, "schemas");
      const auto path = type.resolve(name);
      const bool is_read_only = path && is_read_only_path(*path) && !equals_ignoring_ascii_case(name, "id");
      if (!is_schemas && !is_read_only) kept.append(name, std::move(value));
    }
    changed = changed || kept.size() != object.size();
    object = std::move(kept);
  }
  return changed;
}

}  // namespace rolecall::patch::dialect
