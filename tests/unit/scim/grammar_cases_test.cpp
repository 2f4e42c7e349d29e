#include "case_files.hpp"
#include "rolecall/filter/parse.hpp"
#include "rolecall/patch/path.hpp"

namespace rolecall {
namespace {

TEST(FilterCases, All_ParseToTheirTreeOrTheirError) {
  const auto registry = test::shipped_registry();
  const auto cases = test::cases_of("filter");
  ASSERT_GT(cases.size(), 90U);
  for (const json::Object& c : cases) {
    SCOPED_TRACE(test::text_of(c, "name"));
    const auto& type = *registry->find_type(test::text_of(test::object_of(c, "given"), "type"));
    const auto parsed = filter::parse(test::text_of(c, "when"), type);
    const json::Object& then = test::object_of(c, "then");
    if (const std::string tree = test::text_of(then, "tree"); !tree.empty()) {
      ASSERT_TRUE(parsed.has_value()) << parsed.error().detail;
      EXPECT_EQ(filter::print_tree(*parsed), tree);
      const auto again = filter::parse(filter::print(*parsed), type);
      ASSERT_TRUE(again.has_value()) << filter::print(*parsed) << ": " << again.error().detail;
      EXPECT_EQ(filter::print_tree(*again), tree);
    } else {
      ASSERT_FALSE(parsed.has_value());
      EXPECT_EQ(test::scim_type_of(parsed.error().code), test::text_of(then, "scimType"));
      EXPECT_FALSE(parsed.error().detail.empty());
    }
  }
}

TEST(PathCases, All_ParseToTheirTreeOrTheirError) {
  const auto registry = test::shipped_registry();
  const auto cases = test::cases_of("path");
  ASSERT_GT(cases.size(), 45U);
  for (const json::Object& c : cases) {
    SCOPED_TRACE(test::text_of(c, "name"));
    const auto& type = *registry->find_type(test::text_of(test::object_of(c, "given"), "type"));
    const auto parsed = patch::parse_path(test::text_of(c, "when"), type);
    const json::Object& then = test::object_of(c, "then");
    if (const std::string tree = test::text_of(then, "tree"); !tree.empty()) {
      ASSERT_TRUE(parsed.has_value()) << parsed.error().detail;
      EXPECT_EQ(patch::print_tree(*parsed), tree);
    } else {
      ASSERT_FALSE(parsed.has_value());
      EXPECT_EQ(test::scim_type_of(parsed.error().code), test::text_of(then, "scimType"));
    }
  }
}

TEST(FilterParse, NotWithoutParentheses_SaysWhatIsMissing) {
  const auto registry = test::shipped_registry();
  const auto& type = *registry->find_type("User");
  for (const char* text :
       {"not userName eq \"x\"", "active eq true and NOT title pr", "emails[not type eq \"work\"]"}) {
    const auto parsed = filter::parse(text, type);
    ASSERT_FALSE(parsed.has_value()) << text;
    EXPECT_NE(parsed.error().detail.find("not needs parentheses"), std::string::npos) << parsed.error().detail;
  }
  const auto own = schema::Registry::load({{"s.json", R"({"id":"urn:x:S","name":"S","attributes":[{"name":"not"}]})"}},
                                          {{"t.json", R"({"name":"S","endpoint":"/S","schema":"urn:x:S"})"}});
  ASSERT_TRUE(own.has_value());
  EXPECT_TRUE(filter::parse("not pr", *(*own)->find_type("S")).has_value()) << "an attribute may be called so";
}

TEST(FilterParse, Limits_HoldAtLimitAndOneMore) {
  const auto registry = test::shipped_registry();
  const auto& type = *registry->find_type("User");
  const auto nested = [](std::size_t depth) { return std::string(depth, '(') + "title pr" + std::string(depth, ')'); };
  EXPECT_TRUE(filter::parse(nested(32), type).has_value());
  EXPECT_FALSE(filter::parse(nested(33), type).has_value());
  const auto joined = [](std::size_t tests) {
    std::string text = "title pr";
    for (std::size_t i = 1; i < tests; ++i) text += " or title pr";
    return text;
  };
  EXPECT_TRUE(filter::parse(joined(100), type).has_value());
  EXPECT_FALSE(filter::parse(joined(101), type).has_value());
  const auto padded = [](std::size_t bytes) { return std::string("title pr") + std::string(bytes - 8, ' '); };
  EXPECT_TRUE(filter::parse(padded(8 * 1024), type).has_value());
  EXPECT_FALSE(filter::parse(padded(8 * 1024 + 1), type).has_value());
}

}  // namespace
}  // namespace rolecall
