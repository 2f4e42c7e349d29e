#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "facts.hpp"
#include "rolecall/decision/decision.hpp"

namespace rolecall::decision {

/// People are asked for as users, and as identities by gateways that know no more than a token.
[[nodiscard]] bool is_user_type(std::string_view type);

/// The permission that a question is about; none when the catalogue has none of that name.
[[nodiscard]] const access::Permission* permission_of(const access::Catalogue& catalogue,
                                                      std::string_view resource_type, std::string_view action);

/// Where the question leads; none when the resource is a workspace that does not exist.
[[nodiscard]] Result<std::optional<WorkspaceId>> workspace_of(const Environment& environment, store::UnitOfWork& unit,
                                                              const WorkspaceId& home, const Entity& resource);
/// Whether whoever asks may know of the workspace.
[[nodiscard]] bool is_within_reach(const Environment& environment, const WorkspaceId& workspace);

/// With what scopes a user holds one permission.
struct Held {
  bool is_for_all = false;
  std::vector<const access::DataScope*> scopes;
  [[nodiscard]] bool is_any() const { return is_for_all || !scopes.empty(); }
};
[[nodiscard]] Held held_of(const access::Catalogue& catalogue, std::string_view permission,
                           const std::vector<std::string>& permissions);
[[nodiscard]] Result<Held> held_of(store::Workspace& workspace, const access::Catalogue& catalogue,
                                   const ResourceId& user, std::string_view permission);
[[nodiscard]] Result<bool> covers(const Held& held, Facts& facts);

/// One question within a unit of work.
[[nodiscard]] Result<Decision> decide(const Environment& environment, store::UnitOfWork& unit, const WorkspaceId& home,
                                      const Question& question);

}  // namespace rolecall::decision
