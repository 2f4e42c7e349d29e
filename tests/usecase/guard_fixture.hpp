#pragma once

#include <gmock/gmock.h>

#include <map>

#include "provisioning_fixture.hpp"
#include "rolecall/administration/guard.hpp"
#include "rolecall/provisioning/held_changes.hpp"

namespace rolecall::test {

/// A connection with users old enough to count, and its guard.
class GuardTest : public ProvisioningTest {
 protected:
  static constexpr const char* kDeactivate = R"({"op":"replace","path":"active","value":false})";
  static constexpr const char* kActivate = R"({"op":"replace","path":"active","value":true})";

  void SetUp() override {
    ProvisioningTest::SetUp();
    environment_->on_trip = [this](const provisioning::GuardTrip& trip) { trips_.push_back(trip); };
  }

  /// So many users may lose something; the percentage has no say.
  void let(std::int64_t users, access::GuardMode mode = access::GuardMode::hold) {
    access::GuardSettings settings;
    settings.mode = mode;
    settings.minimum = users;
    settings.percent = 0;
    set(settings);
  }
  void set(const access::GuardSettings& settings) {
    const auto changed = administration::set_guard(*administration_, workspace_, {}, "okta", settings);
    ASSERT_TRUE(changed) << changed.error().detail;
  }
  std::vector<ResourceId> make_users(std::size_t count) {
    std::vector<ResourceId> made;
    for (std::size_t i = 0; i < count; ++i) made.push_back(create_user("u" + std::to_string(i) + "@acme.example").id);
    return made;
  }
  void let_them_grow_old() { clock_.advance(std::chrono::hours(25)); }
  ResourceId make_group(const std::string& name, const std::vector<ResourceId>& members, const std::string& role_name) {
    std::string listed;
    for (const auto& member : members)
      listed += (listed.empty() ? "" : ",") + (R"({"value":")" + member.value() + "\"}");
    const auto group = create("Group", R"({"displayName":")" + name + R"(","members":[)" + listed + "]}");
    if (!role_name.empty()) link(name, role_name);
    return group.id;
  }
  Result<void> deactivate(const ResourceId& user) { return done(patch("User", user, kDeactivate)); }
  static Result<void> done(const Result<provisioning::View>& view) {
    if (!view) return fail(view.error());
    return {};
  }
  bool is_active(const ResourceId& user) { return get("User", user).value().record.is_active; }

  std::vector<store::HeldChangeRecord> held(store::HeldFilter filter = {store::HeldState::held, {}, {}, {}, {}}) {
    std::vector<store::HeldChangeRecord> found;
    auto views = administration::list_held(*administration_, workspace_, filter, 1'000);
    for (auto& view : views.value()) found.push_back(std::move(view.change));
    return found;
  }
  administration::GuardView guard() { return administration::get_guard(*administration_, workspace_, "okta").value(); }
  std::vector<administration::WaveView> waves() {
    return administration::list_waves(*administration_, workspace_, {}, 100).value();
  }
  provisioning::Decider admin() const { return {workspace_, "admin", RequestId("decision")}; }
  provisioning::Decisions apply_all() { return provisioning::apply_held(*environment_, admin(), {}).value(); }
  provisioning::Decisions reject_all() { return provisioning::reject_held(*environment_, admin(), {}).value(); }
  std::int64_t apply_due() { return provisioning::apply_due(*environment_).value(); }
  Result<provisioning::Undone> undo() { return provisioning::undo_wave(*environment_, admin(), waves().at(0).wave.id); }

  /// Everything that anybody holds, and why.
  std::map<std::string, std::vector<access::Grant>> everything() {
    std::map<std::string, std::vector<access::Grant>> grants;
    const auto users = store::read(*store_, [&](store::UnitOfWork& unit) {
      return unit.workspace(workspace_).resources().list("User", {}, 1'000);
    });
    for (const auto& user : users.value()) {
      auto of_user = store::read(*store_, [&](store::UnitOfWork& unit) {
                       return unit.workspace(workspace_).grants().effective_of(user.id);
                     }).value();
      std::sort(of_user.begin(), of_user.end());
      grants.emplace(user.id.value(), std::move(of_user));
    }
    return grants;
  }
  std::vector<std::string> guard_rows() {
    std::vector<std::string> actions;
    const auto rows = store::read(
        *store_, [&](store::UnitOfWork& unit) { return unit.workspace(workspace_).audit().page(0, 100'000); });
    for (const auto& row : rows.value()) {
      if (row.action.starts_with("guard.") && row.action != "guard.changed") actions.push_back(row.action);
    }
    return actions;
  }

  std::vector<provisioning::GuardTrip> trips_;
};

}  // namespace rolecall::test
