#pragma once

#include <cstdint>
#include <unordered_set>

#include "rolecall/json/value.hpp"
#include "rolecall/store/store.hpp"

namespace rolecall::api::admin {

/// What a dry run found: the rows that the audit would have got. Begun and ended in the unit of work that will be taken
/// back.
class Rehearsal {
 public:
  /// `workspace` is empty for a request about none: then the workspaces that it makes are looked at.
  [[nodiscard]] static Result<Rehearsal> begin(store::UnitOfWork& unit, const WorkspaceId& workspace);
  /// `{"rows": 2, "audit": […]}`: how many, and the first of them.
  [[nodiscard]] Result<json::Object> end(store::UnitOfWork& unit) const;

 private:
  WorkspaceId workspace_;
  std::int64_t head_ = 0;
  std::unordered_set<WorkspaceId> known_;
};

}  // namespace rolecall::api::admin
