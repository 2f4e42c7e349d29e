#pragma once

#include <optional>
#include <string>

#include "rolecall/administration/environment.hpp"
#include "rolecall/connector/connector.hpp"

namespace rolecall::administration {

/// A sealed text opens only as what it is, of the consent to its own directory.
struct ConsentContexts {
  ConsentContexts(const WorkspaceId& workspace, const DirectoryId& directory)
      : end(workspace.value() + "/" + directory.value()) {}
  std::string end;
  std::string verifier = "directory-consent/verifier/" + end;
  std::string code = "directory-consent/code/" + end;
  std::string granted = "directory-consent/granted/" + end;
};

/// Access with everything that belongs to it, as it is sealed.
[[nodiscard]] Secret text_of(const connector::Access& access);
/// None for what is no such text.
[[nodiscard]] std::optional<connector::Access> access_in(const std::string& text);

}  // namespace rolecall::administration
