#include "rolecall/access/effective.hpp"

#include <algorithm>

namespace rolecall::access {

const char* name_of(CauseKind cause) {
  switch (cause) {
    case CauseKind::link:
      return "link";
    case CauseKind::direct:
      return "direct";
    case CauseKind::asserted:
      return "asserted";
    case CauseKind::default_role:
      return "default";
  }
  return "";
}

std::vector<Grant> effective_grants(const EffectiveInputs& inputs) {
  std::vector<Grant> grants;
  if (!inputs.is_active) return grants;
  grants.reserve(inputs.linked.size() + inputs.direct.size() + inputs.asserted.size() + 1);
  for (const auto& linked : inputs.linked) {
    grants.push_back({linked.role, CauseKind::link, linked.link, linked.group});
  }
  for (const RoleId& role : inputs.direct) grants.push_back({role, CauseKind::direct, {}, {}});
  for (const RoleId& role : inputs.asserted) grants.push_back({role, CauseKind::asserted, {}, {}});
  if (grants.empty() && !inputs.default_role.empty()) {
    grants.push_back({inputs.default_role, CauseKind::default_role, {}, {}});
  }
  std::sort(grants.begin(), grants.end());
  grants.erase(std::unique(grants.begin(), grants.end()), grants.end());
  return grants;
}

}  // namespace rolecall::access
