#include "rolecall/event/outbox.hpp"

#include <algorithm>
#include <array>

#include "rolecall/base/timestamp.hpp"
#include "rolecall/event/catalogue.hpp"
#include "rolecall/json/write.hpp"

namespace rolecall::event {
namespace {

constexpr std::size_t kIdDigits = 32;

/// What details say in one word of a catalogue or of a provider's. Details hold no values anyway; that nothing else
/// leaves the house does not rest on that alone.
constexpr std::array<std::string_view, 10> kWords{"cause", "because", "mode", "state",   "from",
                                                  "to",    "type",    "code", "outcome", "vendor_request"};
constexpr std::size_t kLongestWord = 64;

struct Reference {
  std::string kind;
  std::string id;
  std::string directory;  ///< of a Person
};

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool is_of_id(char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '_'; }

/// One word: a sentence may hold what somebody is called.
bool is_word(std::string_view text) {
  return text.size() <= kLongestWord && std::all_of(text.begin(), text.end(), is_of_id);
}

/// "User/<id>", or "Person/<directory>/<id>"; none for anything else.
std::optional<Reference> reference_in(const std::string& text) {
  const auto slash = text.find('/');
  if (slash == std::string::npos || slash == 0 || slash + 1 == text.size()) return std::nullopt;
  Reference reference{text.substr(0, slash), text.substr(slash + 1), ""};
  const auto second = reference.id.find('/');
  if (reference.kind == "Person" && second != std::string::npos) {
    reference.directory = reference.id.substr(0, second);
    reference.id.erase(0, second + 1);
  }
  const auto all = [](const std::string& part, auto fits) { return std::all_of(part.begin(), part.end(), fits); };
  const bool is_one =
      all(reference.kind, is_letter) && all(reference.id, is_of_id) && all(reference.directory, is_of_id);
  return is_one ? std::optional(std::move(reference)) : std::nullopt;
}

bool is_held_otherwise(const json::Object& details) {
  const json::Value* held = details.find(kHeldOtherwise);
  return held != nullptr && held->is_bool() && *held->as_bool();
}

}  // namespace

EventId id_of(const store::AuditRecord& row) { return EventId("evt_" + row.hash.substr(0, kIdDigits)); }

Result<std::vector<WebhookId>> Outbox::who_wants(std::string_view type, const std::string& target) {
  if (!subscriptions_) {
    ROLECALL_TRY_ASSIGN(subscriptions_, workspace_.webhooks().subscriptions());
  }
  std::vector<WebhookId> found;
  for (const store::Subscription& subscription : *subscriptions_) {
    const bool is_meant =
        type == kTestType ? target == "Webhook/" + subscription.webhook.value() : wants(subscription.events, type);
    if (is_meant) found.push_back(subscription.webhook);
  }
  return found;
}

Result<std::string> Outbox::role_name(const RoleId& role) {
  if (const auto known = role_names_.find(role); known != role_names_.end()) return known->second;
  ROLECALL_TRY_ASSIGN(const auto found, workspace_.roles().find(role));
  return role_names_.emplace(role, found ? found->name : std::string()).first->second;
}

Result<json::Value> Outbox::shown(const std::string& text) {
  auto reference = reference_in(text);
  if (!reference) return json::Value();
  json::Object object{{"type", reference->kind}, {"id", reference->id}};
  if (reference->kind == "Role") {
    ROLECALL_TRY_ASSIGN(auto name, role_name(RoleId(reference->id)));
    if (!name.empty()) object.append("name", std::move(name));
  }
  if (!reference->directory.empty()) object.append("directory", reference->directory);
  return json::Value(std::move(object));
}

Result<json::Object> Outbox::data_of(const json::Object& details) {
  json::Object data;
  for (const auto& [name, value] : details) {
    if (value.is_bool() || value.is_number() || name == "attributes") {
      data.append(name, value);
    } else if (value.is_string()) {
      ROLECALL_TRY_ASSIGN(auto reference, shown(*value.as_string()));
      const bool is_plain = std::find(kWords.begin(), kWords.end(), name) != kWords.end();
      if (reference.is_null() && is_plain && is_word(*value.as_string())) reference = value;
      if (!reference.is_null()) data.append(name, std::move(reference));
    }
  }
  return data;
}

Result<void> Outbox::add(const store::AuditRecord& row, const json::Object& details) {
  const std::string_view type = type_of(row.action);
  if (type.empty() || is_held_otherwise(details)) return {};
  ROLECALL_TRY_ASSIGN(const auto webhooks, who_wants(type, row.target));
  if (webhooks.empty()) return {};
  store::EventRecord event;
  event.seq = row.seq;
  event.id = id_of(row);
  event.type = std::string(type);
  event.at = row.at;
  ROLECALL_TRY_ASSIGN(auto subject, shown(row.target));
  ROLECALL_TRY_ASSIGN(auto data, data_of(details));
  event.payload = json::write(json::Object{{"id", event.id.value()},
                                           {"type", event.type},
                                           {"at", to_timestamp(event.at)},
                                           {"workspace", workspace_.id().value()},
                                           {"sequence", event.seq},
                                           {"actor", row.actor},
                                           {"action", row.action},
                                           {"request", row.request.value()},
                                           {"subject", std::move(subject)},
                                           {"data", std::move(data)}});
  return workspace_.outbox().put(event, webhooks);
}

}  // namespace rolecall::event
