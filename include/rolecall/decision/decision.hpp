#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rolecall/decision/question.hpp"

namespace rolecall::decision {

struct Decision {
  bool is_allowed = false;
  std::string reason;          ///< for an admin, a sentence; empty when allowed
  std::optional<Error> error;  ///< the question could not be read, and that is why
};

/// What is not known is not allowed: types, users, permissions, resources; deactivated users may nothing. Sees every
/// change that was answered before the question came. A few indexed queries. `home` is the workspace of resources that
/// do not name one.
[[nodiscard]] Result<Decision> evaluate(const Environment& environment, const WorkspaceId& home,
                                        const Question& question);

/// When the rest of a list need not be answered (§7.1.2.1).
enum class Semantic { execute_all, deny_on_first_deny, permit_on_first_permit };

/// All in one snapshot, in order, up to and including the deciding one. One that could not be read is denied.
[[nodiscard]] Result<std::vector<Decision>> evaluate_all(const Environment& environment, const WorkspaceId& home,
                                                         const std::vector<Result<Question>>& questions,
                                                         Semantic semantic);

}  // namespace rolecall::decision
