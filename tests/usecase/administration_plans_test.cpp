#include <gmock/gmock.h>

#include "rolecall/administration/groups.hpp"
#include "rolecall/administration/plans.hpp"
#include "rolecall/json/parse.hpp"
#include "world/administration_world.hpp"

namespace rolecall::administration {
namespace {

using rolecall::testing_support::World;
using testing::ElementsAre;
using testing::HasSubstr;

class Plans : public testing::Test {
 protected:
  Plans() : maya(world.add_user("maya")), tom(world.add_user("tom")), helpers(world.add_group("helpers")) {
    EXPECT_TRUE(world.join(maya, helpers));
  }
  static json::Object object(const std::string& text) { return *json::parse(text)->as_object(); }
  Result<PlanView> compute(const std::string& text) {
    return compute_plan(world.environment, world.workspace, world.admin, object(text));
  }
  Result<PlanView> apply(const PlanView& plan) {
    return apply_plan(world.environment, world.workspace, world.admin, PlanId(*plan.find("id")->as_string()));
  }
  std::string shown(const PlanView& plan, std::string_view name) { return json::write(*plan.find(name)); }
  std::int64_t head() {
    return *store::read(*world.store, [&](store::UnitOfWork& unit) -> Result<std::int64_t> {
      return (*unit.workspace(world.workspace).audit().last())->seq;
    });
  }
  World world;
  ResourceId maya;
  ResourceId tom;
  ResourceId helpers;
};

constexpr const char* kLink = R"({"links": {"items": [{"group": "helpers", "role": "IT Admin"}]}})";

TEST_F(Plans, Compute_NamesPeopleAndChangesNothing) {
  const auto before = head();
  const auto plan = compute(kLink);
  ASSERT_TRUE(plan) << plan.error().detail;
  EXPECT_EQ(shown(*plan, "changes"),
            R"x([{"action":"add","kind":"link","name":"helpers → IT Admin (okta)","after":{"state":"active"}}])x");
  EXPECT_EQ(shown(*plan, "affected"), "1");
  EXPECT_EQ(shown(*plan, "unchanged"), "1");
  EXPECT_THAT(shown(*plan, "people"), HasSubstr(R"("user_name":"maya")"));
  EXPECT_THAT(shown(*plan, "people"), HasSubstr(R"("gains":["IT Admin"],"loses":["IT Agent"])"));
  EXPECT_EQ(shown(*plan, "revision"), std::to_string(before));
  EXPECT_THAT(world.roles_of(maya), ElementsAre("IT Agent"));
  EXPECT_EQ(head(), before + 1) << "only that it was computed";
}

TEST_F(Plans, Apply_DoesWhatWasShown_Once) {
  const auto plan = compute(kLink);
  ASSERT_TRUE(plan);
  const auto applied = apply(*plan);
  ASSERT_TRUE(applied) << applied.error().detail;
  EXPECT_EQ(shown(*applied, "state"), R"("applied")");
  EXPECT_THAT(world.roles_of(maya), ElementsAre("IT Admin"));
  EXPECT_EQ(apply(*plan).error().code, ErrorCode::conflict);
  const auto rows = *store::read(*world.store, [&](store::UnitOfWork& unit) {
    return unit.workspace(world.workspace).audit().page(head() - 1, 1);
  });
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows.front().action, "plan.applied");
  EXPECT_EQ(rows.front().target, "Plan/" + *plan->find("id")->as_string());
}

TEST_F(Plans, Apply_AfterAChangeThatMatters_IsStale) {
  const auto plan = compute(kLink);
  ASSERT_TRUE(plan);
  ASSERT_TRUE(world.join(tom, helpers));
  const auto refused = apply(*plan);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::stale_plan);
  EXPECT_THAT(world.roles_of(maya), ElementsAre("IT Agent")) << "nothing of it was done";
  ASSERT_TRUE(world.leave(tom, helpers));
  EXPECT_TRUE(apply(*plan)) << "the revision moved, and the effect is the one that was shown";
}

