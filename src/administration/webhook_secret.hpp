#pragma once

#include <string>

#include "rolecall/administration/environment.hpp"
#include "rolecall/base/secret.hpp"

namespace rolecall::administration {

/// A sealed secret opens only as that of its own webhook.
[[nodiscard]] inline std::string context_of(const WorkspaceId& workspace, const WebhookId& webhook) {
  return "webhook/" + workspace.value() + "/" + webhook.value();
}

}  // namespace rolecall::administration
