#include "rolecall/administration/groups.hpp"

#include "call.hpp"
#include "listing.hpp"
#include "rolecall/base/timestamp.hpp"
#include "views.hpp"

namespace rolecall::api::admin {
namespace {

json::Object shown_group(const administration::GroupView& view) {
  json::Array links;
  for (const auto& link : view.links) links.emplace_back(shown(link));
  return json::Object{{"name", view.record.display},
                      {"id", view.record.id.value()},
                      {"connection", view.connection_name},
                      {"managed_in", view.connection_name},
                      {"stands_for", view.stands_for},
                      {"members", view.members},
                      {"parked_members", view.parked},
                      {"links", std::move(links)},
                      {"created", to_timestamp(view.record.created)},
                      {"last_modified", to_timestamp(view.record.last_modified)}};
}

Result<Answer> list(Call& call) {
  ROLECALL_TRY_ASSIGN(const auto listing, Listing::begin(call));
  ROLECALL_TRY_ASSIGN(const auto page,
                      administration::list_groups(call.environment, call.workspace, listing.after(), listing.limit()));
  json::Array items;
  for (const auto& group : page.groups) items.emplace_back(shown_group(group));
  Answer answer = listing.answer(std::move(items), page.next);
  answer.body.as_object()->append("total", page.total);
  return answer;
}

Result<Answer> get(Call& call) {
  ROLECALL_TRY_ASSIGN(const auto connection, call.parameter("connection"));
  ROLECALL_TRY_ASSIGN(const auto group,
                      administration::get_group(call.environment, call.workspace, call.segment(1), connection));
  return Answer{200, shown_group(group)};
}

Result<Answer> members(Call& call) {
  ROLECALL_TRY_ASSIGN(const auto connection, call.parameter("connection"));
  ROLECALL_TRY_ASSIGN(const auto listing, Listing::begin(call, {"connection"}));
  ROLECALL_TRY_ASSIGN(const auto page,
                      administration::list_members(call.environment, call.workspace, call.segment(1), connection,
                                                   ResourceId(listing.after()), listing.limit()));
  json::Array items;
  for (const auto& member : page.members) {
    items.emplace_back(json::Object{{"name", member.display},
                                    {"id", member.member.value()},
                                    {"type", member.type},
                                    {"added", to_timestamp(member.added)}});
  }
  Answer answer = listing.answer(std::move(items), page.next.value());
  answer.body.as_object()->append("total", page.total);
  return answer;
}

}  // namespace

std::vector<Route> group_routes() {
  return {{"GET", "/groups", list}, {"GET", "/groups/{name}", get}, {"GET", "/groups/{name}/members", members}};
}

}  // namespace rolecall::api::admin
