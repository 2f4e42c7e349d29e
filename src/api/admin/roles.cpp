#include "rolecall/administration/roles.hpp"

#include "call.hpp"
#include "listing.hpp"
#include "rolecall/json/array_of.hpp"

namespace rolecall::api::admin {
namespace {

json::Object shown(const access::Role& role) {
  return json::Object{{"name", role.name},
                      {"id", role.id.value()},
                      {"description", role.description},
                      {"origin", administration::name_of(role.origin)},
                      {"protected", role.is_protected},
                      {"priority", role.rank},
                      {"permissions", json::array_of(role.permissions)}};
}

Result<Answer> list(Call& call) {
  ROLECALL_TRY_ASSIGN(const auto listing, Listing::begin(call));
  ROLECALL_TRY_ASSIGN(auto roles, administration::list_roles(call.environment, call.workspace));
  const auto& folder = call.environment.folder;
  const std::string next =
      listing.cut(roles, [&](const access::Role& role) { return sortable(role.rank) + folder.fold(role.name); });
  json::Array items;
  for (const auto& role : roles) items.emplace_back(shown(role));
  return listing.answer(std::move(items), next);
}

Result<Answer> get(Call& call) {
  ROLECALL_TRY_ASSIGN(const auto role, administration::get_role(call.environment, call.workspace, call.segment(1)));
  return Answer{200, shown(role)};
}

Result<Answer> create(Call& call) {
  administration::NewRole wanted;
  ROLECALL_TRY_ASSIGN(wanted.name, call.text("name", true));
  ROLECALL_TRY_ASSIGN(wanted.description, call.text("description", false));
  ROLECALL_TRY_ASSIGN(wanted.permissions, call.texts("permissions"));
  ROLECALL_TRY_ASSIGN(wanted.priority, call.number("priority"));
  ROLECALL_TRY_ASSIGN(const auto role,
                      administration::create_role(call.environment, call.workspace, call.actor, wanted));
  return Answer{201, shown(role)};
}

Result<Answer> change(Call& call) {
  administration::RoleChange wanted;
  if (call.body.find("description") != nullptr) {
    ROLECALL_TRY_ASSIGN(wanted.description, call.text("description", false));
  }
  if (call.body.find("permissions") != nullptr) {
    ROLECALL_TRY_ASSIGN(wanted.permissions, call.texts("permissions"));
  }
  ROLECALL_TRY_ASSIGN(wanted.priority, call.number("priority"));
  ROLECALL_TRY_ASSIGN(const auto role, administration::update_role(call.environment, call.workspace, call.actor,
                                                                   call.segment(1), wanted));
  return Answer{200, shown(role)};
}

Result<Answer> remove(Call& call) {
  ROLECALL_TRY_ASSIGN(const auto replacement, call.parameter("replacement"));
  ROLECALL_TRY(administration::remove_role(call.environment, call.workspace, call.actor, call.segment(1), replacement));
  return Answer{204, {}};
}

Result<Answer> holders(Call& call) {
  ROLECALL_TRY_ASSIGN(const auto listing, Listing::begin(call));
  ROLECALL_TRY_ASSIGN(const auto found, administration::role_holders(call.environment, call.workspace, call.segment(1),
                                                                     ResourceId(listing.after()), listing.limit()));
  json::Array items;
  for (const auto& holder : found.holders) {
    items.emplace_back(json::Object{{"user_name", holder.user_name}, {"id", holder.user.value()}});
  }
  Answer answer = listing.answer(std::move(items), found.next.value());
  answer.body.as_object()->append("total", found.total);
  return answer;
}

}  // namespace

std::vector<Route> role_routes() {
  return {{"GET", "/roles", list},
          tagged({"POST", "/roles", create}),
          tagged({"GET", "/roles/{name}", get}),
          tagged({"PATCH", "/roles/{name}", change}),
          tagged({"DELETE", "/roles/{name}", remove}),
          {"GET", "/roles/{name}/holders", holders}};
}

}  // namespace rolecall::api::admin
