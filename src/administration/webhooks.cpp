#include "rolecall/administration/webhooks.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "lookup.hpp"
#include "rolecall/base/encoding.hpp"
#include "rolecall/event/catalogue.hpp"
#include "rolecall/event/delivery.hpp"
#include "rolecall/event/outbox.hpp"
#include "scope.hpp"
#include "webhook_secret.hpp"

namespace rolecall::administration {
namespace {

using store::DeliveryOfEvent;
using store::WebhookRecord;

std::string target_of(const WebhookId& id) { return "Webhook/" + id.value(); }

Result<std::vector<std::string>> check_events(std::vector<std::string> events) {
  std::sort(events.begin(), events.end());
  events.erase(std::unique(events.begin(), events.end()), events.end());
  std::vector<std::string> known;
  for (const event::Type& type : event::types()) known.emplace_back(type.name);
  for (const std::string& entry : events) {
    if (event::is_subscribable(entry)) continue;
    return fail_with_next(ErrorCode::invalid_value, "There is no event “" + entry + "”." + suggestion(entry, known),
                          "GET /webhooks/events lists them; user.* stands for all that begin so.", "events");
  }
  return events;
}

Result<void> check_description(const std::string& description) {
  if (description.size() <= kLongestDescription) return {};
  return fail(ErrorCode::invalid_value, "A description has " + std::to_string(kLongestDescription) + " bytes at most.",
              "description");
}

/// The raw key, and how its receiver is given it.
struct NewSecret {
  std::string sealed;
  Secret shown;
};
Result<NewSecret> make_secret(const Environment& environment, const WorkspaceId& workspace, const WebhookId& id) {
  if (environment.sealer == nullptr) return internal_error("no key to seal webhook secrets with");
  std::array<std::byte, event::kSecretBytes> bytes{};
  environment.random.fill(bytes);
  const Secret raw(std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
  return NewSecret{environment.sealer->seal(raw.expose(), context_of(workspace, id)),
                   Secret(std::string(event::kSecretPrefix) + to_base64(raw.expose()))};
}

Result<WebhookRecord> find_webhook(store::Workspace& workspace, const WebhookId& id) {
  ROLECALL_TRY_ASSIGN(auto found, workspace.webhooks().find(id));
  if (!found) return fail(ErrorCode::not_found, "There is no webhook “" + id.value() + "” in this workspace.");
  return std::move(*found);
}

Result<WebhookView> view_of(store::Workspace& workspace, WebhookRecord record) {
  WebhookView view;
  ROLECALL_TRY_ASSIGN(view.counts, workspace.outbox().counts(record.id));
  view.record = std::move(record);
  return view;
}

Result<DeliveryOfEvent> find_delivery(store::Workspace& workspace, const WebhookId& id, const EventId& event) {
  ROLECALL_TRY(find_webhook(workspace, id));
  ROLECALL_TRY_ASSIGN(auto found, workspace.outbox().find(id, event));
  if (found) return std::move(*found);
  return fail_with_next(ErrorCode::not_found,
                        "The event “" + event.value() + "” was not meant for this webhook, or is no longer kept.",
                        "Events are kept as long as the settings under webhooks say.");
}

json::Object describe(const WebhookRecord& webhook) {
  json::Array events;
  for (const std::string& entry : webhook.events) events.emplace_back(entry);
  return {{"events", std::move(events)}, {"state", webhook.is_paused ? "paused" : "active"}};
}

}  // namespace

Result<CreatedWebhook> create_webhook(const Environment& environment, const WorkspaceId& workspace, const Actor& actor,
                                      const WantedWebhook& wanted) {
  ROLECALL_TRY_ASSIGN(const auto events, check_events(wanted.events));
  ROLECALL_TRY(check_description(wanted.description));
  const WebhookId id(environment.ids.next());
  ROLECALL_TRY_ASSIGN(auto secret, make_secret(environment, workspace, id));
  return in_change(environment, workspace, actor, [&](Change& change) -> Result<CreatedWebhook> {
    ROLECALL_TRY_ASSIGN(const auto all, change.workspace.webhooks().list());
    if (all.size() >= kWebhooks) {
      return fail_with_next(ErrorCode::conflict,
                            "There are " + std::to_string(kWebhooks) + " webhooks, which is the limit.",
                            "Delete one that is no longer used.");
    }
    WebhookRecord record;
    record.id = id;
    record.url = wanted.url;
    record.description = wanted.description;
    record.events = events;
    record.secret = secret.sealed;
    record.made_by = actor.name;
    record.created = change.now;
    ROLECALL_TRY(change.workspace.webhooks().insert(record));
    ROLECALL_TRY(change.trail.record("webhook.created", target_of(id), describe(record)));
    return CreatedWebhook{{std::move(record), {}}, secret.shown};
  });
}

Result<std::vector<WebhookView>> list_webhooks(const Environment& environment, const WorkspaceId& workspace_id) {
  return in_view(environment, workspace_id, [&](store::Workspace& workspace) -> Result<std::vector<WebhookView>> {
    ROLECALL_TRY_ASSIGN(auto records, workspace.webhooks().list());
    std::vector<WebhookView> views;
    for (auto& record : records) {
      ROLECALL_TRY_ASSIGN(auto view, view_of(workspace, std::move(record)));
      views.push_back(std::move(view));
    }
    return views;
  });
}

Result<WebhookView> get_webhook(const Environment& environment, const WorkspaceId& workspace_id, const WebhookId& id) {
  return in_view(environment, workspace_id, [&](store::Workspace& workspace) -> Result<WebhookView> {
    ROLECALL_TRY_ASSIGN(auto record, find_webhook(workspace, id));
    return view_of(workspace, std::move(record));
  });
}

Result<WebhookView> change_webhook(const Environment& environment, const WorkspaceId& workspace, const Actor& actor,
                                   const WebhookId& id, const WebhookChange& wanted) {
  std::vector<std::string> events;
  if (wanted.events) {
    ROLECALL_TRY_ASSIGN(events, check_events(*wanted.events));
  }
  if (wanted.description) ROLECALL_TRY(check_description(*wanted.description));
  return in_change(environment, workspace, actor, [&](Change& change) -> Result<WebhookView> {
    ROLECALL_TRY_ASSIGN(auto record, find_webhook(change.workspace, id));
    json::Array changed;
    const auto put = [&changed](std::string_view name, auto& member, const auto& value) {
      if (!value || member == *value) return;
      member = *value;
      changed.emplace_back(name);
    };
    put("url", record.url, wanted.url);
    put("events", record.events, wanted.events ? std::optional(events) : std::nullopt);
    put("description", record.description, wanted.description);
    put("state", record.is_paused, wanted.is_paused);
    if (changed.empty()) return view_of(change.workspace, std::move(record));
    record.paused_because.clear();
    // A new address, or a receiver that is said to be well again, need not wait for the failures of before.
    record.failures = 0;
    record.rests_until = Instant();
    ROLECALL_TRY(change.workspace.webhooks().update(record));
    json::Object details = describe(record);
    details.append("attributes", std::move(changed));
    ROLECALL_TRY(change.trail.record("webhook.changed", target_of(id), std::move(details)));
    return view_of(change.workspace, std::move(record));
  });
}

Result<void> remove_webhook(const Environment& environment, const WorkspaceId& workspace, const Actor& actor,
                            const WebhookId& id) {
  return in_change(environment, workspace, actor, [&](Change& change) -> Result<void> {
    ROLECALL_TRY(find_webhook(change.workspace, id));
    ROLECALL_TRY(change.workspace.webhooks().remove(id));
    return change.trail.record("webhook.removed", target_of(id), {});
  });
}

Result<CreatedWebhook> rotate_webhook_secret(const Environment& environment, const WorkspaceId& workspace,
                                             const Actor& actor, const WebhookId& id, std::chrono::seconds overlap) {
  if (overlap < std::chrono::seconds(0) || overlap > kLongestSecretOverlap) {
    return fail(ErrorCode::invalid_value, "Two secrets sign together for 30 days at most.", "overlap_seconds");
  }
  ROLECALL_TRY_ASSIGN(auto secret, make_secret(environment, workspace, id));
  return in_change(environment, workspace, actor, [&](Change& change) -> Result<CreatedWebhook> {
    ROLECALL_TRY_ASSIGN(auto record, find_webhook(change.workspace, id));
    record.old_secret = std::exchange(record.secret, secret.sealed);
    record.old_secret_ends = change.now + overlap;
    ROLECALL_TRY(change.workspace.webhooks().update(record));
    ROLECALL_TRY(change.trail.record("webhook.secret_rotated", target_of(id),
                                     {{"overlap_seconds", static_cast<std::int64_t>(overlap.count())}}));
    ROLECALL_TRY_ASSIGN(auto view, view_of(change.workspace, std::move(record)));
    return CreatedWebhook{std::move(view), secret.shown};
  });
}

Result<DeliveryOfEvent> test_webhook(const Environment& environment, const WorkspaceId& workspace, const Actor& actor,
                                     const WebhookId& id) {
  return in_change(environment, workspace, actor, [&](Change& change) -> Result<DeliveryOfEvent> {
    ROLECALL_TRY(find_webhook(change.workspace, id));
    // The outbox makes an event of it, like of everything that is audited.
    ROLECALL_TRY(change.trail.record("webhook.tested", target_of(id), {}));
    ROLECALL_TRY_ASSIGN(const auto row, change.workspace.audit().last());
    if (!row) return internal_error("the entry of a test is gone");
    return find_delivery(change.workspace, id, event::id_of(*row));
  });
}

Result<DeliveryPage> list_deliveries(const Environment& environment, const WorkspaceId& workspace_id,
                                     const WebhookId& id, std::int64_t before,
                                     const std::optional<store::DeliveryState>& state, std::int64_t limit) {
  return in_view(environment, workspace_id, [&](store::Workspace& workspace) -> Result<DeliveryPage> {
    ROLECALL_TRY(find_webhook(workspace, id));
    const std::int64_t wanted = page_limit(limit);
    const std::int64_t end = before > 0 ? before : std::numeric_limits<std::int64_t>::max();
    DeliveryPage page;
    ROLECALL_TRY_ASSIGN(page.deliveries, workspace.outbox().page(id, end, state, wanted + 1));
    if (page.deliveries.size() > static_cast<std::size_t>(wanted)) {
      page.deliveries.pop_back();
      page.next = page.deliveries.back().event.seq;
    }
    return page;
  });
}

Result<DeliveryOfEvent> get_delivery(const Environment& environment, const WorkspaceId& workspace_id,
                                     const WebhookId& id, const EventId& event) {
  return in_view(environment, workspace_id,
                 [&](store::Workspace& workspace) { return find_delivery(workspace, id, event); });
}

Result<DeliveryOfEvent> redeliver(const Environment& environment, const WorkspaceId& workspace, const Actor& actor,
                                  const WebhookId& id, const EventId& event) {
  return in_change(environment, workspace, actor, [&](Change& change) -> Result<DeliveryOfEvent> {
    ROLECALL_TRY_ASSIGN(auto record, find_webhook(change.workspace, id));
    ROLECALL_TRY_ASSIGN(auto found, find_delivery(change.workspace, id, event));
    if (found.delivery.state == store::DeliveryState::pending) {
      return fail(ErrorCode::conflict, "This event is on its way already.");
    }
    event::redeliver(found.delivery);
    ROLECALL_TRY(change.workspace.outbox().update(found.delivery));
    record.rests_until = Instant();
    ROLECALL_TRY(change.workspace.webhooks().update(record));
    ROLECALL_TRY(change.trail.record("webhook.redelivered", target_of(id), {{"sequence", found.event.seq}}));
    return found;
  });
}

}  // namespace rolecall::administration
