#pragma once

#include <unordered_map>
#include <vector>

#include "rolecall/base/result.hpp"
#include "rolecall/store/repositories.hpp"

namespace rolecall::store {

/// Adds to direct memberships those that follow from them (RFC 7643 §4.1.2, `groups`). Asks the store only where one of
/// the groups is nested, and once for each such group: keep one for all members of a page.
class IndirectGroups {
 public:
  explicit IndirectGroups(MemberRepository& members) : members_(members) {}

  /// `direct` are all of one member, as `groups_of` gives them.
  [[nodiscard]] Result<std::vector<MembershipRecord>> add_to(std::vector<MembershipRecord> direct);

 private:
  MemberRepository& members_;
  std::unordered_map<ResourceId, std::vector<MembershipRecord>> above_;
};

}  // namespace rolecall::store
