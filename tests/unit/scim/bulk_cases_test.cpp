#include <set>

#include "case_files.hpp"
#include "rolecall/bulk/plan.hpp"
#include "rolecall/bulk/reference.hpp"

// tests/cases/bulk: what a message is read as, and in which order it is done. A step is written as
// `POST Group needs 0 2` or `PATCH User on 0 needs 0`, a unit as the numbers of its operations.

namespace rolecall {
namespace {

constexpr std::size_t kOperations = 10;

std::string method_of(bulk::Method method) {
  switch (method) {
    case bulk::Method::post:
      return "POST";
    case bulk::Method::put:
      return "PUT";
    case bulk::Method::patch:
      return "PATCH";
    case bulk::Method::remove:
      return "DELETE";
  }
  return {};
}

std::string text_of(const bulk::Step& step) {
  if (step.operation.error) {
    EXPECT_FALSE(step.operation.error->detail.empty());
    EXPECT_TRUE(step.needs.empty());
    return "error " + test::scim_type_of(step.operation.error->code);
  }
  std::string text = method_of(step.operation.method) + " " + step.type->name;
  EXPECT_EQ(step.operation.method_name, method_of(step.operation.method));
  if (!step.id.empty()) text += " " + step.id;
  if (step.target) text += " on " + std::to_string(*step.target);
  if (!step.needs.empty()) text += " needs";
  for (const std::size_t need : step.needs) text += " " + std::to_string(need);
  return text;
}

std::string text_of(const bulk::Unit& unit) {
  std::string text = unit.is_circle ? "circle" : "";
  for (const std::size_t at : unit.operations) text.append(text.empty() ? "" : " ").append(std::to_string(at));
  return text;
}

template <typename T>
std::vector<std::string> texts_of(const std::vector<T>& things) {
  std::vector<std::string> texts;
  for (const T& thing : things) texts.push_back(text_of(thing));
  return texts;
}

std::vector<std::string> texts_of(const json::Value& array) {
  std::vector<std::string> texts;
  for (const json::Value& item : *array.as_array()) texts.push_back(*item.as_string());
  return texts;
}

patch::Dialect dialect_of(const json::Object& c) {
  const auto dialect = patch::find_dialect(test::text_of(test::object_of(c, "given"), "dialect"));
  EXPECT_TRUE(dialect.has_value());
  return dialect.value_or(patch::strict_dialect());
}

TEST(BulkCases, AreReadAndOrderedAsTheySay) {
  const auto registry = test::shipped_registry();
  for (const json::Object& c : test::cases_of("bulk")) {
    SCOPED_TRACE(test::text_of(c, "name"));
    const json::Object& then = test::object_of(c, "then");
    patch::AppliedRules applied;
    auto message =
        bulk::parse_message(*test::object_of(c, "when").find("message"), {kOperations}, dialect_of(c), &applied);
    if (then.find("scimType") != nullptr) {
      test::expect_error(message, then);
      continue;
    }
    ASSERT_TRUE(message.has_value()) << message.error().detail;
    const bulk::Plan plan = bulk::make_plan(std::move(*message), *registry);
    EXPECT_EQ(texts_of(plan.steps), texts_of(*then.find("steps")));
    if (then.find("units") != nullptr) {
      EXPECT_EQ(texts_of(plan.units), texts_of(*then.find("units")));
    }
    const json::Value* errors = then.find("errorsAccepted");
    EXPECT_EQ(plan.errors_accepted.has_value(), errors != nullptr);
    if (errors != nullptr) {
      EXPECT_EQ(std::to_string(*plan.errors_accepted), errors->as_number()->lexeme);
    }
    const json::Value* rewrites = then.find("rewrites");
    EXPECT_EQ(applied, rewrites != nullptr ? texts_of(*rewrites) : patch::AppliedRules());
  }
}

TEST(BulkCases, WithTheirSwitchOff_AreReadByTheLetter) {
  std::size_t refused = 0;
  for (const json::Object& c : test::cases_of("bulk")) {
    const json::Value* rewrites = test::object_of(c, "then").find("rewrites");
    if (rewrites == nullptr || rewrites->as_array()->empty()) continue;
    SCOPED_TRACE(test::text_of(c, "name"));
    patch::AppliedRules applied;
    const auto message = bulk::parse_message(*test::object_of(c, "when").find("message"), {kOperations},
                                             patch::strict_dialect(), &applied);
    EXPECT_TRUE(applied.empty());
    refused += !message || message->operations.front().error || message->operations.back().error ? 1 : 0;
  }
  EXPECT_EQ(refused, 4U);
}

TEST(BulkCases, TooManyOperations_NameTheLimit) {
  json::Array operations(kOperations + 1, json::Value(json::Object{}));
  const json::Object body{{"schemas", json::Array{json::Value("urn:ietf:params:scim:api:messages:2.0:BulkRequest")}},
                          {"Operations", std::move(operations)}};
  const auto message = bulk::parse_message(body, {kOperations}, patch::strict_dialect());
  ASSERT_FALSE(message.has_value());
  EXPECT_EQ(message.error().code, ErrorCode::payload_too_large);
  EXPECT_NE(message.error().detail.find("may have 10."), std::string::npos) << message.error().detail;
}

TEST(BulkReferences, AreFoundAndReplaced) {
  for (const json::Object& c : test::cases_of("bulk_references")) {
    SCOPED_TRACE(test::text_of(c, "name"));
    const json::Object& when = test::object_of(c, "when");
    const json::Object& then = test::object_of(c, "then");
    json::Value data = *when.find("data");
    EXPECT_EQ(bulk::references_in(data), texts_of(*then.find("references")));
    const json::Object& ids = test::object_of(when, "ids");
    const bool has_left_out = bulk::resolve_references(data, [&](std::string_view bulk_id) -> const std::string* {
      const json::Value* id = ids.find(bulk_id);
      return id != nullptr ? id->as_string() : nullptr;
    });
    EXPECT_EQ(has_left_out, *then.find("leftOut")->as_bool());
    EXPECT_TRUE(data == *then.find("data")) << json::write(data);
  }
}

/// A chain of `count` groups, each referring to the next one: the deepest that a message can be.
bulk::Plan chain(std::size_t count, bool is_closed) {
  bulk::Message message;
  for (std::size_t at = 0; at < count; ++at) {
    bulk::Operation operation;
    operation.method_name = "POST";
    operation.path = "/Groups";
    operation.bulk_id = "g" + std::to_string(at);
    const bool is_last = at + 1 == count;
    const std::string next = "bulkId:g" + std::to_string(is_last ? 0 : at + 1);
    json::Object data;
    if (!is_last || is_closed) data.append("members", json::Array{json::Value(next)});
    operation.data = json::Value(std::move(data));
    message.operations.push_back(std::move(operation));
  }
  return bulk::make_plan(std::move(message), *test::shipped_registry());
}

TEST(BulkPlan, ALongChain_IsTurnedRoundWithoutRecursion) {
  constexpr std::size_t kCount = 50'000;
  const bulk::Plan plan = chain(kCount, false);
  ASSERT_EQ(plan.units.size(), kCount);
  for (std::size_t at = 0; at < kCount; ++at) {
    ASSERT_EQ(plan.units[at].operations, std::vector<std::size_t>{kCount - 1 - at});
    ASSERT_FALSE(plan.units[at].is_circle);
  }
}

TEST(BulkPlan, ALongRing_IsOneCircle) {
  constexpr std::size_t kCount = 50'000;
  const bulk::Plan plan = chain(kCount, true);
  ASSERT_EQ(plan.units.size(), 1U);
  EXPECT_TRUE(plan.units.front().is_circle);
  ASSERT_EQ(plan.units.front().operations.size(), kCount);
  EXPECT_TRUE(std::is_sorted(plan.units.front().operations.begin(), plan.units.front().operations.end()));
}

}  // namespace
}  // namespace rolecall
