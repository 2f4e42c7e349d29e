#include "names.hpp"
#include "rolecall/base/text.hpp"

// Entra ID's oldest jobs join an extension and its attribute by a dot:
//   {"op":"Add","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User.department","value":"IT"}
// RFC 7644 §3.10 wants a colon there.

namespace rolecall::patch::dialect {

bool dotted_urns(Operations& operations, const schema::ResourceType& type) {
  return rename_paths(operations, [&type](std::string_view name) -> std::optional<std::string> {
    const auto joined_to = [name](const std::string& urn) -> std::optional<std::string> {
      const bool is_meant =
          name.size() > urn.size() + 1 && name[urn.size()] == '.' && starts_with_ignoring_ascii_case(name, urn);
      if (!is_meant) return std::nullopt;
      return urn + ":" + std::string(name.substr(urn.size() + 1));
    };
    if (auto meant = joined_to(type.schema->id)) return meant;
    for (const schema::SchemaExtension& extension : type.extensions) {
      if (auto meant = joined_to(extension.schema->id)) return meant;
    }
    return std::nullopt;
  });
}

}  // namespace rolecall::patch::dialect
