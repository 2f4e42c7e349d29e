#include "rolecall/administration/timeline.hpp"

#include <charconv>

#include "call.hpp"
#include "rolecall/api/cursor.hpp"
#include "rolecall/base/timestamp.hpp"

namespace rolecall::api::admin {
namespace {

using administration::TimelineEntry;
using administration::TimelinePlace;

json::Value or_null(const std::string& text) { return text.empty() ? json::Value() : json::Value(text); }

json::Object shown(const TimelineEntry& entry) {
  return json::Object{{"at", to_timestamp(entry.at)},
                      {"kind", administration::name_of(entry.kind)},
                      {"sentence", entry.sentence},
                      {"actor", entry.actor},
                      {"action", entry.action},
                      {"request", or_null(entry.request.value())},
                      {"sequence", entry.sequence == 0 ? json::Value() : json::Value(entry.sequence)},
                      {"status", entry.status == 0 ? json::Value() : json::Value(entry.status)}};
}

/// A cursor goes on where the page of this user ended, and nowhere else.
std::string context_of(const Call& call, const ResourceId& user) {
  return "timeline/" + call.workspace.value() + "/" + user.value();
}

std::string sealed(const Call& call, const ResourceId& user, const TimelinePlace& place) {
  return call.exchange.parts.cursors.seal(std::to_string(place.before_seq) + " " + place.before_request.value(),
                                          context_of(call, user));
}

tl::unexpected<Error> refuse_cursor() {
  return fail(ErrorCode::invalid_cursor, "The cursor is not one of this list. Start again without one.", "after");
}

Result<TimelinePlace> place_in(const Call& call, const ResourceId& user) {
  ROLECALL_TRY_ASSIGN(const auto text, call.parameter("after"));
  TimelinePlace place;
  if (text.empty()) return place;
  if (text.size() > kCursorBytes) return refuse_cursor();
  const auto bytes = call.exchange.parts.cursors.open(text, context_of(call, user));
  if (!bytes) return refuse_cursor();
  const auto blank = bytes->find(' ');
  const auto [end, error] = std::from_chars(bytes->data(), bytes->data() + bytes->size(), place.before_seq);
  if (blank == std::string::npos || error != std::errc() || end != bytes->data() + blank) return refuse_cursor();
  place.before_request = RequestId(bytes->substr(blank + 1));
  return place;
}

Result<Answer> list(Call& call) {
  ROLECALL_TRY_ASSIGN(const auto limit, call.limit());
  ROLECALL_TRY_ASSIGN(const auto user,
                      administration::timeline_user(call.environment, call.workspace, call.segment(1)));
  ROLECALL_TRY_ASSIGN(const auto place, place_in(call, user));
  ROLECALL_TRY_ASSIGN(const auto timeline,
                      administration::timeline_of(call.environment, call.workspace, user.value(), place, limit));
  json::Array items;
  for (const auto& entry : timeline.entries) items.emplace_back(shown(entry));
  Answer answer = list_of(std::move(items));
  answer.body.as_object()->append("next", timeline.has_more ? sealed(call, user, timeline.next) : std::string());
  return answer;
}

}  // namespace

std::vector<Route> timeline_routes() { return {{"GET", "/users/{name}/timeline", list}}; }

}  // namespace rolecall::api::admin
