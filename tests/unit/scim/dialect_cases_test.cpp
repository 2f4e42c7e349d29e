#include <map>
#include <optional>
#include <set>

#include "case_files.hpp"
#include "rolecall/adapter/icu/text_folder.hpp"
#include "rolecall/filter/parse.hpp"
#include "rolecall/patch/apply.hpp"
#include "rolecall/patch/message.hpp"
#include "rolecall/patch/resolve.hpp"

// tests/cases/dialect/<rule>.json: what clients send, how it is read in their profile, and what `strict` says to it. A
// case is a PATCH (`Operations`, or the whole `message`), a POST (`resource`) or a query (`filter`).

namespace rolecall {
namespace {

constexpr const char* kPatchOp = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/// What became of one request.
struct Outcome {
  json::Object document;
  std::string tree;  ///< of a filter
  std::vector<std::string> members_left;
};

class DialectCases : public testing::Test {
 protected:
  Result<Outcome> run(const json::Object& c, const patch::Dialect& dialect, patch::AppliedRules& applied) const {
    const json::Object& given = test::object_of(c, "given");
    const json::Object& when = test::object_of(c, "when");
    const auto& type = *registry_->find_type(test::text_of(given, "type"));
    if (when.find("filter") != nullptr) {
      const std::string text = patch::rewrite_filter(test::text_of(when, "filter"), type, dialect, &applied);
      ROLECALL_TRY_ASSIGN(const auto filter, filter::parse(text, type));
      return Outcome{{}, filter::print_tree(filter), {}};
    }
    if (when.find("resource") != nullptr) {
      json::Object body = test::object_of(when, "resource");
      ROLECALL_TRY(patch::rewrite_resource(body, type, dialect, &applied));
      ROLECALL_TRY_ASSIGN(auto document, resource::canonicalize(*registry_, type, body, options_));
      return Outcome{std::move(document), {}, {}};
    }
    return run_patch(c, type, dialect, applied);
  }

  Result<Outcome> run_patch(const json::Object& c, const schema::ResourceType& type, const patch::Dialect& dialect,
                            patch::AppliedRules& applied) const {
    const json::Object& when = test::object_of(c, "when");
    json::Object body = when;
    if (when.find("message") != nullptr) {
      body = test::object_of(when, "message");
    } else {
      body.set("schemas", json::Value(json::Array{json::Value(kPatchOp)}));
    }
    json::Value message(std::move(body));
    ROLECALL_TRY(patch::rewrite_message(message, dialect, &applied));
    ROLECALL_TRY_ASSIGN(const auto operations, patch::parse_message(message));
    ROLECALL_TRY_ASSIGN(const auto resolved, patch::resolve(operations, type, dialect, "self", &applied));
    auto stored =
        resource::canonicalize(*registry_, type, test::object_of(test::object_of(c, "given"), "resource"), options_);
    EXPECT_TRUE(stored.has_value()) << "given: " << (stored ? "" : stored.error().detail);
    if (!stored) return fail(stored.error());
    std::vector<std::string> members;
    for (const auto& member : resource::take_members(*stored).value_or(std::vector<resource::MemberReference>())) {
      members.push_back(member.value);
    }
    for (const patch::MemberChange& change : resolved.member_changes()) {
      for (const auto& member : change.members) {
        if (change.kind == patch::MemberChange::Kind::remove) std::erase(members, member.value);
        if (change.kind == patch::MemberChange::Kind::add) members.push_back(member.value);
      }
      EXPECT_TRUE(change.kind == patch::MemberChange::Kind::remove || change.kind == patch::MemberChange::Kind::add);
    }
    ROLECALL_TRY_ASSIGN(auto result, patch::apply(resolved, *registry_, type, *stored, *folder_, options_));
    return Outcome{std::move(result.document), {}, std::move(members)};
  }

  static void expect_outcome(const Result<Outcome>& outcome, const json::Object& then) {
    if (then.find("scimType") != nullptr) return test::expect_error(outcome, then);
    EXPECT_TRUE(outcome.has_value()) << outcome.error().detail;
    if (!outcome) return;
    if (then.find("filter") != nullptr) {
      EXPECT_EQ(outcome->tree, test::text_of(then, "filter"));
    }
    if (then.find("resource") != nullptr) test::expect_resource(outcome->document, then);
    if (const json::Value* members = then.find("members")) {
      std::vector<std::string> wanted;
      for (const json::Value& id : *members->as_array()) wanted.push_back(*id.as_string());
      EXPECT_EQ(outcome->members_left, wanted);
    }
  }

