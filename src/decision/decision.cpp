#include "rolecall/decision/decision.hpp"

#include <optional>

namespace rolecall::decision {
namespace {

/// Ids are UUIDs in text form. Anything else is a name, and no query is spent on it.
bool may_be_id(std::string_view subject) {
  constexpr std::size_t kUuidLength = 36;
  return subject.size() == kUuidLength && subject[8] == '-' && subject[13] == '-' && subject[18] == '-' &&
         subject[23] == '-';
}

/// An IdP can choose a userName that looks like somebody's id; the id wins, because no IdP can choose that.
Result<std::optional<ResourceId>> resolve(store::Workspace& workspace, const TextFolder& folder,
                                          const std::string& subject) {
  if (may_be_id(subject)) {
    ROLECALL_TRY_ASSIGN(const auto user, workspace.resources().find_anywhere("User", ResourceId(subject)));
    if (user) return std::optional<ResourceId>(user->id);
  }
  ROLECALL_TRY_ASSIGN(const auto users, workspace.resources().find_by_key("User", folder.fold_user_name(subject)));
  if (users.empty()) return std::optional<ResourceId>();
  return std::optional<ResourceId>(users.front().id);
}

}  // namespace

Result<bool> evaluate(store::Store& store, const TextFolder& folder, const WorkspaceId& workspace_id,
                      const std::string& subject, std::string_view permission) {
  if (subject.empty() || permission.empty()) return false;
  return store::read(store, [&](store::UnitOfWork& unit) -> Result<bool> {
    store::Workspace& workspace = unit.workspace(workspace_id);
    ROLECALL_TRY_ASSIGN(const auto user, resolve(workspace, folder, subject));
    if (!user) return false;
    return workspace.grants().user_has_permission(*user, permission);
  });
}

}  // namespace rolecall::decision
