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

namespace {

/// Everything that is granted, whatever the mode; sorted, unique.
std::vector<Grant> all_grants(const EffectiveInputs& inputs) {
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

}  // namespace

EffectiveOutcome effective_outcome(const EffectiveInputs& inputs) {
  EffectiveOutcome outcome;
  outcome.held = all_grants(inputs);
  if (inputs.mode == RoleMode::multi || outcome.held.empty()) return outcome;
  const auto place_of = [&](const Grant& grant) {
    return std::find(inputs.by_priority.begin(), inputs.by_priority.end(), grant.role);
  };
  const RoleId winner = std::min_element(outcome.held.begin(), outcome.held.end(), [&](const Grant& a, const Grant& b) {
                          return place_of(a) < place_of(b);
                        })->role;
  const auto losing = std::stable_partition(outcome.held.begin(), outcome.held.end(),
                                            [&](const Grant& grant) { return grant.role == winner; });
  outcome.losing.assign(losing, outcome.held.end());
  outcome.held.erase(losing, outcome.held.end());
  return outcome;
}

std::vector<Grant> effective_grants(const EffectiveInputs& inputs) { return effective_outcome(inputs).held; }

}  // namespace rolecall::access