  const std::shared_ptr<const schema::Registry> registry_ = test::shipped_registry();
  const std::unique_ptr<TextFolder> folder_ = adapter::icu::make_text_folder();
  /// As the engine is without a dialect: it passes over text for booleans, and strict refuses before it is asked.
  const resource::ValidationOptions options_;
};

const patch::Rule* find_rule(std::string_view name) {
  for (const patch::Rule& rule : patch::rules()) {
    if (rule.name == name) return &rule;
  }
  return nullptr;
}

TEST_F(DialectCases, InItsProfile_EachIsReadAsMeantAndSaysSo) {
  for (const json::Object& c : test::cases_of("dialect")) {
    SCOPED_TRACE(test::text_of(c, "rule") + ": " + test::text_of(c, "name"));
    const auto dialect = patch::find_dialect(test::text_of(test::object_of(c, "given"), "dialect"));
    ASSERT_TRUE(dialect.has_value());
    patch::AppliedRules applied;
    expect_outcome(run(c, *dialect, applied), test::object_of(c, "then"));
    const bool is_named = std::find(applied.begin(), applied.end(), test::text_of(c, "rule")) != applied.end();
    EXPECT_EQ(is_named, c.find("untouched") == nullptr);
    EXPECT_EQ(std::set<std::string>(applied.begin(), applied.end()).size(), applied.size()) << "each once";
  }
}

TEST_F(DialectCases, InStrict_EachIsRefusedOrReadByTheLetter) {
  std::size_t refused = 0;
  for (const json::Object& c : test::cases_of("dialect")) {
    SCOPED_TRACE(test::text_of(c, "rule") + ": " + test::text_of(c, "name"));
    patch::AppliedRules applied;
    const json::Object& strict = test::object_of(c, "strict");
    expect_outcome(run(c, patch::strict_dialect(), applied), strict);
    EXPECT_EQ(applied, patch::AppliedRules{});
    refused += strict.find("scimType") != nullptr ? 1 : 0;
  }
  EXPECT_GT(refused, 60U);
}

TEST_F(DialectCases, WithItsSwitchOff_TheRuleDoesNothing) {
  for (const json::Object& c : test::cases_of("dialect")) {
    const std::string name = test::text_of(c, "rule");
    SCOPED_TRACE(name + ": " + test::text_of(c, "name"));
    const patch::Rule* rule = find_rule(name);
    ASSERT_NE(rule, nullptr) << "no such rule";
    auto dialect = patch::find_dialect(test::text_of(test::object_of(c, "given"), "dialect"));
    ASSERT_TRUE(dialect.has_value());
    (*dialect).*rule->is_on = false;
    patch::AppliedRules applied;
    (void)run(c, *dialect, applied);
    EXPECT_EQ(std::find(applied.begin(), applied.end(), name), applied.end());
  }
}

/// One way to spoil an operation; false when it does not apply.
using Damage = bool (*)(json::Object& operation);

std::optional<std::string> text_at(const json::Object& operation, const char* name) {
  const json::Value* value = operation.find_ignoring_case(name);
  return value != nullptr && value->is_string() ? std::optional(*value->as_string()) : std::nullopt;
}

/// Puts texts around the path, if it has one.
bool around_path(json::Object& operation, const std::string& before, const std::string& after) {
  const auto path = text_at(operation, "path");
  if (path) *operation.find_ignoring_case("path") = json::Value(before + *path + after);
  return path.has_value();
}

const std::vector<std::pair<const char*, Damage>>& damages() {
  using Object = json::Object;
  static const std::vector<std::pair<const char*, Damage>> kDamages{
      {"another op",
       [](Object& operation) {
         const auto op = text_at(operation, "op");
         if (op) *operation.find_ignoring_case("op") = json::Value(*op + "s");
         return op.has_value();
       }},
      {"no op", [](Object& operation) { return operation.erase("op"); }},
      {"an op that is no text",
       [](Object& operation) {
         operation.set("op", json::Value(json::Array{json::Value("add")}));
         return true;
       }},
      {"a path that is no text",
       [](Object& operation) {
         operation.set("path", json::Value(7));
         return true;
       }},
      {"a word behind the path", [](Object& operation) { return around_path(operation, "", " x"); }},
      {"an open bracket", [](Object& operation) { return around_path(operation, "", "[type eq \"x\""); }},
      {"another attribute", [](Object& operation) { return around_path(operation, "x", ""); }},
      {"an index", [](Object& operation) { return around_path(operation, "", "[0]"); }},
      {"a pointer", [](Object& operation) { return around_path(operation, "/", ""); }},
      {"no value",
       [](Object& operation) {
         const auto op = text_at(operation, "op");
         return op && !equals_ignoring_ascii_case(*op, "remove") && operation.erase("value");
       }},
      {"a text without a path",
       [](Object& operation) {
         operation = Object{{"op", "add"}, {"value", "x"}};
         return true;
       }},
  };
  return kDamages;
}

TEST_F(DialectCases, Damaged_AreRefusedInEveryDialect) {
  std::size_t refused = 0;
  for (const json::Object& c : test::cases_of("dialect")) {
    const json::Value* listed = test::object_of(c, "when").find("Operations");
    const json::Array* operations = listed != nullptr ? listed->as_array() : nullptr;
    for (std::size_t at = 0; operations != nullptr && at < operations->size(); ++at) {
      for (const auto& [name, damage] : damages()) {
        SCOPED_TRACE(test::text_of(c, "rule") + ": " + test::text_of(c, "name") + ": " + name);
        json::Object damaged = c;
        json::Value& target = (*damaged.find("when")->as_object()->find("Operations")->as_array())[at];
        if (!target.is_object() || !damage(*target.as_object())) continue;
        for (const char* dialect : {"strict", "generic", "entra", "okta"}) {
          patch::AppliedRules applied;
          const auto outcome = run(damaged, patch::find_dialect(dialect).value(), applied);
          ASSERT_FALSE(outcome.has_value()) << dialect << " makes " << json::write(outcome->document);
          EXPECT_LT(outcome.error().code, ErrorCode::bad_request) << "400, and a scimType";
          ++refused;
        }
      }
    }
  }
  EXPECT_GE(refused, 2'000U);
}

TEST_F(DialectCases, RewrittenTwice_ChangesNothingMore) {
  for (const json::Object& c : test::cases_of("dialect")) {
    SCOPED_TRACE(test::text_of(c, "rule") + ": " + test::text_of(c, "name"));
    const json::Object& given = test::object_of(c, "given");
    const json::Object& when = test::object_of(c, "when");
    const auto& type = *registry_->find_type(test::text_of(given, "type"));
    const auto dialect = patch::find_dialect(test::text_of(given, "dialect"));
    ASSERT_TRUE(dialect.has_value());
    patch::AppliedRules second;
    if (when.find("filter") != nullptr) {
      const std::string once = patch::rewrite_filter(test::text_of(when, "filter"), type, *dialect);
      EXPECT_EQ(patch::rewrite_filter(once, type, *dialect, &second), once);
    } else if (when.find("resource") != nullptr) {
      json::Object body = test::object_of(when, "resource");
      if (!patch::rewrite_resource(body, type, *dialect)) continue;
      const json::Object once = body;
      ASSERT_TRUE(patch::rewrite_resource(body, type, *dialect, &second).has_value());
      EXPECT_TRUE(body == once);
    } else {
      json::Object body = when.find("message") != nullptr ? test::object_of(when, "message") : when;
      if (when.find("message") == nullptr) body.set("schemas", json::Value(json::Array{json::Value(kPatchOp)}));
      json::Value message(std::move(body));
      if (!patch::rewrite_message(message, *dialect)) continue;
      ASSERT_TRUE(patch::rewrite_message(message, *dialect, &second).has_value());
      const auto operations = patch::parse_message(message);
      if (!operations) continue;
      const auto once = patch::rewrite(*operations, type, *dialect, "self");
      if (!once) continue;
      ASSERT_TRUE(patch::rewrite(*once, type, *dialect, "self", &second).has_value());
    }
    EXPECT_EQ(second, patch::AppliedRules{});
  }
}

TEST(DialectRules, EachHasCasesInItsOwnFile) {
  std::map<std::string, std::size_t> cases;
  const auto folder = std::filesystem::path(ROLECALL_SOURCE_DIR) / "tests/cases/dialect";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const auto parsed = json::parse(test::read_file(entry.path()));
    ASSERT_TRUE(parsed.has_value());
    for (const json::Value& c : *parsed->as_array()) {
      EXPECT_EQ(test::text_of(*c.as_object(), "rule"), entry.path().stem().string());
      EXPECT_FALSE(test::text_of(*c.as_object(), "client").empty());
      ++cases[entry.path().stem().string()];
    }
  }
  for (const patch::Rule& rule : patch::rules()) {
    const std::string name(rule.name);
    // The Accept header is no part of a body: its cases are those of the HTTP service. Those of bulk requests are in
    // tests/cases/bulk.
    if (name == "any_accept" || name == "loose_bulk") continue;
    EXPECT_GE(cases[name], 2U) << name;
    const auto file = std::filesystem::path(ROLECALL_SOURCE_DIR) / "src/patch/dialect" / (name + ".cpp");
    EXPECT_TRUE(std::filesystem::exists(file)) << file;
  }
}

TEST(DialectRules, AreAllOffInStrictAndEachIsOnSomewhere) {
  for (const patch::Rule& rule : patch::rules()) {
    SCOPED_TRACE(std::string(rule.name));
    std::size_t profiles = 0;
    for (const std::string_view name : patch::dialect_names()) {
      const auto dialect = patch::find_dialect(name);
      ASSERT_TRUE(dialect.has_value());
      EXPECT_EQ(dialect->name, name);
      profiles += (*dialect).*rule.is_on ? 1 : 0;
      if (name == "strict") {
        EXPECT_FALSE((*dialect).*rule.is_on);
      }
    }
    EXPECT_GT(profiles, 0U);
  }
}

TEST(DialectNames, UnknownOne_IsRefusedWithTheListOfThoseThatAre) {
  const auto unknown = patch::find_dialect("latin");
  ASSERT_FALSE(unknown.has_value());
  EXPECT_EQ(unknown.error().code, ErrorCode::invalid_value);
  for (const std::string_view name : patch::dialect_names()) {
    EXPECT_NE(unknown.error().detail.find(name), std::string::npos) << name;
  }
}

TEST(Members, OfAnotherTypeThanGroup_AreAnAttributeLikeAnyOther) {
  const auto registry =
      schema::Registry::load({{"thing.json", R"({"id":"urn:example:Thing","name":"Thing","attributes":[
        {"name":"members","type":"complex","multiValued":true,"subAttributes":[{"name":"value"},{"name":"note"},
        {"name":"keen","type":"boolean"}]}]})"}},
                             {{"type.json", R"({"name":"Thing","endpoint":"/Things","schema":"urn:example:Thing"})"}})
          .value();
  const auto& type = *registry->find_type("Thing");
  const auto stored_as = [&](std::string_view text) {
    json::Object body = *json::parse(text).value().as_object();
    patch::AppliedRules applied;
    EXPECT_TRUE(patch::rewrite_resource(body, type, patch::okta_dialect(), &applied));
    return json::write(json::Value(resource::canonicalize(*registry, type, body, {}).value()));
  };
  EXPECT_EQ(stored_as(R"({"members":[{}]})"), R"({"schemas":["urn:example:Thing"]})") << "nothing is no value here";
  EXPECT_EQ(stored_as(R"({"members":[]})"), R"({"schemas":["urn:example:Thing"]})") << "no mark for nobody";
  EXPECT_EQ(stored_as(R"({"members":[{"note":"n","keen":"True"}]})"),
            R"({"schemas":["urn:example:Thing"],"members":[{"note":"n","keen":true}]})");
  resource::ValidationOptions narrow;
  narrow.elements = 1;
  const json::Object two = *json::parse(R"({"members":[{"value":"a"},{"value":"b"}]})").value().as_object();
  EXPECT_FALSE(resource::canonicalize(*registry, type, two, narrow)) << "the limit of a Group is not theirs";

  std::vector<std::string> applied;
  const std::vector<patch::RawOperation> removal{
      {patch::Op::remove, "members", json::parse(R"([{"value":"a"}])").value()}};
  static_cast<void>(patch::resolve(removal, type, patch::okta_dialect(), "self", &applied));
  EXPECT_EQ(applied, std::vector<std::string>{"listed_values"}) << "read as of any other attribute";
}

}  // namespace
}  // namespace rolecall
