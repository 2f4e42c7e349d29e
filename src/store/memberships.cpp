#include "rolecall/store/memberships.hpp"

#include <unordered_set>

namespace rolecall::store {

Result<std::vector<MembershipRecord>> IndirectGroups::add_to(std::vector<MembershipRecord> direct) {
  std::vector<MembershipRecord> all = std::move(direct);
  std::unordered_set<ResourceId> seen;
  const std::size_t count = all.size();
  for (std::size_t i = 0; i < count; ++i) {
    if (!all[i].is_nested) continue;
    if (seen.empty()) {
      for (const auto& membership : all) seen.insert(membership.group);
    }
    const ResourceId group = all[i].group;
    auto known = above_.find(group);
    if (known == above_.end()) {
      ROLECALL_TRY_ASSIGN(auto above, members_.groups_above(group));
      known = above_.emplace(group, std::move(above)).first;
    }
    for (const MembershipRecord& membership : known->second) {
      if (seen.insert(membership.group).second) all.push_back(membership);
    }
  }
  return all;
}

}  // namespace rolecall::store
