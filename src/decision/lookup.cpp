#include "lookup.hpp"

namespace rolecall::decision {
namespace {

/// Ids are UUIDs in text form. Anything else is a name, and no query is spent on it.
bool may_be_id(std::string_view id) {
  constexpr std::size_t kUuidLength = 36;
  return id.size() == kUuidLength && id[8] == '-' && id[13] == '-' && id[18] == '-' && id[23] == '-';
}

}  // namespace

Result<std::optional<store::ResourceRecord>> find_resource(store::Workspace& workspace, const TextFolder& folder,
                                                           const schema::ResourceType& type, const std::string& id) {
  std::optional<store::ResourceRecord> found;
  if (id.empty()) return found;
  if (may_be_id(id)) {
    ROLECALL_TRY_ASSIGN(found, workspace.resources().find_anywhere(type.name, ResourceId(id)));
    if (found) return found;
  }
  std::vector<store::ResourceRecord> named;
  if (type.name == "User") {
    ROLECALL_TRY_ASSIGN(named, workspace.resources().find_by_key(type.name, folder.fold_user_name(id)));
  } else {
    constexpr std::int64_t kEnoughToBeAmbiguous = 2;
    ROLECALL_TRY_ASSIGN(named, workspace.resources().find_anywhere_by_external_id(type.name, id, kEnoughToBeAmbiguous));
  }
  if (named.size() == 1) found = std::move(named.front());
  return found;
}

}  // namespace rolecall::decision
