#include "rolecall/administration/users.hpp"

#include <algorithm>

#include "call.hpp"
#include "lifetime.hpp"
#include "listing.hpp"
#include "rolecall/administration/explanation.hpp"
#include "rolecall/base/timestamp.hpp"
#include "rolecall/json/array_of.hpp"

namespace rolecall::api::admin {
namespace {

json::Object summary(const store::ResourceRecord& user) {
  return json::Object{{"user_name", user.display},
                      {"id", user.id.value()},
                      {"active", user.is_active},
                      {"external_id", user.external_id},
                      {"created", to_timestamp(user.created)},
                      {"last_modified", to_timestamp(user.last_modified)}};
}

json::Object shown(const administration::UserView& view) {
  json::Object user = summary(view.record);
  user.append("connection", view.connection_name);
  user.append("managed_in", view.connection_name);
  json::Array roles;
  for (const access::Role& role : view.roles) roles.emplace_back(role.name);
  user.append("roles", std::move(roles));
  json::Array groups;
  for (const auto& group : view.groups) groups.emplace_back(group.display);
  user.append("groups", std::move(groups));
  return user;
}

Result<Answer> list(Call& call) {
  ROLECALL_TRY_ASSIGN(const auto listing, Listing::begin(call));
  ROLECALL_TRY_ASSIGN(const auto page,
                      administration::list_users(call.environment, call.workspace, listing.after(), listing.limit()));
  json::Array items;
  for (const auto& user : page.users) items.emplace_back(summary(user));
  Answer answer = listing.answer(std::move(items), page.next);
  answer.body.as_object()->append("total", page.total);
  return answer;
}

Result<Answer> get(Call& call) {
  ROLECALL_TRY_ASSIGN(const auto user, administration::get_user(call.environment, call.workspace, call.segment(1)));
  return Answer{200, shown(user)};
}

Result<Answer> explanation(Call& call) {
  ROLECALL_TRY_ASSIGN(const auto at, instant_in(call, "at"));
  ROLECALL_TRY_ASSIGN(const auto found,
                      at ? administration::explain_user_at(call.environment, call.workspace, call.segment(1), *at)
                         : administration::explain_user(call.environment, call.workspace, call.segment(1)));
  json::Array grants;
  for (const auto& grant : found.grants) {
    grants.emplace_back(json::Object{{"role", grant.role},
                                     {"cause", access::name_of(grant.cause)},
                                     {"because", grant.because},
                                     {"link", grant.link},
                                     {"link_id", grant.link_id.value()},
                                     {"group", grant.group},
                                     {"group_id", grant.group_id.value()},
                                     {"connection", grant.connection},
                                     {"made_by", grant.made_by},
                                     {"approved_by", grant.approved_by},
                                     {"since", to_timestamp(grant.since)},
                                     {"removed_by", grant.removed_by},
                                     {"others", json::array_of(grant.others)},
                                     {"other_count", grant.other_count}});
  }
  json::Array also;
  for (const auto& losing : found.also) {
    also.emplace_back(json::Object{{"role", losing.role},
                                   {"cause", access::name_of(losing.cause)},
                                   {"how", losing.how},
                                   {"priority", losing.priority},
                                   {"loses_to", losing.loses_to},
                                   {"winning_priority", losing.winning_priority}});
  }
  return Answer{200, json::Object{{"user_name", found.user_name},
                                  {"id", found.user.value()},
                                  {"active", found.is_active},
                                  {"sentence", found.sentence},
                                  {"grants", std::move(grants)},
                                  {"also", std::move(also)},
                                  {"default_role", found.default_role},
                                  {"default_because", found.default_because},
                                  {"without_effect", json::array_of(found.without_effect)},
                                  {"at", instant_or_null(found.at)},
                                  {"text", administration::to_text(found)}}};
}

Result<Answer> grant(Call& call) {
  ROLECALL_TRY_ASSIGN(const auto role, call.text("role", true));
  ROLECALL_TRY_ASSIGN(const auto user, administration::grant_direct(call.environment, call.workspace, call.actor,
                                                                    call.segment(1), role));
  return Answer{201, shown(user)};
}

Result<Answer> revoke(Call& call) {
  ROLECALL_TRY_ASSIGN(const auto user, administration::revoke_direct(call.environment, call.workspace, call.actor,
                                                                     call.segment(1), call.segment(3)));
  return Answer{200, shown(user)};
}

}  // namespace

std::vector<Route> user_routes() {
  return {{"GET", "/users", list},
          {"GET", "/users/{name}", get},
          {"GET", "/users/{name}/explanation", explanation},
          {"POST", "/users/{name}/grants", grant},
          {"DELETE", "/users/{name}/grants/{role}", revoke}};
}

}  // namespace rolecall::api::admin
