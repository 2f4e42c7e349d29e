#include <optional>

#include "case_files.hpp"
#include "format_options.hpp"
#include "rolecall/adapter/icu/text_folder.hpp"
#include "rolecall/filter/evaluate.hpp"
#include "rolecall/patch/apply.hpp"
#include "rolecall/patch/message.hpp"
#include "rolecall/patch/resolve.hpp"

namespace rolecall {
namespace {

using MemberIds = std::vector<std::string>;

json::Value element_of(const std::string& id) { return json::Value(json::Object{{"value", json::Value(id)}}); }

/// What a store does with member changes, on a list of ids.
void change_members(MemberIds& ids, const patch::MemberChange& change, const TextFolder& folder) {
  using Kind = patch::MemberChange::Kind;
  const auto is_named = [&](const std::string& id) {
    return std::any_of(change.members.begin(), change.members.end(),
                       [&](const resource::MemberReference& member) { return member.value == id; });
  };
  if (change.kind == Kind::remove) std::erase_if(ids, is_named);
  if (change.kind == Kind::remove_matching) {
    std::erase_if(
        ids, [&](const std::string& id) { return filter::matches_element(*change.filter, element_of(id), folder); });
  }
  if (change.kind == Kind::remove_all || change.kind == Kind::replace_all) ids.clear();
  if (change.kind != Kind::add && change.kind != Kind::replace_all) return;
  for (const resource::MemberReference& member : change.members) {
    if (std::find(ids.begin(), ids.end(), member.value) == ids.end()) ids.push_back(member.value);
  }
}

json::Value as_value(const MemberIds& ids) {
  json::Array elements;
  for (const std::string& id : ids) elements.push_back(element_of(id));
  return json::Value(std::move(elements));
}

/// The patched resource with its members in it, which the engine keeps apart.
Result<patch::Applied> run(const json::Object& c, const schema::Registry& registry, const TextFolder& folder) {
  const json::Object& given = test::object_of(c, "given");
  const auto& type = *registry.find_type(test::text_of(given, "type"));
  const resource::ValidationOptions options;
  auto stored = resource::canonicalize(registry, type, test::object_of(given, "resource"), options);
  if (!stored) {
    ADD_FAILURE() << "given: " << stored.error().detail;
    return fail(stored.error());
  }
  MemberIds members;
  if (const auto given_members = resource::take_members(*stored)) {
    for (const resource::MemberReference& member : *given_members) members.push_back(member.value);
  }
  const MemberIds members_before = members;

  json::Object body = test::object_of(c, "when");
  body.set("schemas", json::Value(json::Array{json::Value("urn:ietf:params:scim:api:messages:2.0:PatchOp")}));
  ROLECALL_TRY_ASSIGN(const auto message, patch::parse_message(json::Value(body)));
  ROLECALL_TRY_ASSIGN(const auto dialect, patch::find_dialect(test::text_of(given, "dialect")));
  ROLECALL_TRY_ASSIGN(const auto resolved, patch::resolve(message, type, dialect, "self"));
  ROLECALL_TRY_ASSIGN(auto applied, patch::apply(resolved, registry, type, *stored, folder, test::options_of(c)));
  EXPECT_TRUE(resolved.touches_document() || !applied.changed);
  EXPECT_EQ(applied.document.find("members"), nullptr) << "members must not reach the document";
  for (const patch::MemberChange& change : resolved.member_changes()) change_members(members, change, folder);
  if (type.name == "Group") applied.document.set("members", as_value(members));
  applied.changed = applied.changed || members != members_before;
  return applied;
}

TEST(PatchCases, All_GiveTheirResourceOrTheirError) {
  const auto registry = test::shipped_registry();
  const auto folder = adapter::icu::make_text_folder();
  const auto cases = test::cases_of("patch");
  ASSERT_GT(cases.size(), 200U);
  for (const json::Object& c : cases) {
    SCOPED_TRACE(test::text_of(c, "name"));
    const auto applied = run(c, *registry, *folder);
    const json::Object& then = test::object_of(c, "then");
    if (!test::text_of(then, "scimType").empty()) {
      test::expect_error(applied, then);
      continue;
    }
    EXPECT_TRUE(applied.has_value()) << applied.error().detail;
    if (!applied) continue;
    test::expect_resource(applied->document, then);
    const json::Value* unchanged = then.find("unchanged");
    EXPECT_EQ(applied->changed, unchanged == nullptr);
  }
}

/// RFC 7644 §3.5.2.3: a replace that says where everything goes gives the same the second time.
TEST(PatchCases, AppliedTwice_ReplaceChangesNothingMore) {
  const auto registry = test::shipped_registry();
  const auto folder = adapter::icu::make_text_folder();
  const resource::ValidationOptions options;
  std::size_t tried = 0;
  for (const json::Object& c : test::cases_of("patch")) {
    SCOPED_TRACE(test::text_of(c, "name"));
    const json::Object& given = test::object_of(c, "given");
    const auto& type = *registry->find_type(test::text_of(given, "type"));
    json::Object body = test::object_of(c, "when");
    body.set("schemas", json::Value(json::Array{json::Value("urn:ietf:params:scim:api:messages:2.0:PatchOp")}));
    const auto message = patch::parse_message(json::Value(body));
    if (!message || message->size() != 1 || message->front().op != patch::Op::replace) continue;
    const auto dialect = patch::find_dialect(test::text_of(given, "dialect"));
    ASSERT_TRUE(dialect.has_value());
    const auto resolved = patch::resolve(*message, type, *dialect, "self");
    if (!resolved) continue;
    auto stored = resource::canonicalize(*registry, type, test::object_of(given, "resource"), options);
    ASSERT_TRUE(stored.has_value());
    (void)resource::take_members(*stored);
    const auto once = patch::apply(*resolved, *registry, type, *stored, *folder, options);
    if (!once) continue;
    const auto twice = patch::apply(*resolved, *registry, type, once->document, *folder, options);
    // A replace may move what its own filter selects; then nothing is left to select.
    if (!twice && twice.error().code == ErrorCode::no_target) continue;
    ASSERT_TRUE(twice.has_value()) << twice.error().detail;
    EXPECT_FALSE(twice->changed);
    ++tried;
  }
  EXPECT_GT(tried, 40U);
}

TEST(PatchDialect, RulesThatChangedSomething_AreNamed) {
  const auto registry = test::shipped_registry();
  const auto& type = *registry->find_type("Group");
  const auto names_for = [&](const std::string& operations) {
    const auto body =
        json::parse(R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":)" + operations + "}");
    EXPECT_TRUE(body.has_value());
    const auto message = patch::parse_message(*body);
    EXPECT_TRUE(message.has_value());
    std::vector<std::string> names;
    EXPECT_TRUE(patch::resolve(*message, type, patch::okta_dialect(), "g1", &names).has_value());
    return names;
  };
  using Names = std::vector<std::string>;
  EXPECT_EQ(names_for(R"([{"op":"replace","path":"displayName","value":"T"}])"), Names{});
  EXPECT_EQ(names_for(R"([{"op":"replace","value":{"id":"g1","displayName":"T"}}])"), Names{"own_id"});
  EXPECT_EQ(names_for(R"([{"op":"replace","value":{"meta":{},"displayName":"T"}}])"), Names{"read_only_echo"});
  EXPECT_EQ(names_for(R"([{"op":"replace","value":{"urn:ietf:params:scim:schemas:core:2.0:Group:displayName":"T"}}])"),
            Names{"keys_as_paths"});
  EXPECT_EQ(names_for(R"([{"op":"remove","path":"members","value":[{"value":"u1"}]}])"), Names{"listed_values"});
}

TEST(PatchMessage, Envelope_IsChecked) {
  const auto parse = [](const std::string& text) {
    const auto body = json::parse(text);
    EXPECT_TRUE(body.has_value()) << text;
    return patch::parse_message(*body);
  };
  const std::string op = R"({"op":"remove","path":"title"})";
  const std::string urn = R"("urn:ietf:params:scim:api:messages:2.0:PatchOp")";
  EXPECT_TRUE(parse(R"({"schemas":[)" + urn + R"(],"Operations":[)" + op + "]}").has_value());
  EXPECT_TRUE(
      parse(R"({"SCHEMAS":["URN:ietf:params:SCIM:api:messages:2.0:PATCHOP"],"operations":[)" + op + "]}").has_value());
  for (const std::string& bad :
       {std::string("[]"), std::string(R"("x")"), R"({"Operations":[)" + op + "]}",
        R"({"schemas":[],"Operations":[)" + op + "]}", R"({"schemas":)" + urn + R"(,"Operations":[)" + op + "]}",
        R"({"schemas":[)" + urn + "]}", R"({"schemas":[)" + urn + R"(],"Operations":[]})",
        R"({"schemas":[)" + urn + R"(],"Operations":)" + op + "}",
        R"({"schemas":[)" + urn + R"(],"Operations":null})"}) {
    const auto parsed = parse(bad);
    ASSERT_FALSE(parsed.has_value()) << bad;
    EXPECT_EQ(parsed.error().code, ErrorCode::invalid_syntax) << bad;
  }
  const auto many = [&](std::size_t count) {
    std::string text = R"({"schemas":[)" + urn + R"(],"Operations":[)" + op;
    for (std::size_t i = 1; i < count; ++i) text += "," + op;
    return parse(text + "]}");
  };
  EXPECT_TRUE(many(1'000).has_value());
  EXPECT_FALSE(many(1'001).has_value());
}

TEST(PatchDialect, UnknownName_IsNeverTakenForAnother) {
  EXPECT_TRUE(patch::find_dialect("okta").has_value());
  EXPECT_TRUE(patch::find_dialect("strict").has_value());
  EXPECT_FALSE(patch::find_dialect("").has_value());
  EXPECT_FALSE(patch::find_dialect("Okta").has_value());
}

/// A rule that came later, or a connection whose dialect became strict, must not keep a leaver in.
TEST(Patch, OfWhatIsWellFormed_SucceedsBesideValuesThatNoLongerAre) {
  const auto registry = test::shipped_registry();
  const auto folder = adapter::icu::make_text_folder();
  const auto& type = *registry->find_type("User");
  const json::Object stored{{"schemas", json::Array{json::Value(type.schema->id)}},
                            {"userName", "a\u2019b"},
                            {"timezone", "Pacific Standard Time"},
                            {"active", true}};
  const auto patched = [&](const char* path, json::Value value) -> Result<patch::Applied> {
    ROLECALL_TRY_ASSIGN(const auto resolved, patch::resolve({{patch::Op::replace, path, std::move(value)}}, type,
                                                            patch::strict_dialect(), "self"));
    return patch::apply(resolved, *registry, type, stored, *folder, test::all_checks(true));
  };
  const auto left = patched("active", false);
  ASSERT_TRUE(left.has_value()) << left.error().detail;
  EXPECT_EQ(*left->document.find("active"), json::Value(false));
  EXPECT_EQ(*left->document.find("timezone"), json::Value("Pacific Standard Time"));
  EXPECT_FALSE(patched("timezone", "Mars/Base").has_value());
  EXPECT_TRUE(patched("timezone", "Etc/UTC").has_value());
}

}  // namespace
}  // namespace rolecall
