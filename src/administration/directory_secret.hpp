#pragma once

#include <optional>
#include <string>

#include "rolecall/administration/environment.hpp"
#include "rolecall/connector/connector.hpp"

namespace rolecall::administration {

/// A sealed credential opens only as that of its own directory.
[[nodiscard]] inline std::string context_of(const WorkspaceId& workspace, const DirectoryId& directory) {
  return "directory/" + workspace.value() + "/" + directory.value();
}

/// Opened for who sends a request; none when no key opens it.
[[nodiscard]] inline std::optional<connector::Credential> credential_of(const Environment& environment,
                                                                        const WorkspaceId& workspace,
                                                                        const store::DirectoryRecord& directory) {
  if (environment.sealer == nullptr) return std::nullopt;
  auto opened = environment.sealer->open(directory.credential, context_of(workspace, directory.id));
  if (!opened) return std::nullopt;
  return connector::Credential{directory.credential_kind, directory.client_id, Secret(std::move(*opened))};
}

}  // namespace rolecall::administration
