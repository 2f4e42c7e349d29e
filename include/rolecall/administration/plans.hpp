#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rolecall/administration/environment.hpp"
#include "rolecall/json/value.hpp"

// Role mapping as code. A plan is desired state as JSON:
//
//   {"roles":         {"prune": false, "items": [{"name": …, "description": …, "permissions": […], "priority": 100}]},
//    "links":         {"prune": false, "items": [{"group": …, "external_id": …, "connection": …, "role": …,
//                                                 "state": "active"}]},
//    "default_roles": {"items": [{"connection": …, "role": …}]},
//    "guard":         {"items": [{"connection": …, "mode": "hold", "minimum": 25, "percent": 20, …}]}}
//
// Only sections that are there are compared. What a section does not name stays as it is, unless it says `prune`: then
// links that were made by an admin or by a push, and roles that are not shipped, go. A role's own group is linked to it
// for good, so that link can be paused and not be pruned; a link whose group the IdP deleted is left alone. Members of
// a role that an item does not name stay as they are.
//
// The effect is found by doing it, with the use cases that every other change takes, in a unit of work that is taken
// back.

namespace rolecall::administration {

/// Of all sections together.
inline constexpr std::size_t kPlanItems = 5'000;
/// Named in the answer; the digest is of everybody.
inline constexpr std::size_t kPlanPeople = 1'000;
/// The oldest plans go when there are more.
inline constexpr std::int64_t kKeptPlans = 200;

/// One difference between what is and what is wanted.
struct PlanChange {
  std::string action;  ///< "add", "change", "remove"
  std::string kind;    ///< "role", "link", "default_role", "guard"
  std::string name;    ///< "it-admins → IT Admin (okta)"
  json::Object before;
  json::Object after;
};

/// Somebody whose roles or permissions would not be what they are. Names, sorted.
struct PlanPerson {
  ResourceId id;
  std::string user_name;
  std::vector<std::string> gains;
  std::vector<std::string> loses;
  std::vector<std::string> gains_permissions;
  std::vector<std::string> loses_permissions;
};

struct PlanEffect {
  std::int64_t revision = 0;  ///< seq of the newest audit row before it
  std::vector<PlanChange> changes;
  std::vector<PlanPerson> people;  ///< by name
  std::int64_t unchanged = 0;      ///< all other users
  std::vector<std::string> warnings;
};

/// A stored plan as JSON: id, made, made_by, revision, state, desired, changes, summary, people, affected, unchanged,
/// warnings; applied and applied_by once it was.
using PlanView = json::Object;

/// `invalid_value` for what cannot be read, `not_found` for what a plan names and does not exist, both with the place;
/// what a use case refuses is refused with its words.
[[nodiscard]] Result<PlanView> compute_plan(const Environment& environment, const WorkspaceId& workspace,
                                            const Actor& actor, const json::Object& desired);
[[nodiscard]] Result<PlanView> get_plan(const Environment& environment, const WorkspaceId& workspace, const PlanId& id);
/// Newest first, without what was desired and without people.
[[nodiscard]] Result<std::vector<PlanView>> list_plans(const Environment& environment, const WorkspaceId& workspace,
                                                       std::int64_t limit);
/// All of it or nothing. `stale_plan` when doing it now would not have exactly the effect that the plan shows;
/// `conflict` when it was applied already.
[[nodiscard]] Result<PlanView> apply_plan(const Environment& environment, const WorkspaceId& workspace,
                                          const Actor& actor, const PlanId& id);
/// What is, as a plan that changes nothing: roles that are not protected, links that are not as they were made by
/// listing a role, and default roles.
[[nodiscard]] Result<json::Object> export_plan(const Environment& environment, const WorkspaceId& workspace);

}  // namespace rolecall::administration
