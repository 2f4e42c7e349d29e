#include <gtest/gtest.h>

#include "patch_cases.hpp"
#include "rolecall/adapter/icu/text_folder.hpp"
#include "rolecall/json/parse.hpp"
#include "rolecall/json/write.hpp"
#include "rolecall/patch/apply.hpp"
#include "unit/scim/case_files.hpp"

// What the engine makes of a document must be what a naive reading of RFC 7644 §3.5.2 makes of it, errors included.

namespace rolecall::property {
namespace {

constexpr std::size_t kRounds = 25'000;

/// All that attributes can be and that users and groups are not.
constexpr const char* kThing = R"({"id":"urn:example:Thing","name":"Thing","attributes":[
  {"name":"code","required":true,"caseExact":true},
  {"name":"serial","mutability":"immutable"},
  {"name":"mark","mutability":"readOnly"},
  {"name":"pin","mutability":"writeOnly","returned":"never"},
  {"name":"size","type":"integer"},
  {"name":"weight","type":"decimal"},
  {"name":"since","type":"dateTime"},
  {"name":"tags","multiValued":true},
  {"name":"exact","multiValued":true,"caseExact":true,"required":true},
  {"name":"numbers","type":"integer","multiValued":true},
  {"name":"seals","multiValued":true,"mutability":"immutable"},
  {"name":"box","type":"complex","required":true,"subAttributes":[{"name":"label"},{"name":"depth","type":"integer"},
    {"name":"seal","mutability":"immutable"},{"name":"mark","mutability":"readOnly"}]},
  {"name":"lid","type":"complex","subAttributes":[{"name":"label","required":true},{"name":"note"}]},
  {"name":"born","type":"complex","mutability":"immutable","subAttributes":[{"name":"at"},{"name":"by"}]},
  {"name":"parts","type":"complex","multiValued":true,"required":true,"subAttributes":[
    {"name":"value","required":true},{"name":"type"},{"name":"primary","type":"boolean"},
    {"name":"lot","mutability":"immutable"},{"name":"mark","mutability":"readOnly"}]},
  {"name":"marks","type":"complex","multiValued":true,"mutability":"immutable","subAttributes":[
    {"name":"value"},{"name":"note"}]}]})";
constexpr const char* kExtra = R"({"id":"urn:example:Extra:2.0:Thing","name":"Extra","attributes":[
  {"name":"shade"},{"name":"hints","type":"complex","multiValued":true,"subAttributes":[{"name":"value"},
  {"name":"type","caseExact":true}]},{"name":"owner","type":"complex","subAttributes":[{"name":"value"},
  {"name":"name","mutability":"readOnly"}]}]})";
constexpr const char* kThings = R"({"name":"Thing","endpoint":"/Things","schema":"urn:example:Thing",
  "schemaExtensions":[{"schema":"urn:example:Extra:2.0:Thing","required":false}]})";

const schema::Registry& registry_of(const std::string& type) {
  static const auto kShipped = test::shipped_registry();
  static const auto kOwn =
      schema::Registry::load({{"thing.json", kThing}, {"extra.json", kExtra}}, {{"things.json", kThings}});
  if (type != "Thing") return *kShipped;
  EXPECT_TRUE(kOwn) << kOwn.error().detail;
  return **kOwn;
}

const json::Array& attributes_of(const schema::Schema& schema) {
  return *schema.document.as_object()->find("attributes")->as_array();
}

Definitions definitions_of(const schema::ResourceType& type) {
  Definitions definitions;
  definitions.core = attributes_of(*type.schema);
  std::erase_if(definitions.core, [](const json::Value& each) { return text_in(each, "name") == "members"; });
  definitions.core.emplace_back(json::Object{{"name", "externalId"}, {"caseExact", true}});
  definitions.core.emplace_back(json::Object{{"name", "id"}, {"mutability", "readOnly"}});
  for (const auto& extension : type.extensions) {
    definitions.extensions.emplace_back(extension.schema->id, attributes_of(*extension.schema));
  }
  return definitions;
}

PatchUrns urns_of(const schema::ResourceType& type) {
  PatchUrns urns{type.schema->id, {}};
  for (const auto& extension : type.extensions) urns.extensions.push_back(extension.schema->id);
  return urns;
}

class PatchDifferential : public testing::TestWithParam<const char*> {
 protected:
  void compare() {
    const auto stored = resource::canonicalize(registry, type, cases.document(), {});
    ASSERT_TRUE(stored) << stored.error().detail;
    const auto steps = cases.steps();
    std::vector<patch::RawOperation> operations;
    std::string shown = "document " + json::write(*stored) + "\n";
    for (const PatchStep& step : steps) {
      operations.push_back(cases.written(step));
      const auto& made = operations.back();
      shown +=
          step.op + " " + made.path.value_or("(no path)") + " " + (made.value ? json::write(*made.value) : "") + "\n";
    }
    const auto expected = patch_by_reference(definitions, *stored, steps);
    const auto actual = patched(operations, *stored);
    if (!actual) {
      const std::string scim_type = test::scim_type_of(actual.error().code);
      ASSERT_TRUE(expected.errors.contains(scim_type))
          << shown << "refused: " << scim_type << ", " << actual.error().detail << "\nthe reference says "
          << (expected.errors.empty() ? json::write(expected.document) : *expected.errors.begin());
      ++refused;
      return;
    }
    ASSERT_TRUE(expected.errors.empty()) << shown << "made " << json::write(actual->document) << "\nthe reference says "
                                         << *expected.errors.begin();
    json::Object document = actual->document;
    json::Object reference = expected.document;
    document.erase("schemas");
    reference.erase("schemas");
    ASSERT_TRUE(document == reference) << shown << "made " << json::write(document) << "\nthe reference says "
                                       << json::write(reference);
    ASSERT_EQ(actual->changed, !(actual->document == *stored)) << shown;
    changed += actual->changed ? 1 : 0;
  }

  Result<patch::Applied> patched(const std::vector<patch::RawOperation>& operations, const json::Object& stored) {
    auto resolved = patch::resolve(operations, type, patch::strict_dialect(), "own");
    if (!resolved) return tl::unexpected(resolved.error());
    return patch::apply(*resolved, registry, type, stored, *folder, {});
  }

  std::uint64_t seed = seed_of_this_run();
  Random random{seed};
  const schema::Registry& registry = registry_of(GetParam());
  const schema::ResourceType& type = *registry.find_type(GetParam());
  const Definitions definitions = definitions_of(type);
  PatchCases cases{random, definitions, urns_of(type)};
  std::unique_ptr<TextFolder> folder = adapter::icu::make_text_folder();
  std::size_t changed = 0;
  std::size_t refused = 0;
};

TEST_P(PatchDifferential, EngineAndReference_MakeTheSame) {
  const std::size_t rounds = scaled(kRounds);
  for (std::size_t round = 0; round < rounds; ++round) {
    compare();
    if (HasFatalFailure()) FAIL() << "ROLECALL_PROPERTY_SEED=" << seed << ", round " << round;
  }
  EXPECT_GT(changed, rounds / 4) << "most operations change nothing and so show little";
  EXPECT_GT(refused, rounds / 20);
}

INSTANTIATE_TEST_SUITE_P(Of, PatchDifferential, testing::Values("User", "Group", "Thing"),
                         [](const testing::TestParamInfo<const char*>& name) { return std::string(name.param); });

}  // namespace
}  // namespace rolecall::property