TEST_F(Plans, Apply_WhatIsNoLongerPossible_IsStale) {
  const auto plan = compute(kLink);
  ASSERT_TRUE(plan);
  world.link("helpers", "IT Admin");
  EXPECT_EQ(apply(*plan).error().code, ErrorCode::stale_plan);
  const auto second = compute(R"({"links": {"items": [{"group": "helpers", "role": "Super Admin"}]}})");
  ASSERT_TRUE(second);
  ASSERT_TRUE(set_ceiling(world.environment, world.workspace, world.admin, "okta", "IT Admin"));
  EXPECT_EQ(apply(*second).error().code, ErrorCode::stale_plan);
}

TEST_F(Plans, SectionsThatAreAbsent_AreNotCompared_AndPruneIsAsked) {
  world.link("helpers", "HR Admin");
  const auto kept = compute(R"({"links": {"items": []}})");
  EXPECT_EQ(shown(*kept, "changes"), "[]");
  const auto pruned = compute(R"({"links": {"prune": true, "items": []}})");
  EXPECT_THAT(shown(*pruned, "changes"), HasSubstr(R"("action":"remove","kind":"link","name":"helpers → HR Admin)"));
  ASSERT_TRUE(apply(*pruned));
  EXPECT_THAT(world.roles_of(maya), ElementsAre("IT Agent"));
  EXPECT_EQ(shown(*compute("{}"), "changes"), "[]");
}

TEST_F(Plans, RolesLinksAndDefaults_InOnePlan) {
  const auto plan = compute(R"({
    "roles": {"items": [{"name": "Greeter", "permissions": ["requests.view"], "priority": 70}]},
    "links": {"items": [{"group": "helpers", "connection": "okta", "role": "greeter"}]},
    "default_roles": {"items": [{"connection": "okta", "role": "Greeter"}]}})");
  ASSERT_TRUE(plan) << plan.error().detail;
  EXPECT_EQ(shown(*plan, "summary"), R"({"add":2,"change":1,"remove":0})");
  EXPECT_EQ(shown(*plan, "affected"), "2");
  ASSERT_TRUE(apply(*plan));
  EXPECT_THAT(world.roles_of(maya), ElementsAre("Greeter"));
  EXPECT_THAT(world.roles_of(tom), ElementsAre("Greeter"));
  const auto gone = compute(R"({"roles": {"prune": true, "items": []}})");
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().code, ErrorCode::conflict) << "it is in use";
}

TEST_F(Plans, PermissionsOfARole_AreGainsAndLossesOfItsHolders) {
  const auto plan = compute(R"({"roles": {"items": [{"name": "IT Agent", "permissions": ["requests.view"]}]}})");
  ASSERT_TRUE(plan) << plan.error().detail;
  EXPECT_EQ(shown(*plan, "affected"), "2");
  EXPECT_THAT(shown(*plan, "people"),
              HasSubstr(R"("gains":[],"loses":[],"gains_permissions":[],"loses_permissions":[)"));
}

TEST_F(Plans, AProtectedRoleThatSomebodyLoses_IsRefused_AndNoPermissionIsWarnedOf) {
  const auto refused = compute(R"({"roles": {"items": [{"name": "Owner", "permissions": []}]}})");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::forbidden);
  EXPECT_EQ(refused.error().attribute, "roles.items.0");
  const auto bare = compute(R"({"roles": {"items": [{"name": "IT Agent", "permissions": []}]}})");
  ASSERT_TRUE(bare);
  EXPECT_EQ(shown(*bare, "warnings"),
            R"(["maya is left without any permission.","tom is left without any permission."])");
}

