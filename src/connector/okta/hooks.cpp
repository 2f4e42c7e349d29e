#include <array>

#include "okta.hpp"
#include "rolecall/json/parse.hpp"
#include "rolecall/json/write.hpp"

namespace rolecall::connector::okta {
namespace {

constexpr auto kEvents = std::to_array<std::string_view>({
    "user.lifecycle.create",
    "user.lifecycle.activate",
    "user.lifecycle.deactivate",
    "user.lifecycle.suspend",
    "user.lifecycle.unsuspend",
    "user.lifecycle.reactivate",
    "user.lifecycle.delete.initiated",
    "user.account.update_profile",
    "user.account.reset_password",
    "user.account.lock",
    "user.account.unlock",
    "group.user_membership.add",
    "group.user_membership.remove",
    "application.user_membership.add",
    "application.user_membership.remove",
});

Call writing(std::string_view method, std::string target, std::string body = {}) {
  Call call{std::string(method), std::move(target), {{"Accept", "application/json"}}, std::move(body)};
  if (!call.body.empty()) call.headers.emplace_back("Content-Type", "application/json");
  return call;
}

std::string target_of(std::string_view id) { return "/api/v1/eventHooks/" + segment(id); }

std::optional<VendorHook> hook_of(const json::Value& value) {
  if (!value.is_object()) return std::nullopt;
  const json::Object& found = *value.as_object();
  VendorHook hook;
  hook.id = text_in(found, "id");
  if (!is_id(hook.id)) return std::nullopt;
  const auto inside = [](const json::Object* object, std::string_view name) {
    const json::Value* member = object != nullptr ? object->find(name) : nullptr;
    return member != nullptr ? member->as_object() : nullptr;
  };
  if (const json::Object* config = inside(inside(&found, "channel"), "config")) hook.url = text_in(*config, "uri");
  hook.is_active = text_in(found, "status") != "INACTIVE";
  hook.is_verified = text_in(found, "verificationStatus") == "VERIFIED";
  return hook;
}

}  // namespace

std::span<const std::string_view> hooked_events() { return kEvents; }

Call OktaConnector::list_hooks() const { return reading("/api/v1/eventHooks"); }

Call OktaConnector::create_hook(std::string_view name, std::string_view url, const Secret& secret) const {
  json::Array items;
  for (const std::string_view event : kEvents) items.emplace_back(event);
  const json::Object scheme{{"type", "HEADER"}, {"key", "Authorization"}, {"value", secret.expose()}};
  const json::Object config{{"uri", url}, {"authScheme", scheme}};
  return writing(
      "POST", "/api/v1/eventHooks",
      json::write(json::Object{{"name", name},
                               {"events", json::Object{{"type", "EVENT_TYPE"}, {"items", std::move(items)}}},
                               {"channel", json::Object{{"type", "HTTP"}, {"version", "1.0.0"}, {"config", config}}}}));
}

Call OktaConnector::verify_hook(std::string_view id) const {
  return writing("POST", target_of(id) + "/lifecycle/verify");
}
Call OktaConnector::deactivate_hook(std::string_view id) const {
  return writing("POST", target_of(id) + "/lifecycle/deactivate");
}
Call OktaConnector::delete_hook(std::string_view id) const { return writing("DELETE", target_of(id)); }

Answer<std::vector<VendorHook>> OktaConnector::read_hooks(const Reply& reply, Instant now) const {
  if (!is_success(reply)) return tl::unexpected(read_trouble(reply, now));
  const auto body = json::parse(reply.body);
  if (reply.status != 200 || !body || !body->is_array()) {
    return tl::unexpected(unreadable(reply, "A list of event hooks was asked for, and this is none."));
  }
  std::vector<VendorHook> all;
  for (const json::Value& one : *body->as_array()) {
    auto hook = hook_of(one);
    if (!hook) return tl::unexpected(unreadable(reply, "An event hook of the list has no id."));
    all.push_back(std::move(*hook));
  }
  return all;
}

Answer<VendorHook> OktaConnector::read_hook(const Reply& reply, Instant now) const {
  if (!is_success(reply)) return tl::unexpected(read_trouble(reply, now));
  const auto body = json::parse(reply.body);
  auto hook = body ? hook_of(*body) : std::nullopt;
  if (!hook) return tl::unexpected(unreadable(reply, "An event hook was asked for, and this is none."));
  return std::move(*hook);
}

}  // namespace rolecall::connector::okta
