#include <bit>
#include <limits>

#include "case_files.hpp"
#include "rolecall/adapter/icu/text_folder.hpp"
#include "rolecall/resource/document.hpp"
#include "rolecall/resource/key.hpp"
#include "rolecall/resource/signature.hpp"

namespace rolecall {
namespace {

constexpr const char* kEnterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// One schema with `attributes` as its text, and a type on it.
Result<std::shared_ptr<const schema::Registry>> load(const std::string& attributes, const std::string& more = "") {
  return schema::Registry::load(
      {{"thing.json", R"({"id":"urn:example:Thing","name":"Thing","attributes":)" + attributes + "}"}},
      {{"type.json", R"({"name":"Thing","endpoint":"/Things","schema":"urn:example:Thing")" + more + "}"}});
}

std::string error_of(const std::string& attributes, const std::string& more = "") {
  const auto loaded = load(attributes, more);
  return loaded ? std::string() : loaded.error().detail;
}

TEST(SchemaRegistry, ShippedFiles_DefineUsersAndGroups) {
  const auto registry = test::shipped_registry();
  ASSERT_NE(registry->find_type("User"), nullptr);
  EXPECT_EQ(registry->find_type("user"), nullptr);
  EXPECT_EQ(registry->find_type_by_endpoint("/Groups"), registry->find_type("Group"));
  EXPECT_NE(registry->find_schema("URN:IETF:params:scim:schemas:core:2.0:user"), nullptr);
  EXPECT_EQ(registry->find_schema("urn:none"), nullptr);
  EXPECT_EQ(registry->find_type("User")->extensions.size(), 2U);
  // Ours alone: what /ResourceTypes serves follows RFC 7643 §6.
  EXPECT_EQ(registry->find_type("User")->document.as_object()->find("indexed"), nullptr);
  EXPECT_FALSE(registry->find_type("User")->indexed.empty());
}

/// RFC 7643 §2.3.6 to §2.3.8 and §7, on every attribute that /Schemas serves.
TEST(SchemaRegistry, ShippedAttributes_KeepTheRules) {
  const auto registry = test::shipped_registry();
  for (const auto& schema : registry->schemas()) {
    for (const schema::Attribute& attribute : schema->attributes) {
      SCOPED_TRACE(schema->id + ":" + attribute.name);
      EXPECT_EQ(attribute.type == schema::Type::complex, !attribute.sub_attributes.empty());
      EXPECT_FALSE(attribute.description.empty());
      for (const schema::Attribute& sub : attribute.sub_attributes) {
        const bool is_opaque = sub.type == schema::Type::complex;
        EXPECT_EQ(is_opaque, schema->name == "Schema" && sub.name == "subAttributes") << sub.name;
        if (attribute.mutability == schema::Mutability::read_only) {
          EXPECT_EQ(sub.mutability, schema::Mutability::read_only) << sub.name;
        }
      }
    }
  }
}

TEST(SchemaRegistry, BrokenFiles_AreRefusedWithFileAttributeAndRule) {
  EXPECT_EQ(error_of(R"([{"name":"a","type":"string"}])"), "");
  EXPECT_NE(error_of(R"([{"name":"1a","type":"string"}])").find("thing.json"), std::string::npos);
  EXPECT_NE(error_of(R"([{"name":"a","type":"text"}])").find("thing.json.a"), std::string::npos);
  EXPECT_NE(error_of(R"([{"name":"a","type":"string"},{"name":"A","type":"string"}])").find("twice"),
            std::string::npos);
  EXPECT_NE(error_of(R"([{"name":"a","type":"reference","caseExact":false}])").find("case exact"), std::string::npos);
  EXPECT_NE(error_of(R"([{"name":"a","type":"complex"}])").find("subAttributes"), std::string::npos);
  EXPECT_NE(error_of(R"([{"name":"a","type":"string","mutability":"writeOnly"}])").find("never"), std::string::npos);
  EXPECT_NE(error_of(R"([{"name":"a","type":"string","required":"yes"}])").find("true or false"), std::string::npos);
  EXPECT_NE(error_of("{").find("thing.json"), std::string::npos);
  EXPECT_NE(error_of(R"([{"name":"a","type":"string"}])", R"(,"indexed":["b"])").find("type.json"), std::string::npos);
  EXPECT_NE(
      error_of(R"([{"name":"a","type":"string"}])", R"(,"schemaExtensions":[{"schema":"urn:none"}])").find("urn:none"),
      std::string::npos);
}

TEST(SchemaRegistry, WhatIsServed_CanOnlyBeReadAndStandsAtTheTop) {
  const auto registry = test::shipped_registry();
  const schema::ResourceType* role = registry->find_type("Role");
  ASSERT_NE(role, nullptr);
  EXPECT_TRUE(role->is_read_only());
  EXPECT_FALSE(registry->find_type("User")->is_read_only());
  EXPECT_TRUE(role->extensions.empty());
  EXPECT_EQ(role->document.as_object()->find("servedFrom"), nullptr);
  // By either URN, or by none, it is the same attribute.
  const auto plain = role->resolve("value");
  ASSERT_TRUE(plain);
  for (const char* urn : {"urn:ietf:params:scim:schemas:core:2.0:Role:", "URN:okta:scim:schemas:core:1.0:role:"}) {
    const auto path = role->resolve(std::string(urn) + "value");
    ASSERT_TRUE(path) << urn;
    EXPECT_EQ(*path, *plain) << urn;
  }
  EXPECT_FALSE(role->resolve("urn:ietf:params:scim:schemas:core:2.0:Entitlement:value"));
  EXPECT_NE(error_of(R"([{"name":"a","type":"string"}])", R"(,"servedFrom":"nowhere")").find("servedFrom"),
            std::string::npos);
  EXPECT_EQ(error_of(R"([{"name":"a","type":"string"}])", R"(,"servedFrom":"roles")"), "");
  const std::string one = R"({"id":"urn:example:One","name":"One","attributes":[{"name":"a","type":"string"}]})";
  const std::string two = R"({"id":"urn:example:Two","name":"Two","attributes":[{"name":"b","type":"string"}]})";
  const auto loaded = schema::Registry::load(
      {{"one.json", one}, {"two.json", two}},
      {{"type.json", R"({"name":"One","endpoint":"/Ones","schema":"urn:example:One",)"
                     R"("servedFrom":"roles","schemaExtensions":[{"schema":"urn:example:Two"}]})"}});
  ASSERT_FALSE(loaded);
  EXPECT_NE(loaded.error().detail.find("lacks the attribute b of urn:example:Two"), std::string::npos);
}

TEST(SchemaRegistry, NameOfTwoExtensions_NeedsItsUrn) {
  const std::string one = R"({"id":"urn:example:One","name":"One","attributes":[{"name":"age","type":"integer"}]})";
  const std::string two = R"({"id":"urn:example:One:Two","name":"Two","attributes":[{"name":"age","type":"integer"}]})";
  const std::string core = R"({"id":"urn:example:Core","name":"Core","attributes":[{"name":"a","type":"string"}]})";
  const auto registry =
      schema::Registry::load({{"1", one}, {"2", two}, {"3", core}},
                             {{"t", R"({"name":"T","endpoint":"/T","schema":"urn:example:Core","schemaExtensions":[
          {"schema":"urn:example:One"},{"schema":"urn:example:One:Two"}]})"}});
  ASSERT_TRUE(registry.has_value()) << registry.error().detail;
  const auto& type = *(*registry)->find_type("T");
  EXPECT_FALSE(type.resolve("age").has_value());
  const auto first = type.resolve("urn:example:One:age");
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(first->extension->name, "One");
  // RFC 7644 §3.10: the longest schema URN that the text starts with.
  const auto second = type.resolve("URN:example:one:two:AGE");
  ASSERT_TRUE(second.has_value());
  EXPECT_EQ(second->extension->name, "Two");
  EXPECT_EQ(second->to_string(), "urn:example:One:Two:age");
}

/// RFC 7643 §2.2, and errata 6000, 6001 and 6004 for what has no case and is no key.
TEST(SchemaRegistry, CharacteristicsLeftOut_HaveDefaultsAndAreShown) {
  const auto registry = load(R"([{"name":"plain"},{"name":"link","type":"reference"},{"name":"on","type":"boolean"},
                                 {"name":"box","type":"complex","subAttributes":[{"name":"part","required":true}]}])");
  ASSERT_TRUE(registry.has_value()) << registry.error().detail;
  const schema::Schema& schema = *(*registry)->find_schema("urn:example:Thing");
  const schema::Attribute& plain = *schema.find_attribute("plain");
  EXPECT_EQ(plain.type, schema::Type::string);
  EXPECT_TRUE(schema.find_attribute("link")->case_exact);
  const auto& shown = *schema.document.as_object()->find("attributes")->as_array();
  EXPECT_EQ(json::write(shown[0]),
            R"({"name":"plain","type":"string","multiValued":false,"required":false,"caseExact":false,)"
            R"("mutability":"readWrite","returned":"default","uniqueness":"none"})");
  EXPECT_EQ(json::write(shown[1]),
            R"({"name":"link","type":"reference","multiValued":false,"required":false,"caseExact":true,)"
            R"("mutability":"readWrite","returned":"default","uniqueness":"none"})");
  EXPECT_EQ(json::write(shown[2]), R"({"name":"on","type":"boolean","multiValued":false,"required":false,)"
                                   R"("mutability":"readWrite","returned":"default"})");
  EXPECT_EQ(json::write((*shown[3].as_object()->find("subAttributes")->as_array())[0]),
            R"({"name":"part","required":true,"type":"string","multiValued":false,"caseExact":false,)"
            R"("mutability":"readWrite","returned":"default","uniqueness":"none"})");
}

class KeyTest : public ::testing::Test {
 protected:
  std::optional<std::string> key(schema::Type type, json::Value value, bool case_exact = false) const {
    schema::Attribute attribute;
    attribute.type = type;
    attribute.case_exact = case_exact;
    return resource::key_of(attribute, value, *folder_);
  }
  static json::Value number(std::string lexeme) { return json::Value(json::Number{std::move(lexeme)}); }