TEST_F(Plans, ExternalId_FindsTheGroupAfterARename) {
  const auto done = world.push([&](store::Workspace& reached, audit::Trail&) -> Result<void> {
    ROLECALL_TRY_ASSIGN(auto group, reached.resources().find_anywhere("Group", helpers));
    group->external_id = "00g1";
    group->display = "renamed";
    group->unique_key = "renamed";
    const Version expected = group->version;
    group->version = Version{expected.number + 1};
    ROLECALL_TRY(reached.resources().update(*group, {}, expected));
    return {};
  });
  ASSERT_TRUE(done);
  const auto plan = compute(
      R"({"links": {"items": [{"group": "helpers", "external_id": "00g1", "connection": "okta", "role": "IT Admin"}]}})");
  ASSERT_TRUE(plan) << plan.error().detail;
  EXPECT_THAT(shown(*plan, "changes"), HasSubstr("renamed → IT Admin"));
}

TEST_F(Plans, Faults_NameTheirPlace) {
  const auto at = [&](const std::string& text) {
    const auto refused = compute(text);
    return refused ? std::string("none") : refused.error().attribute;
  };
  EXPECT_EQ(at(R"({"guards": {}})"), "guards");
  EXPECT_EQ(at(R"({"links": []})"), "links");
  EXPECT_EQ(at(R"({"links": {}})"), "links.items");
  EXPECT_EQ(at(R"({"links": {"purge": true, "items": []}})"), "links.purge");
  EXPECT_EQ(at(R"({"links": {"prune": "yes", "items": []}})"), "links.prune");
  EXPECT_EQ(at(R"({"links": {"items": [7]}})"), "links.items.0");
  EXPECT_EQ(at(R"({"links": {"items": [{"role": "IT Admin"}]}})"), "links.items.0.group");
  EXPECT_EQ(at(R"({"links": {"items": [{"group": "helpers", "role": "Nobody"}]}})"), "links.items.0.role");
  EXPECT_EQ(at(R"({"links": {"items": [{"group": "nobody", "role": "IT Admin"}]}})"), "links.items.0");
  EXPECT_EQ(at(R"({"links": {"items": [{"group": "helpers", "role": "IT Admin", "state": "off"}]}})"),
            "links.items.0.state");
  EXPECT_EQ(at(R"({"links": {"items": [{"group": "helpers", "role": "IT Admin"},
                                       {"group": "helpers", "role": "it admin"}]}})"),
            "links.items.1");
  EXPECT_EQ(at(R"({"roles": {"items": [{"name": "A", "permissions": ["requests.veiw"]}]}})"),
            "roles.items.0.permissions");
  EXPECT_EQ(at(R"({"default_roles": {"prune": true, "items": []}})"), "default_roles.prune");
  EXPECT_EQ(at(R"({"default_roles": {"items": [{"connection": "nobody", "role": "IT Agent"}]}})"),
            "default_roles.items.0.connection");
}

TEST_F(Plans, Items_HaveALimit) {
  json::Array items;
  for (std::size_t i = 0; i < kPlanItems; ++i) {
    items.emplace_back(json::Object{{"name", "Role " + std::to_string(i)}, {"permissions", 7}});
  }
  json::Object plan{{"roles", json::Object{{"items", items}}}};
  EXPECT_EQ(compute_plan(world.environment, world.workspace, world.admin, plan).error().code, ErrorCode::invalid_value);
  items.emplace_back(json::Object{{"name", "One more"}});
  plan.set("roles", json::Object{{"items", items}});
  EXPECT_EQ(compute_plan(world.environment, world.workspace, world.admin, plan).error().code, ErrorCode::too_many);
}

