#include <array>

#include "names.hpp"
#include "rolecall/base/text.hpp"

// OneLogin's templates carry the schema names of the drafts:
//   {"userName":"ana","urn:scim:schemas:extension:enterprise:2.0":{"department":"IT"}}
//   {"op":"replace","path":"urn:scim:schemas:extension:enterprise:2.0:department","value":"IT"}
// They become urn:ietf:params:scim:schemas:extension:enterprise:2.0:User. Passed over as unknown, the values would be
// lost without a word.

namespace rolecall::patch::dialect {
namespace {

constexpr std::string_view kDraftCore = "urn:scim:schemas:core:2.0";
constexpr std::string_view kDraftEnterprise = "urn:scim:schemas:extension:enterprise:2.0";
constexpr std::string_view kEnterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

struct Draft {
  std::string prefix;
  std::string_view now;
};

Renaming renaming_of(const schema::ResourceType& type) {
  return [&type](std::string_view name) -> std::optional<std::string> {
    // Longer ones first: the second of each pair begins like the first.
    const std::array<Draft, 4> drafts{Draft{std::string(kDraftEnterprise) + ":User", kEnterprise},
                                      Draft{std::string(kDraftEnterprise), kEnterprise},
                                      Draft{std::string(kDraftCore) + ":" + type.name, type.schema->id},
                                      Draft{std::string(kDraftCore), type.schema->id}};
    for (const Draft& draft : drafts) {
      if (!starts_with_ignoring_ascii_case(name, draft.prefix)) continue;
      const std::string_view rest = name.substr(draft.prefix.size());
      if (rest.empty() || rest.starts_with(':')) return std::string(draft.now) + std::string(rest);
    }
    return std::nullopt;
  };
}

}  // namespace

bool draft_urns(Operations& operations, const schema::ResourceType& type) {
  return rename_paths(operations, renaming_of(type));
}

bool draft_urns(json::Object& resource, const schema::ResourceType& type) {
  return rename_keys(resource, renaming_of(type));
}

}  // namespace rolecall::patch::dialect
