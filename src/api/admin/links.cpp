#include "rolecall/administration/links.hpp"

#include "call.hpp"
#include "listing.hpp"
#include "rolecall/base/timestamp.hpp"
#include "views.hpp"

namespace rolecall::api::admin {

json::Object shown(const administration::LinkView& view) {
  json::Object link{{"id", view.link.id.value()},
                    {"group", view.link.group_name},
                    {"group_id", view.link.group.value()},
                    {"role", view.role_name},
                    {"connection", view.connection_name},
                    {"state", administration::name_of(view.link.state)},
                    {"origin", administration::name_of(view.link.origin)},
                    {"made_by", view.link.made_by},
                    {"made", to_timestamp(view.link.made)}};
  link.append("approved_by", nullptr);
  link.append("approved", nullptr);
  if (view.link.approved) {
    link.set("approved_by", view.link.approved_by);
    link.set("approved", to_timestamp(*view.link.approved));
  }
  return link;
}

namespace {

Result<Answer> list(Call& call) {
  ROLECALL_TRY_ASSIGN(const auto listing, Listing::begin(call));
  ROLECALL_TRY_ASSIGN(auto links, administration::list_links(call.environment, call.workspace));
  const std::string next = listing.cut(links, [](const auto& view) { return view.link.id.value(); });
  json::Array items;
  for (const auto& link : links) items.emplace_back(shown(link));
  return listing.answer(std::move(items), next);
}

Result<Answer> get(Call& call) {
  ROLECALL_TRY_ASSIGN(const auto link,
                      administration::get_link(call.environment, call.workspace, LinkId(call.segment(1))));
  return Answer{200, shown(link)};
}

Result<Answer> create(Call& call) {
  administration::NewLink wanted;
  ROLECALL_TRY_ASSIGN(wanted.group, call.text("group", true));
  ROLECALL_TRY_ASSIGN(wanted.role, call.text("role", true));
  ROLECALL_TRY_ASSIGN(wanted.connection, call.text("connection", false));
  ROLECALL_TRY_ASSIGN(const auto link,
                      administration::create_link(call.environment, call.workspace, call.actor, wanted));
  return Answer{201, shown(link)};
}

Result<Answer> change(Call& call) {
  ROLECALL_TRY_ASSIGN(const auto state, call.text("state", true));
  const LinkId id(call.segment(1));
  if (state == "paused") {
    ROLECALL_TRY_ASSIGN(const auto link, administration::pause_link(call.environment, call.workspace, call.actor, id));
    return Answer{200, shown(link)};
  }
  if (state == "active") {
    ROLECALL_TRY_ASSIGN(const auto link, administration::resume_link(call.environment, call.workspace, call.actor, id));
    return Answer{200, shown(link)};
  }
  return fail(ErrorCode::invalid_value, "The state is active or paused.", "state");
}

Result<Answer> approve(Call& call) {
  ROLECALL_TRY_ASSIGN(const auto link, administration::approve_link(call.environment, call.workspace, call.actor,
                                                                    LinkId(call.segment(1))));
  return Answer{200, shown(link)};
}

Result<Answer> suggestions(Call& call) {
  ROLECALL_TRY_ASSIGN(const auto limit, call.limit());
  ROLECALL_TRY_ASSIGN(const auto found, administration::suggest_links(call.environment, call.workspace, limit));
  json::Array items;
  for (const auto& suggestion : found) {
    items.emplace_back(json::Object{{"group", suggestion.group_name},
                                    {"group_id", suggestion.group.value()},
                                    {"connection", suggestion.connection_name},
                                    {"role", suggestion.role_name}});
  }
  return list_of(std::move(items));
}

Result<Answer> remove(Call& call) {
  ROLECALL_TRY(administration::remove_link(call.environment, call.workspace, call.actor, LinkId(call.segment(1))));
  return Answer{204, {}};
}

}  // namespace

std::vector<Route> link_routes() {
  return {{"GET", "/links", list},
          tagged({"POST", "/links", create}),
          {"GET", "/links/suggestions", suggestions},
          {"POST", "/links/{id}/approval", approve},
          tagged({"GET", "/links/{id}", get}),
          tagged({"PATCH", "/links/{id}", change}),
          tagged({"DELETE", "/links/{id}", remove})};
}

}  // namespace rolecall::api::admin