  const std::unique_ptr<TextFolder> folder_ = adapter::icu::make_text_folder();
};

TEST_F(KeyTest, Strings_FoldUnlessCaseExact) {
  using schema::Type;
  EXPECT_EQ(key(Type::string, "STRASSE"), key(Type::string, "stra\u00dfe"));
  EXPECT_EQ(key(Type::string, "e\u0301"), key(Type::string, "\u00e9"));
  EXPECT_NE(key(Type::string, "A", true), key(Type::string, "a", true));
  EXPECT_EQ(key(Type::string, 5), std::nullopt);
  EXPECT_EQ(key(Type::string, json::Value()), std::nullopt);
}

TEST_F(KeyTest, UserNames_ArePreparedAndOtherTextIsNot) {
  const auto registry = test::shipped_registry();
  const auto& user = *registry->find_type("User");
  const auto key_in = [&](const char* path, const char* text) {
    return resource::key_of(user.resolve(path)->leaf(), json::Value(text), *folder_);
  };
  EXPECT_EQ(key_in("userName", "\uff22\uff2f"), key_in("userName", "bo"));
  EXPECT_NE(key_in("displayName", "\uff22\uff2f"), key_in("displayName", "bo"));
}

TEST_F(KeyTest, Numbers_KeepTheirOrder) {
  using schema::Type;
  const std::vector<std::string> integers{"-9223372036854775808", "-10", "-9", "-1", "0", "1", "9", "10",
                                          "9223372036854775807"};
  for (std::size_t i = 1; i < integers.size(); ++i) {
    EXPECT_LT(key(Type::integer, number(integers[i - 1])), key(Type::integer, number(integers[i])));
  }
  const std::vector<std::string> decimals{"-1e300", "-2.5", "-2", "-1e-300", "0", "1e-300", "0.5", "2", "10", "1e300"};
  for (std::size_t i = 1; i < decimals.size(); ++i) {
    EXPECT_LT(key(Type::decimal, number(decimals[i - 1])), key(Type::decimal, number(decimals[i])));
  }
  EXPECT_EQ(key(Type::decimal, number("1.50")), key(Type::decimal, number("1.5")));
  EXPECT_EQ(key(Type::decimal, number("-0.0")), key(Type::decimal, number("0")));
  EXPECT_EQ(key(Type::integer, number("1.5")), std::nullopt);
}

TEST_F(KeyTest, Instants_CompareAsInstants) {
  using schema::Type;
  EXPECT_EQ(key(Type::date_time, "2011-05-13T04:42:34Z"), key(Type::date_time, "2011-05-13T06:42:34+02:00"));
  EXPECT_LT(key(Type::date_time, "2011-05-13T04:42:34Z"), key(Type::date_time, "2011-05-13T04:42:34.5Z"));
  EXPECT_LT(key(Type::date_time, "1969-12-31T23:59:59Z"), key(Type::date_time, "1970-01-01T00:00:00Z"));
  EXPECT_EQ(key(Type::date_time, "2011-05-13"), std::nullopt);
  EXPECT_LT(key(Type::boolean, false), key(Type::boolean, true));
}

TEST_F(KeyTest, Index_HasARowPerValueNumberedByElement) {
  const auto registry = test::shipped_registry();
  const auto parsed = json::parse(R"({"userName":"ana","displayName":"ANA","name":{"familyName":"Lopez"},"title":"x",
    "emails":[{"value":"A@b.example","type":"Work"},{"type":"home"},{"value":"c@d.example"}],
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"employeeNumber":"42"}})");
  ASSERT_TRUE(parsed.has_value());
  const auto entries = resource::index_of(*registry->find_type("User"), *parsed->as_object(), *folder_);
  const auto has = [&](const std::string& path, int element, const std::string& value) {
    return std::find(entries.begin(), entries.end(), resource::IndexEntry{path, element, value}) != entries.end();
  };
  EXPECT_TRUE(has("displayName", 0, "ana"));
  EXPECT_TRUE(has("name.familyName", 0, "lopez"));
  EXPECT_TRUE(has("emails.value", 0, "a@b.example"));
  EXPECT_TRUE(has("emails.type", 0, "work"));
  EXPECT_TRUE(has("emails.type", 1, "home"));
  EXPECT_TRUE(has("emails.value", 2, "c@d.example"));
  EXPECT_TRUE(has(std::string(kEnterprise) + ":employeeNumber", 0, "42"));
  const resource::IndexEntry unique{"userName", 0, "ana", true};
  EXPECT_NE(std::find(entries.begin(), entries.end(), unique), entries.end()) << "the schema declares it unique";
  EXPECT_EQ(entries.size(), 8U) << "and nothing for what is not indexed or not there";
}

