#include "rolecall/administration/adoption.hpp"

#include "call.hpp"
#include "rolecall/json/array_of.hpp"

namespace rolecall::api::admin {
namespace {

Answer shown(const administration::Adoption& adoption) {
  json::Array changes;
  for (const auto& change : adoption.role_changes) {
    changes.emplace_back(json::Object{{"user_name", change.user_name},
                                      {"before", json::array_of(change.before)},
                                      {"after", json::array_of(change.after)}});
  }
  return Answer{200, json::Object{{"from", adoption.from},
                                  {"to", adoption.to},
                                  {"users", adoption.users},
                                  {"groups", adoption.groups},
                                  {"memberships_ended", adoption.memberships_ended},
                                  {"memberships_moved", adoption.memberships_moved},
                                  {"users_changed", adoption.users_changed},
                                  {"role_changes", std::move(changes)}}};
}

Result<administration::AdoptionWish> wish_of(const Call& call) {
  administration::AdoptionWish wish;
  ROLECALL_TRY_ASSIGN(wish.keep_roles, call.flag("keep_roles"));
  return wish;
}

Result<Answer> adopt_user(Call& call) {
  ROLECALL_TRY_ASSIGN(auto wish, wish_of(call));
  ROLECALL_TRY_ASSIGN(wish.connection, call.text("connection", true));
  ROLECALL_TRY_ASSIGN(const auto adoption,
                      administration::adopt_user(call.environment, call.workspace, call.actor, call.segment(1), wish));
  return shown(adoption);
}

Result<Answer> adopt_group(Call& call) {
  ROLECALL_TRY_ASSIGN(auto wish, wish_of(call));
  ROLECALL_TRY_ASSIGN(wish.connection, call.text("connection", true));
  ROLECALL_TRY_ASSIGN(const auto from, call.text("from", false));
  ROLECALL_TRY_ASSIGN(const auto adoption, administration::adopt_group(call.environment, call.workspace, call.actor,
                                                                       call.segment(1), from, wish));
  return shown(adoption);
}

/// The connection of the path adopts what `from` has.
Result<Answer> adopt_connection(Call& call) {
  ROLECALL_TRY_ASSIGN(auto wish, wish_of(call));
  wish.connection = call.segment(1);
  ROLECALL_TRY_ASSIGN(const auto from, call.text("from", true));
  ROLECALL_TRY_ASSIGN(const auto adoption,
                      administration::adopt_connection(call.environment, call.workspace, call.actor, from, wish));
  return shown(adoption);
}

}  // namespace

std::vector<Route> adoption_routes() {
  return {{"POST", "/users/{name}/adoption", adopt_user},
          {"POST", "/groups/{name}/adoption", adopt_group},
          {"POST", "/connections/{name}/adoption", adopt_connection}};
}

}  // namespace rolecall::api::admin
