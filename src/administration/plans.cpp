#include "rolecall/administration/plans.hpp"

#include <algorithm>
#include <utility>

#include "lookup.hpp"
#include "plan_effect.hpp"
#include "plan_steps.hpp"
#include "rolecall/administration/guard.hpp"
#include "rolecall/administration/links.hpp"
#include "rolecall/base/encoding.hpp"
#include "rolecall/base/timestamp.hpp"
#include "rolecall/json/array_of.hpp"
#include "rolecall/json/parse.hpp"
#include "rolecall/json/write.hpp"
#include "rolecall/store/joined.hpp"
#include "scope.hpp"

namespace rolecall::administration {
namespace {

Result<std::int64_t> head_of(store::Workspace& workspace) {
  ROLECALL_TRY_ASSIGN(const auto last, workspace.audit().last());
  return last ? last->seq : 0;
}

/// Does it, in the unit of work, and says what came of it.
Result<PlanEffect> perform(const Environment& environment, store::UnitOfWork& unit, const WorkspaceId& id,
                           const Actor& actor, const DesiredState& desired) {
  store::Workspace& workspace = unit.workspace(id);
  PlanEffect effect;
  ROLECALL_TRY_ASSIGN(effect.revision, head_of(workspace));
  ROLECALL_TRY_ASSIGN(const auto roles, workspace.roles().list());
  store::JoinedStore joined(environment.store, unit);
  const Environment inside = environment.over(joined);
  ROLECALL_TRY_ASSIGN(auto steps, steps_of(inside, workspace, actor, desired));
  for (auto& step : steps) {
    if (const auto done = step.run(inside); !done) return at_place(done.error(), step.at);
    effect.changes.push_back(std::move(step.change));
  }
  ROLECALL_TRY(add_people(workspace, effect.revision, roles, effect));
  return effect;
}

std::string digest_of(const Environment& environment, const PlanEffect& effect) {
  return to_hex(environment.digest.sha256(json::write(to_json(effect, effect.people.size()))));
}

Result<json::Object> parse_object(const std::string& text) {
  json::Limits limits;
  limits.bytes = limits.string_bytes = text.size() + 1;
  limits.nodes = limits.free_nodes = limits.names = text.size() + 1;
  ROLECALL_TRY_ASSIGN(auto value, json::parse(text, limits));
  if (!value.is_object()) return internal_error("a stored plan is not readable");
  return std::move(*value.as_object());
}

json::Object summary_of(const store::PlanRecord& plan) {
  json::Object view{{"id", plan.id.value()},
                    {"made", to_timestamp(plan.made)},
                    {"made_by", plan.made_by},
                    {"revision", plan.revision},
                    {"state", plan.applied ? "applied" : "computed"}};
  if (plan.applied) {
    view.append("applied", to_timestamp(*plan.applied));
    view.append("applied_by", plan.applied_by);
  }
  return view;
}

Result<PlanView> view_of(const store::PlanRecord& plan, bool is_short) {
  PlanView view = summary_of(plan);
  ROLECALL_TRY_ASSIGN(auto effect, parse_object(plan.effect));
  if (is_short) {
    effect.erase("people");
    effect.erase("changes");
  } else {
    ROLECALL_TRY_ASSIGN(auto desired, parse_object(plan.desired));
    view.append("desired", std::move(desired));
  }
  for (auto& [name, value] : effect) view.append(name, std::move(value));
  return view;
}

Result<store::PlanRecord> find_plan(store::Workspace& workspace, const PlanId& id) {
  ROLECALL_TRY_ASSIGN(auto plan, workspace.plans().find(id));
  if (plan) return std::move(*plan);
  return fail_with_next(ErrorCode::not_found, "There is no plan “" + id.value() + "”.",
                        "The newest 200 are kept; compute it again.");
}

tl::unexpected<Error> stale(std::string note) {
  Error error;
  error.code = ErrorCode::stale_plan;
  error.detail = "What this plan was computed on has changed: applied now it would do something else than it shows.";
  error.next = "Compute it again and look at what it does now.";
  error.note = std::move(note);
  return fail(std::move(error));
}

}  // namespace

Result<PlanView> compute_plan(const Environment& environment, const WorkspaceId& id, const Actor& actor,
                              const json::Object& wanted) {
  ROLECALL_TRY_ASSIGN(const auto desired, read_plan(wanted));
  return store::write(environment.store, [&](store::UnitOfWork& unit) -> Result<PlanView> {
    std::optional<PlanEffect> effect;
    ROLECALL_TRY_ASSIGN(const auto tried, unit.attempt([&]() -> Result<void> {
      ROLECALL_TRY_ASSIGN(effect, perform(environment, unit, id, actor, desired));
      // Only what fails is taken back.
      return internal_error("a plan was computed");
    }));
    if (!effect) return fail(tried.error());
    Change change(environment, id, actor, unit);
    store::PlanRecord plan;
    plan.id = PlanId(environment.ids.next());
    plan.made = change.now;
    plan.made_by = actor.name;
    plan.revision = effect->revision;
    plan.desired = json::write(wanted);
    json::Object shown = to_json(*effect, kPlanPeople);
    shown.append("unchanged", effect->unchanged);
    plan.effect = json::write(std::move(shown));
    plan.digest = digest_of(environment, *effect);
    ROLECALL_TRY(change.workspace.plans().insert(plan));
    ROLECALL_TRY(change.workspace.plans().keep_newest(kKeptPlans));
    ROLECALL_TRY(change.trail.record("plan.computed", "Plan/" + plan.id.value(), {}));
    return view_of(plan, false);
  });
}

Result<PlanView> get_plan(const Environment& environment, const WorkspaceId& workspace_id, const PlanId& id) {
  return in_view(environment, workspace_id, [&](store::Workspace& workspace) -> Result<PlanView> {
    ROLECALL_TRY_ASSIGN(const auto plan, find_plan(workspace, id));
    return view_of(plan, false);
  });
}

Result<std::vector<PlanView>> list_plans(const Environment& environment, const WorkspaceId& workspace_id,
                                         std::int64_t limit) {
  return in_view(environment, workspace_id, [&](store::Workspace& workspace) -> Result<std::vector<PlanView>> {
    ROLECALL_TRY_ASSIGN(const auto plans, workspace.plans().list(page_limit(limit)));
    std::vector<PlanView> views;
    for (const auto& plan : plans) {
      ROLECALL_TRY_ASSIGN(auto view, view_of(plan, true));
      views.push_back(std::move(view));
    }
    return views;
  });
}

Result<PlanView> apply_plan(const Environment& environment, const WorkspaceId& workspace, const Actor& actor,
                            const PlanId& id) {
  return store::write(environment.store, [&](store::UnitOfWork& unit) -> Result<PlanView> {
    ROLECALL_TRY_ASSIGN(const auto plan, find_plan(unit.workspace(workspace), id));
    if (plan.applied) {
      return fail_with_next(ErrorCode::conflict, "This plan was applied already.", "Compute a new one.");
    }
    ROLECALL_TRY_ASSIGN(const auto wanted, parse_object(plan.desired));
    ROLECALL_TRY_ASSIGN(const auto desired, read_plan(wanted));
    const auto effect = perform(environment, unit, workspace, actor, desired);
    // It could be done when it was computed.
    if (!effect) {
      return effect.error().code == ErrorCode::unavailable ? fail(effect.error()) : stale(effect.error().detail);
    }
    if (digest_of(environment, *effect) != plan.digest) return stale("another effect");
    Change change(environment, workspace, actor, unit);
    ROLECALL_TRY(change.workspace.plans().mark_applied(id, actor.name, change.now));
    ROLECALL_TRY(change.trail.record("plan.applied", "Plan/" + id.value(),
                                     {{"changes", static_cast<std::int64_t>(effect->changes.size())},
                                      {"people", static_cast<std::int64_t>(effect->people.size())},
                                      {"revision", plan.revision}}));
    ROLECALL_TRY_ASSIGN(const auto applied, find_plan(change.workspace, id));
    return view_of(applied, false);
  });
}

Result<json::Object> export_plan(const Environment& environment, const WorkspaceId& workspace_id) {
  return in_view(environment, workspace_id, [](store::Workspace& workspace) -> Result<json::Object> {
    json::Array roles;
    ROLECALL_TRY_ASSIGN(const auto all_roles, workspace.roles().list());
    for (const auto& role : all_roles) {
      if (role.is_protected) continue;
      roles.emplace_back(json::Object{{"name", role.name},
                                      {"description", role.description},
                                      {"permissions", json::array_of(role.permissions)},
                                      {"priority", std::int64_t{role.rank}}});
    }
    json::Array links;
    ROLECALL_TRY_ASSIGN(const auto all_links, workspace.links().list());
    for (const auto& link : all_links) {
      const bool is_as_listed = link.origin == store::LinkOrigin::listing && link.state == store::LinkState::active;
      if (is_as_listed || link.state == store::LinkState::orphaned) continue;
      json::Object item{{"group", link.group_name}};
      ROLECALL_TRY_ASSIGN(const auto group, workspace.resources().find_anywhere("Group", link.group));
      if (group && !group->external_id.empty()) item.append("external_id", group->external_id);
      ROLECALL_TRY_ASSIGN(const auto connection, connection_name_of(workspace, link.connection));
      ROLECALL_TRY_ASSIGN(const auto role, role_name_of(workspace, link.role));
      item.append("connection", connection);
      item.append("role", role);
      item.append("state", name_of(link.state));
      links.emplace_back(std::move(item));
    }
    json::Array defaults;
    json::Array guards;
    ROLECALL_TRY_ASSIGN(const auto connections, workspace.connections().list());
    for (const auto& connection : connections) {
      ROLECALL_TRY_ASSIGN(const auto role, role_name_of(workspace, connection.default_role));
      defaults.emplace_back(json::Object{{"connection", connection.name}, {"role", role}});
      ROLECALL_TRY_ASSIGN(const auto guard, workspace.guard().settings(connection.id));
      json::Object item{{"connection", connection.name}};
      for (const auto& [name, value] : to_json(guard.value_or(access::GuardSettings()))) item.append(name, value);
      guards.emplace_back(std::move(item));
    }
    return json::Object{{"roles", json::Object{{"prune", false}, {"items", std::move(roles)}}},
                        {"links", json::Object{{"prune", false}, {"items", std::move(links)}}},
                        {"default_roles", json::Object{{"items", std::move(defaults)}}},
                        {"guard", json::Object{{"items", std::move(guards)}}}};
  });
}

}  // namespace rolecall::administration
