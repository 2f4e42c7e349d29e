#include "case_files.hpp"
#include "rolecall/resource/projection.hpp"
#include "rolecall/resource/validate.hpp"

namespace rolecall {
namespace {

const schema::ResourceType& type_of(const schema::Registry& registry, const json::Object& c) {
  return *registry.find_type(test::text_of(test::object_of(c, "given"), "type"));
}

Result<json::Object> validate(const json::Object& c, const schema::Registry& registry) {
  const resource::ValidationOptions options;
  const auto& type = type_of(registry, c);
  const json::Object& when = test::object_of(c, "when");
  if (when.find("post") != nullptr)
    return resource::canonicalize(registry, type, test::object_of(when, "post"), options);
  ROLECALL_TRY_ASSIGN(
      auto stored,
      resource::canonicalize(registry, type, test::object_of(test::object_of(c, "given"), "resource"), options));
  return resource::replace(registry, type, stored, test::object_of(when, "put"), options);
}

TEST(ValidationCases, All_GiveTheirResourceOrTheirError) {
  const auto registry = test::shipped_registry();
  const auto cases = test::cases_of("validation");
  ASSERT_GT(cases.size(), 70U);
  for (const json::Object& c : cases) {
    SCOPED_TRACE(test::text_of(c, "name"));
    const auto result = validate(c, *registry);
    const json::Object& then = test::object_of(c, "then");
    if (!test::text_of(then, "scimType").empty()) {
      test::expect_error(result, then);
      continue;
    }
    EXPECT_TRUE(result.has_value()) << result.error().detail;
    if (!result) continue;
    test::expect_resource(*result, then);
    const auto again = resource::canonicalize(*registry, type_of(*registry, c), *result, {});
    ASSERT_TRUE(again.has_value()) << again.error().detail;
    EXPECT_TRUE(*again == *result) << "a canonical resource must stay as it is";
  }
}

TEST(ProjectionCases, All_ShowExactlyTheirResourceOrTheirError) {
  const auto registry = test::shipped_registry();
  const auto cases = test::cases_of("projection");
  ASSERT_GT(cases.size(), 35U);
  for (const json::Object& c : cases) {
    SCOPED_TRACE(test::text_of(c, "name"));
    const json::Object& when = test::object_of(c, "when");
    const auto projection = resource::make_projection(type_of(*registry, c), test::text_of(when, "attributes"),
                                                      test::text_of(when, "excludedAttributes"));
    const json::Object& then = test::object_of(c, "then");
    if (!test::text_of(then, "scimType").empty()) {
      test::expect_error(projection, then);
      continue;
    }
    ASSERT_TRUE(projection.has_value()) << projection.error().detail;
    const json::Object shown = projection->apply(test::object_of(test::object_of(c, "given"), "resource"));
    EXPECT_TRUE(shown == test::object_of(then, "resource")) << json::write(json::Value(shown));
    for (const bool is_wanted : {true, false}) {
      const json::Value* names = then.find(is_wanted ? "wants" : "unwanted");
      if (names == nullptr) continue;
      for (const json::Value& name : *names->as_array()) {
        EXPECT_EQ(projection->wants_attribute(*name.as_string()), is_wanted) << *name.as_string();
      }
    }
  }
}

TEST(Validation, Limits_HoldAtLimitAndOneMore) {
  const auto registry = test::shipped_registry();
  const auto user_with = [&](const std::string& attribute, json::Value value) {
    const json::Object body{{"userName", json::Value("ana")}, {attribute, std::move(value)}};
    return resource::canonicalize(*registry, *registry->find_type("User"), body, {});
  };
  const auto addresses = [](std::size_t count) {
    json::Array elements;
    for (std::size_t i = 0; i < count; ++i) elements.emplace_back("a" + std::to_string(i) + "@acme.example");
    return json::Value(std::move(elements));
  };
  EXPECT_TRUE(user_with("emails", addresses(1'000)).has_value());
  EXPECT_FALSE(user_with("emails", addresses(1'001)).has_value());
  EXPECT_TRUE(user_with("title", json::Value(std::string(1'024, 'x'))).has_value());
  EXPECT_FALSE(user_with("title", json::Value(std::string(1'025, 'x'))).has_value());
  const auto certificate = [](std::size_t bytes) {
    return json::Value(json::Array{json::Value(std::string(bytes, 'A'))});
  };
  EXPECT_TRUE(user_with("x509Certificates", certificate(64 * 1'024)).has_value());
  EXPECT_FALSE(user_with("x509Certificates", certificate(64 * 1'024 + 4)).has_value());

  const auto group_of = [&](std::size_t count) {
    json::Array members;
    for (std::size_t i = 0; i < count; ++i) {
      members.emplace_back(json::Object{{"value", json::Value("u" + std::to_string(i))}});
    }
    const json::Object body{{"displayName", json::Value("T")}, {"members", json::Value(std::move(members))}};
    resource::ValidationOptions options;
    options.members = 2'000;
    return resource::canonicalize(*registry, *registry->find_type("Group"), body, options);
  };
  EXPECT_TRUE(group_of(2'000).has_value());
  EXPECT_FALSE(group_of(2'001).has_value());
}

TEST(Validation, BooleansAsText_AreRefusedWhenNotLenient) {
  const auto registry = test::shipped_registry();
  resource::ValidationOptions options;
  options.lenient_booleans = false;
  const json::Object body{{"userName", json::Value("ana")}, {"active", json::Value("false")}};
  EXPECT_FALSE(resource::canonicalize(*registry, *registry->find_type("User"), body, options).has_value());
}

TEST(TakeMembers, LeavesTheDocumentWithoutThem) {
  const auto registry = test::shipped_registry();
  const auto& type = *registry->find_type("Group");
  const auto parsed = json::parse(
      R"({"displayName":"T","members":[{"value":"u1","type":"User"},"u2",{"$ref":"https://desk.example/v2/Groups/g3"}]})");
  ASSERT_TRUE(parsed.has_value());
  auto group = resource::canonicalize(*registry, type, *parsed->as_object(), {});
  ASSERT_TRUE(group.has_value()) << group.error().detail;
  const auto members = resource::take_members(*group);
  ASSERT_TRUE(members.has_value());
  ASSERT_EQ(members->size(), 3U);
  EXPECT_EQ((*members)[0].value, "u1");
  EXPECT_EQ((*members)[0].type, "User");
  EXPECT_EQ((*members)[1].value, "u2");
  EXPECT_EQ((*members)[2].value, "g3");
  EXPECT_EQ(group->find("members"), nullptr);
  EXPECT_FALSE(resource::take_members(*group).has_value()) << "not named is not the same as nobody";

  auto empty = resource::canonicalize(
      *registry, type, json::Object{{"displayName", json::Value("T")}, {"members", json::Value(json::Array{})}}, {});
  ASSERT_TRUE(empty.has_value());
  const auto nobody = resource::take_members(*empty);
  ASSERT_TRUE(nobody.has_value());
  EXPECT_TRUE(nobody->empty());
}

}  // namespace
}  // namespace rolecall
