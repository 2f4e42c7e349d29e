#include "case_files.hpp"
#include "format_options.hpp"
#include "rolecall/resource/projection.hpp"
#include "rolecall/resource/validate.hpp"

namespace rolecall {
namespace {

const schema::ResourceType& type_of(const schema::Registry& registry, const json::Object& c) {
  return *registry.find_type(test::text_of(test::object_of(c, "given"), "type"));
}

Result<json::Object> validate(const json::Object& c, const schema::Registry& registry) {
  const resource::ValidationOptions options = test::options_of(c);
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

TEST(Projection, WhatAWriteNamed_IsRevealedByItsAnswer) {
  const auto registry = schema::Registry::load(
      {{"thing.json", R"({"id":"urn:example:Thing","name":"Thing","attributes":[{"name":"open"},
        {"name":"notes","returned":"request"},{"name":"other","returned":"request"},
        {"name":"box","type":"complex","subAttributes":[{"name":"a"},{"name":"b","returned":"request"}]}]})"},
       {"more.json", R"({"id":"urn:example:More","name":"More","attributes":[{"name":"hint","returned":"request"}]})"}},
      {{"type.json", R"({"name":"Thing","endpoint":"/Things","schema":"urn:example:Thing",
        "schemaExtensions":[{"schema":"urn:example:More","required":false}]})"}});
  ASSERT_TRUE(registry.has_value()) << registry.error().detail;
  const auto& type = *(*registry)->find_type("Thing");
  const json::Object full{{"open", "o"},
                          {"notes", "n"},
                          {"other", "x"},
                          {"box", json::Object{{"a", "1"}, {"b", "2"}}},
                          {"urn:example:More", json::Object{{"hint", "h"}}}};
  const auto shown = [&](auto reveal) {
    auto projection = resource::make_projection(type, "", "");
    reveal(*projection);
    return json::write(json::Value(projection->apply(full)));
  };
  using resource::Projection;
  EXPECT_EQ(shown([](Projection&) {}), R"({"open":"o","box":{"a":"1"}})");
  EXPECT_EQ(shown([](Projection& p) {
              p.reveal(json::Object{{"NOTES", "n"}, {"unknown", 1}});
            }),
            R"({"open":"o","notes":"n","box":{"a":"1"}})");
  EXPECT_EQ(shown([](Projection& p) {
              p.reveal(json::Object{{"box", json::Object{{"b", "2"}}}});
            }),
            R"({"open":"o","box":{"a":"1","b":"2"}})");
  EXPECT_EQ(shown([](Projection& p) {
              p.reveal(json::Object{{"urn:example:More", json::Object{{"hint", "h"}}}});
            }),
            R"({"open":"o","box":{"a":"1"},"urn:example:More":{"hint":"h"}})");
  EXPECT_EQ(shown([&](Projection& p) { p.reveal(*type.resolve("notes")); }),
            R"({"open":"o","notes":"n","box":{"a":"1"}})");
  EXPECT_EQ(shown([&](Projection& p) { p.reveal(*type.resolve("box.a")); }), R"({"open":"o","box":{"a":"1"}})");
  EXPECT_EQ(shown([&](Projection& p) { p.reveal(schema::AttributePath{}); }), R"({"open":"o","box":{"a":"1"}})");

  auto named = resource::make_projection(type, "open", "");
  named->reveal(json::Object{{"notes", "n"}});
  EXPECT_EQ(json::write(json::Value(named->apply(full))), R"({"open":"o"})") << "who names attributes gets those";
}

TEST(References, PointAtTypesTheyMayName) {
  const auto registry = schema::Registry::load(
      {{"thing.json", R"({"id":"urn:example:Thing","name":"Thing","attributes":[
        {"name":"next","type":"reference","referenceTypes":["Thing"]},
        {"name":"all","type":"reference","multiValued":true,"referenceTypes":["Thing"]},
        {"name":"free","type":"reference","referenceTypes":["Thing","external"]},
        {"name":"any","type":"reference"},
        {"name":"owner","type":"complex","subAttributes":[{"name":"value"},
          {"name":"$ref","type":"reference","referenceTypes":["Other"]}]}]})"}},
      {{"thing-type.json", R"({"name":"Thing","endpoint":"/Things","schema":"urn:example:Thing"})"},
       {"other-type.json", R"({"name":"Other","endpoint":"/Others","schema":"urn:example:Thing"})"}});
  ASSERT_TRUE(registry.has_value()) << registry.error().detail;
  const auto error_of = [&](const char* body) {
    const auto parsed = json::parse(body);
    const auto made = resource::canonicalize(**registry, *(*registry)->find_type("Thing"), *parsed->as_object(), {});
    return made ? std::string() : made.error().attribute;
  };
  EXPECT_EQ(error_of(R"({"next":"https://desk.example/scim/v2/Things/1"})"), "");
  EXPECT_EQ(error_of(R"({"next":"Things/1"})"), "");
  EXPECT_EQ(error_of(R"({"next":"1"})"), "");
  EXPECT_EQ(error_of(R"({"next":"https://desk.example/people/1"})"), "");
  EXPECT_EQ(error_of(R"({"next":"https://desk.example/scim/v2/Others/1"})"), "next");
  EXPECT_EQ(error_of(R"({"next":"../Others/1?x=/Things/2#/Things/3"})"), "next");
  EXPECT_EQ(error_of(R"({"all":["Things/1","Others/1"]})"), "all");
  EXPECT_EQ(error_of(R"({"free":"Others/1","any":"Others/1"})"), "");
  EXPECT_EQ(error_of(R"({"owner":{"value":"1","$ref":"Others/1"}})"), "");
  EXPECT_EQ(error_of(R"({"owner":{"$ref":"Things/1"}})"), "owner.$ref");
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

TEST(Validation, WithoutFormats_LetsPassWhatWasAcceptedBefore) {
  const auto registry = test::shipped_registry();
  const resource::ValidationOptions options = test::all_checks(true);
  const json::Object body{{"userName", json::Value("a\u2019b")}, {"timezone", json::Value("Pacific Standard Time")}};
  const auto& type = *registry->find_type("User");
  EXPECT_FALSE(resource::canonicalize(*registry, type, body, options).has_value());
  EXPECT_TRUE(resource::canonicalize(*registry, type, body, options.without_formats()).has_value());
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
