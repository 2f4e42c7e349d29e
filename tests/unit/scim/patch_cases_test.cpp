#include "case_files.hpp"
#include "rolecall/adapter/icu/text_folder.hpp"
#include "rolecall/patch/apply.hpp"
#include "rolecall/patch/message.hpp"
#include "rolecall/patch/resolve.hpp"

namespace rolecall {
namespace {

Result<patch::Applied> run(const json::Object& c, const schema::Registry& registry, const TextFolder& folder) {
  const json::Object& given = test::object_of(c, "given");
  const auto& type = *registry.find_type(test::text_of(given, "type"));
  const resource::ValidationOptions options;
  auto stored = resource::canonicalize(registry, type, test::object_of(given, "resource"), options);
  EXPECT_TRUE(stored.has_value()) << stored.error().detail;
  json::Object body = test::object_of(c, "when");
  body.set("schemas", json::Value(json::Array{json::Value("urn:ietf:params:scim:api:messages:2.0:PatchOp")}));
  ROLECALL_TRY_ASSIGN(const auto message, patch::parse_message(json::Value(body)));
  ROLECALL_TRY_ASSIGN(const auto dialect, patch::find_dialect(test::text_of(given, "dialect")));
  ROLECALL_TRY_ASSIGN(const auto resolved, patch::resolve(message, type, dialect, "self"));
  return patch::apply(resolved, registry, type, *stored, folder, options);
}

TEST(PatchCases, All_GiveTheirResourceOrTheirError) {
  const auto registry = test::shipped_registry();
  const auto folder = adapter::icu::make_text_folder();
  const auto cases = test::cases_of("patch");
  ASSERT_GT(cases.size(), 80U);
  for (const json::Object& c : cases) {
    SCOPED_TRACE(test::text_of(c, "name"));
    const auto applied = run(c, *registry, *folder);
    const json::Object& then = test::object_of(c, "then");
    if (const std::string scim_type = test::text_of(then, "scimType"); !scim_type.empty()) {
      EXPECT_FALSE(applied.has_value());
      if (applied) continue;
      EXPECT_EQ(test::scim_type_of(applied.error().code), scim_type) << applied.error().detail;
      continue;
    }
    EXPECT_TRUE(applied.has_value()) << applied.error().detail;
    if (!applied) continue;
    for (const auto& [name, value] : test::object_of(then, "resource")) {
      const json::Value* actual = applied->document.find(name);
      EXPECT_NE(actual, nullptr) << name;
      if (actual != nullptr) {
        EXPECT_TRUE(*actual == value) << name << ": " << json::write(*actual);
      }
    }
    if (const json::Value* absent = then.find("absent")) {
      for (const json::Value& name : *absent->as_array()) {
        EXPECT_EQ(applied->document.find(*name.as_string()), nullptr) << *name.as_string();
      }
    }
    if (then.find("unchanged") != nullptr) {
      EXPECT_FALSE(applied->changed);
    }
  }
}

}  // namespace
}  // namespace rolecall