TEST_F(Plans, Export_ChangesNothing_AndPutsBackWhatWas) {
  const auto link = world.link("helpers", "HR Admin");
  ASSERT_TRUE(create_role(world.environment, world.workspace, world.admin, {"Greeter", "Hello.", {"requests.view"}}));
  const auto listing = get_group(world.environment, world.workspace, world.group_of_role("Ops Admin").value());
  ASSERT_TRUE(pause_link(world.environment, world.workspace, world.admin, listing->links.front().link.id));
  const auto exported = export_plan(world.environment, world.workspace);
  ASSERT_TRUE(exported);
  const auto same = compute_plan(world.environment, world.workspace, world.admin, *exported);
  ASSERT_TRUE(same) << same.error().detail << same.error().attribute;
  EXPECT_EQ(shown(*same, "changes"), "[]");
  ASSERT_TRUE(remove_link(world.environment, world.workspace, world.admin, link.link.id));
  ASSERT_TRUE(remove_role(world.environment, world.workspace, world.admin, "Greeter"));
  ASSERT_TRUE(resume_link(world.environment, world.workspace, world.admin, listing->links.front().link.id));
  const auto back = compute_plan(world.environment, world.workspace, world.admin, *exported);
  ASSERT_TRUE(back) << back.error().detail;
  ASSERT_TRUE(apply(*back));
  EXPECT_EQ(json::write(*export_plan(world.environment, world.workspace)), json::write(*exported));
  EXPECT_THAT(world.roles_of(maya), ElementsAre("HR Admin"));
}

TEST_F(Plans, Guard_IsSetByAPlanAndExported) {
  const auto plan = compute(R"({"guard": {"items": [{"connection": "okta", "mode": "observe", "minimum": 3}]}})");
  ASSERT_TRUE(plan) << plan.error().detail;
  EXPECT_EQ(shown(*plan, "changes"),
            R"([{"action":"change","kind":"guard","name":"okta","before":{"mode":"hold","minimum":25},)"
            R"("after":{"mode":"observe","minimum":3}}])");
  ASSERT_TRUE(apply(*plan));
  const auto exported = export_plan(world.environment, world.workspace);
  EXPECT_EQ(json::write(*exported->find("guard")),
            R"({"items":[{"connection":"okta","mode":"observe","minimum":3,"percent":20,"window_minutes":60,)"
            R"("newcomer_hours":24,"auto_apply_minutes":240,"answer":"refuse"}]})");
  for (const auto& [item, place] :
       {std::pair(R"("percent": 101)", "guard.items.0.percent"), std::pair(R"("mode": "on")", "guard.items.0.mode"),
        std::pair(R"("answer": 1)", "guard.items.0.answer")}) {
    const auto refused = compute(std::string(R"({"guard": {"items": [{"connection": "okta", )") + item + "}]}}");
    ASSERT_FALSE(refused) << item;
    EXPECT_EQ(refused.error().code, ErrorCode::invalid_value) << item;
    EXPECT_EQ(refused.error().attribute, place);
  }
}

TEST_F(Plans, WhatTakesFromTooMany_IsWarnedOfAsTheGuardWould) {
  world.link("helpers", "HR Admin");
  const auto warnings = [&](const std::string& minimum) {
    EXPECT_TRUE(
        apply(*compute(R"({"guard": {"items": [{"connection": "okta", "percent": 0, "minimum": )" + minimum + "}]}}")));
    return shown(*compute(R"({"links": {"prune": true, "items": []}})"), "warnings");
  };
  EXPECT_EQ(warnings("1"), "[]");
  EXPECT_EQ(warnings("0"), R"(["This would trip the guard of okta: 1 user loses permissions, over the limit of 0."])");
}

TEST_F(Plans, OnlyTheNewestAreKept) {
  std::string first;
  for (std::int64_t i = 0; i <= kKeptPlans; ++i) {
    world.clock.advance(std::chrono::seconds(1));
    const auto plan = compute("{}");
    if (i == 0) first = *plan->find("id")->as_string();
  }
  EXPECT_EQ(get_plan(world.environment, world.workspace, PlanId(first)).error().code, ErrorCode::not_found);
  EXPECT_EQ(list_plans(world.environment, world.workspace, 1'000)->size(), static_cast<std::size_t>(kKeptPlans));
}

}  // namespace
}  // namespace rolecall::administration