TEST_F(KeyTest, Signature_HasTheBitsOfEachTextThatHasNoRows) {
  const auto registry = test::shipped_registry();
  const auto& type = *registry->find_type("User");
  const auto parsed = json::parse(R"({"userName":"ana","externalId":"x7","displayName":"Ana","nickName":"Ännchen",
    "active":true,"addresses":[{"country":"US","locality":"Springfield"}],"phoneNumbers":[{"value":"tel:+1-555"}],
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"employeeNumber":"42","costCenter":"CC-1"}})");
  ASSERT_TRUE(parsed.has_value());
  const auto signature = resource::signature_of(type, *parsed->as_object(), *folder_);
  std::size_t bits = 0;
  for (const auto word : signature.words)
    bits += static_cast<std::size_t>(std::popcount(static_cast<std::uint64_t>(word)));
  EXPECT_GT(bits, 5 * 6U) << "a bit in each of eight words for each of five values, of which a few may meet";
  EXPECT_LE(bits, 5 * 8U) << "and none for what has rows, a column or no text";
  const auto may_have = [&](const char* path, const std::string& text) {
    const auto resolved = *type.resolve(path);
    EXPECT_TRUE(resource::is_signed(type, resolved)) << path;
    const auto key = resource::key_of(resolved.leaf(), json::Value(text), *folder_);
    const auto wanted = resource::signature_of_value(resolved.to_string(), *key);
    for (std::size_t i = 0; i < wanted.words.size(); ++i) {
      if ((signature.words.at(i) & wanted.words.at(i)) != wanted.words.at(i)) return false;
    }
    return true;
  };
  EXPECT_TRUE(may_have("nickName", "ÄNNCHEN"));
  EXPECT_TRUE(may_have("addresses.country", "us"));
  EXPECT_TRUE(may_have("addresses.locality", "Springfield"));
  EXPECT_TRUE(may_have("phoneNumbers.value", "tel:+1-555"));
  EXPECT_TRUE(may_have("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:costCenter", "cc-1"));
  EXPECT_FALSE(may_have("nickName", "Springfield")) << "a value of another attribute";
  EXPECT_FALSE(may_have("nickName", "Anna"));
  for (const char* path : {"userName", "displayName", "emails.value", "externalId", "id", "schemas", "meta.version",
                           "active", "password", "groups.value", "addresses.primary",
                           "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.displayName",
                           "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.$ref"}) {
    const auto resolved = type.resolve(path);
    EXPECT_FALSE(resolved && resource::is_signed(type, *resolved)) << path;
  }
}

