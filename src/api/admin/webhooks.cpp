#include "rolecall/administration/webhooks.hpp"

#include <array>

#include "call.hpp"
#include "lifetime.hpp"
#include "listing.hpp"
#include "rolecall/base/timestamp.hpp"
#include "rolecall/event/catalogue.hpp"
#include "rolecall/http/egress.hpp"
#include "rolecall/json/parse.hpp"
#include "rolecall/json/write.hpp"

namespace rolecall::api::admin {
namespace {

using store::DeliveryOfEvent;
using store::DeliveryState;

constexpr std::string_view kSecret = "secret";
/// How its receiver does.
constexpr std::array<std::string_view, 5> kUnstable{"old_secret_ends", "failures", "next_attempt", "pending", "failed"};

std::string_view name_of(DeliveryState state) {
  if (state == DeliveryState::pending) return "pending";
  return state == DeliveryState::delivered ? "delivered" : "failed";
}

json::Value or_null(const std::string& text) { return text.empty() ? json::Value() : json::Value(text); }

json::Object shown(const Call& call, const administration::WebhookView& view) {
  const store::WebhookRecord& webhook = view.record;
  const Instant now = call.environment.clock.now();
  json::Array events;
  for (const std::string& entry : webhook.events) events.emplace_back(entry);
  const bool has_two = webhook.old_secret_ends && now < *webhook.old_secret_ends;
  const bool rests = webhook.rests_until > now;
  return json::Object{{"id", webhook.id.value()},
                      {"url", webhook.url},
                      {"description", webhook.description},
                      {"events", std::move(events)},
                      {"state", webhook.is_paused ? "paused" : "active"},
                      {"paused_because", or_null(webhook.paused_because)},
                      {"made_by", webhook.made_by},
                      {"created", to_timestamp(webhook.created)},
                      {"old_secret_ends", instant_or_null(has_two ? webhook.old_secret_ends : std::nullopt)},
                      {"failures", webhook.failures},
                      {"next_attempt", instant_or_null(rests ? std::optional(webhook.rests_until) : std::nullopt)},
                      {"pending", view.counts.pending},
                      {"failed", view.counts.failed}};
}

/// 0: there was no answer.
json::Value status_or_null(std::int64_t status) {
  if (status == 0) return {};
  return status;
}

json::Object shown(const Call& call, const DeliveryOfEvent& found) {
  const store::DeliveryRecord& delivery = found.delivery;
  const bool waits = delivery.state == DeliveryState::pending && delivery.due > call.environment.clock.now();
  return json::Object{{"id", found.event.id.value()},
                      {"sequence", found.event.seq},
                      {"type", found.event.type},
                      {"at", to_timestamp(found.event.at)},
                      {"state", name_of(delivery.state)},
                      {"attempts", delivery.attempts},
                      {"last_attempt", instant_or_null(delivery.last_attempt)},
                      {"next_attempt", instant_or_null(waits ? std::optional(delivery.due) : std::nullopt)},
                      {"status", status_or_null(delivery.status)},
                      {"reason", or_null(delivery.reason)},
                      {"milliseconds", delivery.micros / 1000}};
}

WebhookId webhook_in(const Call& call) { return WebhookId(call.segment(1)); }

Result<void> check_url(const Call& call, const std::string& url) {
  ROLECALL_TRY(http::check_outside_url(url, call.exchange.settings.egress));
  return {};
}

Result<Answer> list(Call& call) {
  ROLECALL_TRY_ASSIGN(const auto listing, Listing::begin(call));
  ROLECALL_TRY_ASSIGN(auto all, administration::list_webhooks(call.environment, call.workspace));
  const auto next = listing.cut(all, [](const auto& view) { return view.record.id.value(); });
  json::Array items;
  for (const auto& view : all) items.emplace_back(shown(call, view));
  return listing.answer(std::move(items), next);
}

Result<Answer> events(Call& call) {
  ROLECALL_TRY_ASSIGN(const auto listing, Listing::begin(call));
  std::vector<event::Type> types(event::types().begin(), event::types().end());
  const auto next = listing.cut(types, [](const event::Type& type) { return std::string(type.name); });
  json::Array items;
  for (const event::Type& type : types) {
    items.emplace_back(json::Object{{"type", type.name}, {"description", type.sentence}});
  }
  return listing.answer(std::move(items), next);
}

Result<Answer> get(Call& call) {
  ROLECALL_TRY_ASSIGN(const auto view, administration::get_webhook(call.environment, call.workspace, webhook_in(call)));
  return Answer{200, shown(call, view)};
}

/// The only time that a secret leaves the process in an answer; one that signs nothing never does.
Answer answer_with(const Call& call, int status, const administration::CreatedWebhook& made) {
  json::Object body = shown(call, made.view);
  if (!call.is_dry_run) body.append(std::string(kSecret), made.secret.expose());
  return Answer{status, std::move(body), kSecret};
}

Result<Answer> create(Call& call) {
  administration::WantedWebhook wanted;
  ROLECALL_TRY_ASSIGN(wanted.url, call.text("url", true));
  ROLECALL_TRY_ASSIGN(wanted.events, call.texts("events"));
  ROLECALL_TRY_ASSIGN(wanted.description, call.text("description", false));
  ROLECALL_TRY(check_url(call, wanted.url));
  ROLECALL_TRY_ASSIGN(const auto made,
                      administration::create_webhook(call.environment, call.workspace, call.actor, wanted));
  return answer_with(call, 201, made);
}

Result<std::optional<bool>> paused_in(const Call& call) {
  ROLECALL_TRY_ASSIGN(const auto state, call.text("state", false));
  if (state.empty()) return std::optional<bool>();
  if (state == "paused" || state == "active") return std::optional(state == "paused");
  return fail(ErrorCode::invalid_value, "The state is active or paused.", "state");
}

Result<Answer> change(Call& call) {
  administration::WebhookChange wanted;
  if (call.body.find("url") != nullptr) {
    ROLECALL_TRY_ASSIGN(wanted.url, call.text("url", true));
    ROLECALL_TRY(check_url(call, *wanted.url));
  }
  if (call.body.find("events") != nullptr) {
    ROLECALL_TRY_ASSIGN(wanted.events, call.texts("events"));
  }
  if (call.body.find("description") != nullptr) {
    ROLECALL_TRY_ASSIGN(wanted.description, call.text("description", false));
  }
  ROLECALL_TRY_ASSIGN(wanted.is_paused, paused_in(call));
  ROLECALL_TRY_ASSIGN(const auto view, administration::change_webhook(call.environment, call.workspace, call.actor,
                                                                      webhook_in(call), wanted));
  return Answer{200, shown(call, view)};
}

Result<Answer> remove(Call& call) {
  ROLECALL_TRY(administration::remove_webhook(call.environment, call.workspace, call.actor, webhook_in(call)));
  return Answer{204, {}};
}

Result<Answer> rotate(Call& call) {
  ROLECALL_TRY_ASSIGN(const auto overlap, seconds_in(call, "overlap_seconds"));
  ROLECALL_TRY_ASSIGN(const auto made, administration::rotate_webhook_secret(
                                           call.environment, call.workspace, call.actor, webhook_in(call),
                                           overlap.value_or(administration::kSecretOverlap)));
  return answer_with(call, 200, made);
}

Result<Answer> test(Call& call) {
  ROLECALL_TRY_ASSIGN(const auto found,
                      administration::test_webhook(call.environment, call.workspace, call.actor, webhook_in(call)));
  return Answer{202, shown(call, found)};
}

Result<std::optional<DeliveryState>> state_in(const Call& call) {
  ROLECALL_TRY_ASSIGN(const auto given, call.parameter("state"));
  if (given.empty()) return std::optional<DeliveryState>();
  for (const auto state : {DeliveryState::pending, DeliveryState::delivered, DeliveryState::failed}) {
    if (given == name_of(state)) return std::optional(state);
  }
  return fail(ErrorCode::invalid_value, "The parameter state is pending, delivered or failed.", "state");
}

Result<Answer> deliveries(Call& call) {
  ROLECALL_TRY_ASSIGN(const auto state, state_in(call));
  ROLECALL_TRY_ASSIGN(const auto listing, Listing::begin(call, {"state"}));
  ROLECALL_TRY_ASSIGN(const auto page,
                      administration::list_deliveries(call.environment, call.workspace, webhook_in(call),
                                                      json::to_integer(json::Number{listing.after()}).value_or(0),
                                                      state, listing.limit()));
  json::Array items;
  for (const auto& found : page.deliveries) items.emplace_back(shown(call, found));
  return listing.answer(std::move(items), page.next == 0 ? std::string() : std::to_string(page.next));
}

Result<Answer> delivery(Call& call) {
  ROLECALL_TRY_ASSIGN(const auto found, administration::get_delivery(call.environment, call.workspace, webhook_in(call),
                                                                     EventId(call.segment(3))));
  json::Object body = shown(call, found);
  auto payload = json::parse(found.event.payload);
  if (!payload) return internal_error("the payload of an event is unreadable");
  body.append("payload", std::move(*payload));
  return Answer{200, std::move(body)};
}

Result<Answer> redeliver(Call& call) {
  ROLECALL_TRY_ASSIGN(const auto found, administration::redeliver(call.environment, call.workspace, call.actor,
                                                                  webhook_in(call), EventId(call.segment(3))));
  return Answer{202, shown(call, found)};
}

}  // namespace

std::vector<Route> webhook_routes() {
  return {{"GET", "/webhooks", list},
          {"POST", "/webhooks", create},
          {"GET", "/webhooks/events", events},
          tagged({"GET", "/webhooks/{id}", get}, kUnstable),
          tagged({"PATCH", "/webhooks/{id}", change}, kUnstable),
          tagged({"DELETE", "/webhooks/{id}", remove}, kUnstable),
          {"POST", "/webhooks/{id}/rotate", rotate},
          {"POST", "/webhooks/{id}/test", test},
          {"GET", "/webhooks/{id}/deliveries", deliveries},
          {"GET", "/webhooks/{id}/deliveries/{delivery}", delivery},
          {"POST", "/webhooks/{id}/deliveries/{delivery}/redeliver", redeliver}};
}

}  // namespace rolecall::api::admin
