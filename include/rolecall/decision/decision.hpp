#pragma once

#include <string>
#include <string_view>

#include "rolecall/base/text.hpp"
#include "rolecall/store/store.hpp"

namespace rolecall::decision {

/// May `subject` (id or userName) do `permission`? Unknown users and permissions, deactivated users: no. Two indexed
/// queries; sees every change that was answered before the question came.
[[nodiscard]] Result<bool> evaluate(store::Store& store, const TextFolder& folder, const WorkspaceId& workspace,
                                    const std::string& subject, std::string_view permission);

}  // namespace rolecall::decision
