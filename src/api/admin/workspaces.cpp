#include "rolecall/administration/workspaces.hpp"

#include "call.hpp"
#include "listing.hpp"
#include "rolecall/base/timestamp.hpp"

namespace rolecall::api::admin {
namespace {

json::Object shown(const store::WorkspaceRecord& workspace) {
  return json::Object{{"name", workspace.name},
                      {"id", workspace.id.value()},
                      {"role_mode", access::name_of(workspace.role_mode)},
                      {"created", to_timestamp(workspace.created)}};
}

Result<Answer> list(Call& call) {
  ROLECALL_TRY_ASSIGN(const auto listing, Listing::begin(call));
  ROLECALL_TRY_ASSIGN(auto workspaces, administration::list_workspaces(call.environment));
  const std::string next = listing.cut(workspaces, [](const auto& workspace) { return workspace.name; });
  json::Array items;
  for (const auto& workspace : workspaces) items.emplace_back(shown(workspace));
  return listing.answer(std::move(items), next);
}

Result<Answer> create(Call& call) {
  ROLECALL_TRY_ASSIGN(const auto name, call.text("name", true));
  ROLECALL_TRY_ASSIGN(const auto workspace, administration::create_workspace(call.environment, call.actor, name));
  return Answer{201, shown(workspace)};
}

Result<Answer> get(Call& call) {
  ROLECALL_TRY_ASSIGN(const auto workspace, administration::get_workspace(call.environment, call.segment(1)));
  return Answer{200, shown(workspace)};
}

Result<Answer> change(Call& call) {
  ROLECALL_TRY_ASSIGN(const auto text, call.text("role_mode", true));
  ROLECALL_TRY_ASSIGN(const auto mode, administration::parse_role_mode(text));
  ROLECALL_TRY_ASSIGN(const auto workspace,
                      administration::set_role_mode(call.environment, call.actor, call.segment(1), mode));
  return Answer{200, shown(workspace)};
}

}  // namespace

std::vector<Route> workspace_routes() {
  return {without_workspace({"GET", "/workspaces", list}), without_workspace({"POST", "/workspaces", create}),
          tagged(without_workspace({"GET", "/workspaces/{name}", get})),
          tagged(without_workspace({"PATCH", "/workspaces/{name}", change}))};
}

}  // namespace rolecall::api::admin
