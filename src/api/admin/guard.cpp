#include "rolecall/administration/guard.hpp"

#include "call.hpp"
#include "lifetime.hpp"
#include "listing.hpp"
#include "rolecall/administration/connections.hpp"
#include "rolecall/administration/users.hpp"
#include "rolecall/base/timestamp.hpp"
#include "rolecall/json/parse.hpp"
#include "rolecall/provisioning/held_changes.hpp"

namespace rolecall::api::admin {
namespace {

json::Object shown(const administration::GuardView& view) {
  json::Object object{{"connection", view.connection.name}};
  for (auto& [name, value] : administration::to_json(view.settings)) object.append(name, value);
  return object;
}

json::Object shown(const administration::HeldChangeView& view) {
  const store::HeldChangeRecord& change = view.change;
  auto costs = json::parse(change.costs);
  return {{"id", change.id.value()},
          {"wave", change.wave.value()},
          {"connection", view.connection_name},
          {"state", store::name_of(change.state)},
          {"action", change.action},
          {"type", change.type},
          {"resource", change.resource.value()},
          {"name", change.name},
          {"users", change.users},
          {"costs", costs ? std::move(*costs) : json::Value(json::Array())},
          {"asked_by", change.asked_by},
          {"since", to_timestamp(change.since)},
          {"last_asked", to_timestamp(change.last_asked)},
          {"asked", change.asked},
          {"due", instant_or_null(change.due)},
          {"note", change.note},
          {"decided_by", change.decided_by},
          {"decided", instant_or_null(change.decided)}};
}

Result<Answer> status(Call& call) {
  ROLECALL_TRY_ASSIGN(const auto listing, Listing::begin(call));
  ROLECALL_TRY_ASSIGN(auto guards, administration::list_guards(call.environment, call.workspace));
  const auto next = listing.cut(guards, [](const auto& guard) { return guard.connection.name; });
  json::Array items;
  for (const auto& guard : guards) {
    json::Object item = shown(guard);
    item.append("losses", guard.losses);
    item.append("limit", guard.limit);
    item.append("active_users", guard.active_users);
    item.append("held", guard.held);
    item.append("wave", guard.wave ? json::Value(guard.wave->value()) : json::Value());
    items.emplace_back(std::move(item));
  }
  return listing.answer(std::move(items), next);
}

/// Settings alone: what changes by itself has no place in what an ETag stands for.
Result<Answer> get(Call& call) {
  ROLECALL_TRY_ASSIGN(const auto guard, administration::get_guard(call.environment, call.workspace, call.segment(1)));
  return Answer{200, shown(guard)};
}

Result<access::GuardSettings> settings_in(const Call& call, access::GuardSettings settings) {
  const json::Object known = administration::to_json(settings);
  for (const auto& [name, value] : call.body) {
    if (known.find(name) == nullptr) {
      return fail(ErrorCode::invalid_value,
                  "The guard has no setting “" + name +
                      "”; there are mode, minimum, percent, window_minutes, newcomer_hours, auto_apply_minutes and "
                      "answer.",
                  name);
    }
  }
  ROLECALL_TRY_ASSIGN(const auto mode, call.text("mode", false));
  if (!mode.empty()) {
    ROLECALL_TRY_ASSIGN(settings.mode, access::parse_guard_mode(mode));
  }
  ROLECALL_TRY_ASSIGN(const auto answer, call.text("answer", false));
  if (!answer.empty()) {
    ROLECALL_TRY_ASSIGN(settings.answer, access::parse_guard_answer(answer));
  }
  ROLECALL_TRY_ASSIGN(const auto minimum, call.number("minimum"));
  ROLECALL_TRY_ASSIGN(const auto percent, call.number("percent"));
  ROLECALL_TRY_ASSIGN(const auto window, call.number("window_minutes"));
  ROLECALL_TRY_ASSIGN(const auto newcomers, call.number("newcomer_hours"));
  ROLECALL_TRY_ASSIGN(const auto auto_apply, call.number("auto_apply_minutes"));
  settings.minimum = minimum.value_or(settings.minimum);
  settings.percent = percent.value_or(settings.percent);
  if (window) settings.window = std::chrono::minutes(*window);
  if (newcomers) settings.newcomers = std::chrono::hours(*newcomers);
  if (auto_apply) settings.auto_apply = std::chrono::minutes(*auto_apply);
  return settings;
}

Result<Answer> change(Call& call) {
  ROLECALL_TRY_ASSIGN(const auto before, administration::get_guard(call.environment, call.workspace, call.segment(1)));
  ROLECALL_TRY_ASSIGN(const auto settings, settings_in(call, before.settings));
  ROLECALL_TRY_ASSIGN(const auto guard, administration::set_guard(call.environment, call.workspace, call.actor,
                                                                  before.connection.id.value(), settings));
  return Answer{200, shown(guard)};
}

Result<ConnectionId> connection_of(Call& call, const std::string& name) {
  if (name.empty()) return ConnectionId();
  ROLECALL_TRY_ASSIGN(const auto connection, administration::get_connection(call.environment, call.workspace, name));
  return connection.id;
}

Result<Answer> list(Call& call) {
  store::HeldFilter filter;
  ROLECALL_TRY_ASSIGN(const auto connection, call.parameter("connection"));
  ROLECALL_TRY_ASSIGN(filter.connection, connection_of(call, connection));
  ROLECALL_TRY_ASSIGN(auto wave, call.parameter("wave"));
  filter.wave = WaveId(std::move(wave));
  ROLECALL_TRY_ASSIGN(const auto state, call.parameter("state"));
  filter.state = store::parse_held_state(state.empty() ? "held" : state);
  if (!filter.state && state != "all") {
    return fail(ErrorCode::invalid_value, "The state is held, applied, rejected, withdrawn or all.", "state");
  }
  ROLECALL_TRY_ASSIGN(const auto listing, Listing::begin(call, {"connection", "wave", "state"}));
  filter.after = HeldChangeId(listing.after());
  ROLECALL_TRY_ASSIGN(auto changes,
                      administration::list_held(call.environment, call.workspace, filter, listing.limit() + 1));
  const auto next = listing.end(changes, [](const auto& view) { return view.change.id.value(); });
  json::Array items;
  for (const auto& change : changes) items.emplace_back(shown(change));
  return listing.answer(std::move(items), next);
}

Result<Answer> get_held(Call& call) {
  ROLECALL_TRY_ASSIGN(const auto change,
                      administration::get_held(call.environment, call.workspace, HeldChangeId(call.segment(1))));
  return Answer{200, shown(change)};
}

/// Nothing is decided about that was not named, be it by `all`.
Result<provisioning::HeldSelection> selection_in(Call& call) {
  provisioning::HeldSelection selection;
  ROLECALL_TRY_ASSIGN(const auto ids, call.texts("ids"));
  for (const std::string& id : ids) selection.ids.emplace_back(id);
  ROLECALL_TRY_ASSIGN(const auto is_all, call.flag("all"));
  ROLECALL_TRY_ASSIGN(auto wave, call.text("wave", false));
  ROLECALL_TRY_ASSIGN(const auto connection, call.text("connection", false));
  ROLECALL_TRY_ASSIGN(const auto user, call.text("user", false));
  const bool has_filter = !wave.empty() || !connection.empty() || !user.empty();
  if (static_cast<int>(!ids.empty()) + static_cast<int>(is_all) + static_cast<int>(has_filter) != 1) {
    return fail(ErrorCode::invalid_value,
                "Name the changes: ids, or wave, connection or user, or all for everything that is held.");
  }
  ROLECALL_TRY_ASSIGN(selection.filter.connection, connection_of(call, connection));
  selection.filter.wave = WaveId(std::move(wave));
  if (!user.empty()) {
    ROLECALL_TRY_ASSIGN(const auto found, administration::get_user(call.environment, call.workspace, user));
    selection.filter.type = "User";
    selection.filter.resource = found.record.id;
  }
  return selection;
}

using Decide = Result<provisioning::Decisions> (*)(const provisioning::Environment&, const provisioning::Decider&,
                                                   const provisioning::HeldSelection&);

Result<Answer> decide(Call& call, Decide how) {
  ROLECALL_TRY_ASSIGN(const auto selection, selection_in(call));
  const auto environment = call.exchange.parts.provisioning.over(call.environment.store);
  ROLECALL_TRY_ASSIGN(const auto decisions,
                      how(environment, {call.workspace, call.actor.name, call.actor.request}, selection));
  json::Array items;
  for (const auto& decision : decisions.made) {
    ROLECALL_TRY_ASSIGN(const auto change,
                        administration::get_held(call.environment, call.workspace, decision.change.id));
    json::Object item = shown(change);
    item.append("error", decision.error ? json::Value(decision.error->detail) : json::Value());
    items.emplace_back(std::move(item));
  }
  return Answer{200, json::Object{{"items", std::move(items)}, {"left", decisions.left}}};
}

Result<Answer> apply(Call& call) { return decide(call, provisioning::apply_held); }
Result<Answer> reject(Call& call) { return decide(call, provisioning::reject_held); }

Result<Answer> waves(Call& call) {
  ROLECALL_TRY_ASSIGN(const auto listing, Listing::begin(call));
  ROLECALL_TRY_ASSIGN(auto found, administration::list_waves(call.environment, call.workspace, WaveId(listing.after()),
                                                             listing.limit() + 1));
  const auto next = listing.end(found, [](const auto& view) { return view.wave.id.value(); });
  json::Array items;
  for (const auto& view : found) {
    items.emplace_back(json::Object{{"id", view.wave.id.value()},
                                    {"connection", view.connection_name},
                                    {"opened", to_timestamp(view.wave.opened)},
                                    {"last", to_timestamp(view.wave.last)},
                                    {"mode", access::name_of(view.wave.mode)},
                                    {"losses", view.wave.losses},
                                    {"limit", view.wave.limit},
                                    {"changes", view.changes},
                                    {"held", view.held},
                                    {"undone", instant_or_null(view.wave.undone)},
                                    {"undone_by", view.wave.undone_by}});
  }
  return listing.answer(std::move(items), next);
}

Result<Answer> undo(Call& call) {
  const auto environment = call.exchange.parts.provisioning.over(call.environment.store);
  ROLECALL_TRY_ASSIGN(const auto undone,
                      provisioning::undo_wave(environment, {call.workspace, call.actor.name, call.actor.request},
                                              WaveId(call.segment(1))));
  json::Array left;
  for (const auto& one : undone.left) {
    left.emplace_back(
        json::Object{{"type", one.type}, {"id", one.id.value()}, {"name", one.name}, {"reason", one.reason}});
  }
  return Answer{200, json::Object{{"wave", undone.wave.id.value()},
                                  {"restored", undone.restored},
                                  {"rejected", undone.rejected},
                                  {"left", std::move(left)}}};
}

}  // namespace

std::vector<Route> guard_routes() {
  return {{"GET", "/guard", status},
          tagged({"GET", "/guard/{name}", get}),
          tagged({"PATCH", "/guard/{name}", change}),
          {"GET", "/held-changes", list},
          {"POST", "/held-changes/apply", apply},
          {"POST", "/held-changes/reject", reject},
          {"GET", "/held-changes/{id}", get_held},
          {"GET", "/waves", waves},
          {"POST", "/waves/{id}/undo", undo}};
}

}  // namespace rolecall::api::admin
