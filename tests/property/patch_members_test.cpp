#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "generator.hpp"
#include "patch_cases.hpp"
#include "patch_reference.hpp"
#include "rolecall/json/parse.hpp"
#include "rolecall/patch/dialect.hpp"
#include "rolecall/patch/resolve.hpp"
#include "rolecall/provisioning/provisioning.hpp"
#include "unit/scim/case_files.hpp"
#include "world/administration_world.hpp"

// Members are rows that a PATCH changes without loading the list. What is left must be what the naive reference makes
// of the list as a document.

namespace rolecall::property {
namespace {

constexpr std::size_t kRounds = 600;
constexpr std::size_t kPeople = 8;

class PatchMembers : public testing::Test {
 protected:
  PatchMembers() {
    for (std::size_t i = 0; i < kPeople; ++i) {
      ids.push_back(created("User", json::Object{{"userName", name_of(i)}}));
    }
    ids.push_back(created("Group", json::Object{{"displayName", "Inner"}}));
    group = created("Group", json::Object{{"displayName", "Outer"}});
    const json::Object& schema = *registry->find_type("Group")->schema->document.as_object();
    definitions.core = *schema.find("attributes")->as_array();
  }

  static std::string name_of(std::size_t i) { return (i % 2 == 0 ? "Even" : "Odd") + std::to_string(i); }

  std::string created(const char* type, const json::Object& body) {
    const auto made = provisioning::create(environment, caller, *registry->find_type(type), body, {}, notices);
    EXPECT_TRUE(made) << made.error().detail;
    return made->record.id.value();
  }

  json::Object as_document() {
    const auto view =
        provisioning::get(environment, caller, *registry->find_type("Group"), ResourceId(group), {true, true});
    EXPECT_TRUE(view);
    json::Object document{{"displayName", *json::parse(view->record.document)->as_object()->find("displayName")}};
    json::Array members;
    for (const auto& member : view->members) {
      json::Object element{{"value", member.member.value()}, {"type", member.type}};
      if (!member.display.empty()) element.set("display", member.display);
      members.emplace_back(std::move(element));
    }
    if (!members.empty()) document.set("members", std::move(members));
    return document;
  }

  json::Value some_members() {
    json::Array members;
    for (std::size_t i = random.below(4); i > 0; --i) members.push_back(element_of(random.of(ids)));
    return members;
  }
  /// As the list shows it, so that the reference sees the same element.
  json::Value element_of(const std::string& id) {
    const auto at = static_cast<std::size_t>(std::find(ids.begin(), ids.end(), id) - ids.begin());
    const bool is_group = at == kPeople;
    return json::Object{
        {"value", id}, {"type", is_group ? "Group" : "User"}, {"display", is_group ? "Inner" : name_of(at)}};
  }

  PatchStep some_step() {
    PatchStep step;
    step.op = random.of(std::vector<std::string>{"add", "add", "remove", "remove", "replace"});
    step.attribute = "members";
    if (step.op != "remove") {
      step.value = some_members();
      if (random.one_in(4)) {
        step.attribute.clear();
        step.value = json::Object{{"members", step.value}, {"displayName", random.one_in(2) ? "Outer" : "Other"}};
      }
      return step;
    }
    if (random.one_in(6)) return step;
    step.is_any = random.one_in(2);
    for (std::size_t i = 1 + random.below(2); i > 0; --i) {
      ElementTest test;
      test.op = random.of(std::vector<std::string>{"eq", "eq", "eq", "ne", "sw", "pr"});
      test.is_negated = random.one_in(6);
      test.sub = random.of(std::vector<std::string>{"value", "value", "type", "display"});
      test.literal = test.sub == "value"  ? random.of(ids)
                     : test.sub == "type" ? random.of(std::vector<std::string>{"User", "Group", "user"})
                                          : random.of(std::vector<std::string>{"even", "Odd", "Even2", "I"});
      step.tests.push_back(std::move(test));
    }
    return step;
  }

  static std::multiset<std::string> ids_in(const json::Object& document) {
    std::multiset<std::string> found;
    const json::Value* members = document.find("members");
    if (members == nullptr) return found;
    for (const json::Value& member : *members->as_array()) {
      found.insert(*member.as_object()->find("value")->as_string());
    }
    return found;
  }

  void compare() {
    const json::Object before = as_document();
    std::vector<PatchStep> steps;
    std::vector<patch::RawOperation> operations;
    std::string shown = "document " + json::write(before) + "\n";
    for (std::size_t i = 1 + random.below(3); i > 0; --i) {
      steps.push_back(some_step());
      operations.push_back(cases.written(steps.back()));
      shown += steps.back().op + " " + operations.back().path.value_or("(no path)") + " " +
               json::write(steps.back().value) + "\n";
    }
    const auto expected = patch_by_reference(definitions, before, steps);
    ASSERT_TRUE(expected.errors.empty()) << shown << *expected.errors.begin();
    const auto& type = *registry->find_type("Group");
    const auto resolved = patch::resolve(operations, type, patch::strict_dialect(), group);
    ASSERT_TRUE(resolved) << shown << resolved.error().detail;
    const auto done =
        provisioning::patch(environment, caller, type, ResourceId(group), *resolved, {}, {true, true}, notices);
    ASSERT_TRUE(done) << shown << done.error().detail << done.error().note;
    const json::Object after = as_document();
    ASSERT_EQ(ids_in(after), ids_in(expected.document)) << shown;
    ASSERT_EQ(*after.find("displayName"), *expected.document.find("displayName")) << shown;
    changed += ids_in(before) != ids_in(after) ? 1 : 0;
  }

  std::uint64_t seed = seed_of_this_run();
  Random random{seed};
  testing_support::World world;
  std::shared_ptr<const schema::Registry> registry = test::shipped_registry();
  provisioning::Environment environment{*world.store,  *registry, *world.folder, world.clock, world.ids,
                                        *world.digest, {}};
  provisioning::Caller caller{world.workspace, world.okta, TokenId("test"), RequestId("request")};
  provisioning::Notices notices;
  Definitions definitions;
  PatchCases cases{random, definitions, {registry->find_type("Group")->schema->id, {}}};
  std::vector<std::string> ids;
  std::string group;
  std::size_t changed = 0;
};

TEST_F(PatchMembers, RowsAndReference_HoldTheSameMembers) {
  const std::size_t rounds = scaled(kRounds);
  for (std::size_t round = 0; round < rounds; ++round) {
    compare();
    if (HasFatalFailure()) FAIL() << "ROLECALL_PROPERTY_SEED=" << seed << ", round " << round;
  }
  EXPECT_GT(changed, rounds / 4);
}

}  // namespace
}  // namespace rolecall::property
