#include "rolecall/administration/directory_hooks.hpp"

#include "call.hpp"
#include "lifetime.hpp"
#include "rolecall/base/timestamp.hpp"

namespace rolecall::api::admin {
namespace {

constexpr std::string_view kSecret = "secret";

json::Value or_null(const std::string& text) { return text.empty() ? json::Value() : json::Value(text); }

json::Object shown(const store::HookRecord& hook) {
  return json::Object{{"directory", hook.directory.value()},
                      {"url", hook.url},
                      {"header", "Authorization"},
                      {"state", administration::name_of(hook.state)},
                      {"reason", or_null(hook.reason)},
                      {"vendor_request", or_null(hook.vendor_request)},
                      {"verified", instant_or_null(hook.verified)},
                      {"received", instant_or_null(hook.received)},
                      {"made_by", hook.made_by},
                      {"created", to_timestamp(hook.created)}};
}

Result<Answer> get(Call& call) {
  ROLECALL_TRY_ASSIGN(const auto hook, administration::get_hook(call.environment, call.workspace, call.segment(1)));
  return Answer{200, shown(hook)};
}

Result<Answer> create(Call& call) {
  administration::WantedHook wanted{call.exchange.settings.public_url, false};
  ROLECALL_TRY_ASSIGN(wanted.is_by_hand, call.flag("by_hand"));
  ROLECALL_TRY_ASSIGN(const auto made, administration::create_hook(call.environment, call.workspace, call.actor,
                                                                   call.segment(1), wanted));
  json::Object body = shown(made.hook);
  if (!made.secret.empty() && !call.is_dry_run) body.append(std::string(kSecret), made.secret.expose());
  return Answer{201, std::move(body), kSecret};
}

Result<Answer> remove(Call& call) {
  ROLECALL_TRY_ASSIGN(const auto hook,
                      administration::remove_hook(call.environment, call.workspace, call.actor, call.segment(1)));
  if (hook) return Answer{202, shown(*hook)};
  return Answer{204, {}};
}

}  // namespace

std::vector<Route> directory_hook_routes() {
  return {{"GET", "/directories/{name}/hook", get},
          {"POST", "/directories/{name}/hook", create},
          {"DELETE", "/directories/{name}/hook", remove}};
}

}  // namespace rolecall::api::admin
