#include <algorithm>
#include <array>

#include "link.hpp"
#include "okta.hpp"
#include "rolecall/base/text.hpp"
#include "rolecall/base/timestamp.hpp"
#include "rolecall/json/parse.hpp"

namespace rolecall::connector::okta {
namespace {

/// A thousand events with all their context are far below it.
constexpr json::Limits kLimits{16 * 1024 * 1024};

constexpr std::size_t kLongestUuid = 64;
constexpr std::size_t kLongestType = 100;

bool is_of(std::string_view text, std::size_t longest, std::string_view more) {
  const auto is_plain = [more](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           more.find(c) != std::string_view::npos;
  };
  return !text.empty() && text.size() <= longest && std::all_of(text.begin(), text.end(), is_plain);
}

/// None when it lacks what every event has.
std::optional<DirectoryEvent> event_of(const json::Value& value) {
  if (!value.is_object()) return std::nullopt;
  const json::Object& found = *value.as_object();
  DirectoryEvent event;
  event.id = text_in(found, "uuid");
  event.type = text_in(found, "eventType");
  if (!is_of(event.id, kLongestUuid, "-") || !is_of(event.type, kLongestType, "._-")) return std::nullopt;
  event.published = parse_timestamp(text_in(found, "published"));
  event.is_of_sets =
      event.type.starts_with("group.user_membership.") || event.type.starts_with("application.user_membership.");
  const bool is_of_people =
      event.is_of_sets || event.type.starts_with("user.lifecycle.") || event.type.starts_with("user.account.");
  const json::Value* targets = found.find("target");
  if (!is_of_people || targets == nullptr || !targets->is_array()) return event;
  for (const json::Value& target : *targets->as_array()) {
    if (!target.is_object() || event.people.size() == kPeopleOfEvent) continue;
    std::string id = text_in(*target.as_object(), "id");
    const bool is_new = std::find(event.people.begin(), event.people.end(), id) == event.people.end();
    if (text_in(*target.as_object(), "type") == "User" && is_id(id) && is_new) event.people.push_back(std::move(id));
  }
  return event;
}

}  // namespace

bool OktaConnector::is_person_id(std::string_view text) const {
  constexpr std::size_t kLength = 20;
  return text.size() == kLength && text.starts_with("00u") && is_id(text);
}

Result<std::vector<DirectoryEvent>> OktaConnector::read_delivery(std::string_view body) const {
  const auto parsed = json::parse(body, kLimits);
  const json::Object* delivery = parsed ? parsed->as_object() : nullptr;
  const json::Value* data = delivery != nullptr ? delivery->find("data") : nullptr;
  const json::Object* inner = data != nullptr ? data->as_object() : nullptr;
  const json::Value* events = inner != nullptr ? inner->find("events") : nullptr;
  if (events == nullptr || !events->is_array()) {
    return fail(ErrorCode::invalid_syntax, "The body is no delivery of an event hook.");
  }
  if (events->as_array()->size() > kEventsAtOnce) {
    return fail(ErrorCode::too_many, "A delivery has " + std::to_string(kEventsAtOnce) + " events at most.");
  }
  std::vector<DirectoryEvent> all;
  for (const json::Value& one : *events->as_array()) {
    // One that cannot be read keeps the others from nobody.
    if (auto event = event_of(one)) all.push_back(std::move(*event));
  }
  if (all.empty() && !events->as_array()->empty()) {
    return fail(ErrorCode::invalid_syntax, "No event of the delivery can be read.");
  }
  return all;
}

Call OktaConnector::read_log(Instant since) const {
  std::string filter;
  for (const std::string_view type : hooked_events()) {
    filter += (filter.empty() ? "eventType eq \"" : " or eventType eq \"") + std::string(type) + "\"";
  }
  return reading("/api/v1/logs?since=" + percent_encode(to_timestamp(since)) +
                 "&sortOrder=ASCENDING&limit=1000&filter=" + percent_encode(filter));
}

Answer<Page<DirectoryEvent>> OktaConnector::read_log_page(const Reply& reply, std::string_view domain,
                                                          Instant now) const {
  if (!is_success(reply)) return tl::unexpected(read_trouble(reply, now));
  const auto body = json::parse(reply.body, kLimits);
  if (reply.status != 200 || !body || !body->is_array()) {
    return tl::unexpected(unreadable(reply, "A list was asked for, and this is none."));
  }
  Page<DirectoryEvent> page;
  for (const json::Value& one : *body->as_array()) {
    auto event = event_of(one);
    if (!event) return tl::unexpected(unreadable(reply, "An entry of the log lacks what every entry has."));
    page.items.push_back(std::move(*event));
  }
  auto next = next_page(reply, domain);
  if (!next || next->empty()) return tl::unexpected(unreadable(reply, "The log does not say where it goes on."));
  page.next = std::move(*next);
  return page;
}

}  // namespace rolecall::connector::okta