/// They are stored: another version must find by them what this one wrote.
TEST_F(KeyTest, Signature_StaysAsItIs) {
  const resource::Signature expected{{std::int64_t{1} << 44, std::int64_t{1} << 9, std::int64_t{1} << 59,
                                      std::int64_t{1} << 40, std::int64_t{1} << 51, std::int64_t{1} << 3,
                                      std::int64_t{1} << 20, std::numeric_limits<std::int64_t>::min()}};
  EXPECT_EQ(resource::signature_of_value("nickName", "nick7"), expected);
  EXPECT_EQ(resource::Signature{}.words.at(7), -1) << "unknown: may be anything";
}

TEST(Document, AbsentActive_MeansActive) {
  EXPECT_TRUE(resource::is_active(json::Object{}));
  EXPECT_TRUE(resource::is_active(json::Object{{"active", json::Value(true)}}));
  EXPECT_FALSE(resource::is_active(json::Object{{"active", json::Value(false)}}));
}

TEST(Document, Readers_GiveEmptyForWhatIsNotThere) {
  const json::Object user{{"userName", json::Value("ana")},
                          {"externalId", json::Value("x")},
                          {std::string(resource::kRolecallUserExtension),
                           json::Value(json::Object{{"defaultRole", json::Value("Agent")}})}};
  EXPECT_EQ(resource::user_name(user), "ana");
  EXPECT_EQ(resource::external_id(user), "x");
  EXPECT_EQ(resource::default_role(user), "Agent");
  EXPECT_EQ(resource::display_name(user), "");
  EXPECT_EQ(resource::default_role(json::Object{}), "");
}

}  // namespace
}  // namespace rolecall
