#include "rolecall/administration/timeline.hpp"

#include <charconv>

#include "call.hpp"
#include "listing.hpp"
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

/// Where the page before ended: "SEQUENCE REQUEST".
std::string text_of(const TimelinePlace& place) {
  return std::to_string(place.before_seq) + " " + place.before_request.value();
}

TimelinePlace place_in(const std::string& text) {
  TimelinePlace place;
  if (text.empty()) return place;
  // It comes out of a cursor that was sealed here.
  std::from_chars(text.data(), text.data() + text.size(), place.before_seq);
  place.before_request = RequestId(text.substr(text.find(' ') + 1));
  return place;
}

Result<Answer> answer_of(const Listing& listing, const administration::Timeline& timeline) {
  json::Array items;
  for (const auto& entry : timeline.entries) items.emplace_back(shown(entry));
  return listing.answer(std::move(items), timeline.has_more ? text_of(timeline.next) : std::string());
}

Result<Answer> list_of_person(Call& call) {
  ROLECALL_TRY_ASSIGN(const auto listing, Listing::begin(call));
  ROLECALL_TRY_ASSIGN(const auto timeline,
                      administration::person_timeline(call.environment, call.workspace, call.segment(1),
                                                      place_in(listing.after()), listing.limit()));
  return answer_of(listing, timeline);
}

Result<Answer> list(Call& call) {
  ROLECALL_TRY_ASSIGN(const auto listing, Listing::begin(call));
  ROLECALL_TRY_ASSIGN(const auto user,
                      administration::timeline_user(call.environment, call.workspace, call.segment(1)));
  ROLECALL_TRY_ASSIGN(const auto timeline, administration::timeline_of(call.environment, call.workspace, user.value(),
                                                                       place_in(listing.after()), listing.limit()));
  return answer_of(listing, timeline);
}

}  // namespace

std::vector<Route> timeline_routes() {
  return {{"GET", "/users/{name}/timeline", list}, {"GET", "/people/{name}/timeline", list_of_person}};
}

}  // namespace rolecall::api::admin
