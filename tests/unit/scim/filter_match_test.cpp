#include <array>
#include <random>

#include "case_files.hpp"
#include "rolecall/adapter/icu/text_folder.hpp"
#include "rolecall/filter/evaluate.hpp"
#include "rolecall/filter/parse.hpp"
#include "rolecall/patch/path.hpp"

namespace rolecall {
namespace {

TEST(MatchingCases, All_MatchOrNot) {
  const auto registry = test::shipped_registry();
  const auto folder = adapter::icu::make_text_folder();
  const auto cases = test::cases_of("matching");
  ASSERT_GT(cases.size(), 100U);
  for (const json::Object& c : cases) {
    SCOPED_TRACE(test::text_of(c, "name"));
    const json::Object& given = test::object_of(c, "given");
    const auto parsed = filter::parse(test::text_of(c, "when"), *registry->find_type(test::text_of(given, "type")));
    ASSERT_TRUE(parsed.has_value()) << parsed.error().detail;
    EXPECT_EQ(filter::matches(*parsed, test::object_of(given, "resource"), *folder),
              *test::object_of(c, "then").find("matches")->as_bool());
  }
}

/// A random filter as text, and whether it holds for `kUser`, worked out apart from the engine.
struct Made {
  std::string text;
  bool holds = false;
};

constexpr const char* kUser = R"({"userName":"ana","title":"Lead","active":true,"emails":[
  {"value":"ana@acme.example","type":"work","primary":true},{"value":"ana@home.example","type":"home"}]})";

class FilterMaker {
 public:
  explicit FilterMaker(std::uint32_t seed) : random_(seed) {}

  Made make(int depth) {
    switch (depth == 0 ? 0 : pick(6)) {
      case 1:
        return join(" and ", depth, true);
      case 2:
        return join(" or ", depth, false);
      case 3: {
        const Made inner = make(depth - 1);
        return {(pick(2) == 0 ? "not (" : "NOT(") + inner.text + ")", !inner.holds};
      }
      case 4: {
        const Made inner = make(depth - 1);
        return {"( " + inner.text + ")", inner.holds};
      }
      case 5:
        return make_value_path(depth);
      default:
        return test();
    }
  }

 private:
  std::size_t pick(std::size_t count) { return std::uniform_int_distribution<std::size_t>(0, count - 1)(random_); }

  Made join(const char* word, int depth, bool is_and) {
    Made made{"", is_and};
    const std::size_t operands = 2 + pick(2);
    for (std::size_t i = 0; i < operands; ++i) {
      const Made inner = make(depth - 1);
      // Parentheses keep the meaning apart from precedence, which has cases of its own.
      made.text += (i == 0 ? "(" : std::string(word) + "(") + inner.text + ")";
      made.holds = is_and ? made.holds && inner.holds : made.holds || inner.holds;
    }
    return made;
  }

  Made test() {
    static const std::array<Made, 14> kTests{{{"userName eq \"ANA\"", true},
                                              {"userName ne \"ana\"", false},
                                              {"title pr", true},
                                              {"nickName pr", false},
                                              {"nickName eq null", true},
                                              {"title ne null", true},
                                              {"nickName ne \"x\"", false},
                                              {"active eq true", true},
                                              {"active eq false", false},
                                              {"title co \"ea\"", true},
                                              {"title gt \"m\"", false},
                                              {"emails ew \"home.example\"", true},
                                              {"emails.type eq \"other\"", false},
                                              {"title eq \"\\u004cead\"", true}}};
    return kTests[pick(kTests.size())];
  }

  /// Truth for the two elements apart; the value path holds when it does for one of them.
  struct ElementMade {
    std::string text;
    std::array<bool, 2> holds{};
  };

  ElementMade element_test(int depth) {
    static const std::array<ElementMade, 6> kTests{{{"type eq \"work\"", {true, false}},
                                                    {"type eq \"HOME\"", {false, true}},
                                                    {"value co \"acme\"", {true, false}},
                                                    {"primary eq true", {true, false}},
                                                    {"display pr", {false, false}},
                                                    {"value pr", {true, true}}}};
    const std::size_t kind = depth == 0 ? 0 : pick(4);
    if (kind == 0) return kTests[pick(kTests.size())];
    const ElementMade left = element_test(depth - 1);
    if (kind == 3) return {"not (" + left.text + ")", {!left.holds[0], !left.holds[1]}};
    const ElementMade right = element_test(depth - 1);
    ElementMade made{"(" + left.text + ")" + (kind == 1 ? " and (" : " or (") + right.text + ")", {}};
    for (std::size_t i = 0; i < 2; ++i) {
      made.holds[i] = kind == 1 ? left.holds[i] && right.holds[i] : left.holds[i] || right.holds[i];
    }
    return made;
  }

  Made make_value_path(int depth) {
    const ElementMade inner = element_test(depth - 1);
    return {"emails[" + inner.text + "]", inner.holds[0] || inner.holds[1]};
  }

  std::mt19937 random_;
};

TEST(FilterProperty, RandomFilters_MeanWhatTheySayAndPrintToThemselves) {
  const auto registry = test::shipped_registry();
  const auto folder = adapter::icu::make_text_folder();
  const auto& type = *registry->find_type("User");
  const auto user = json::parse(kUser);
  ASSERT_TRUE(user.has_value());
  filter::Limits limits;
  limits.bytes = 64 * 1024;
  limits.tests = 10'000;
  std::size_t held = 0;
  constexpr std::uint32_t kRounds = 2'000;
  for (std::uint32_t seed = 0; seed < kRounds; ++seed) {
    const Made made = FilterMaker(seed).make(5);
    SCOPED_TRACE("seed " + std::to_string(seed) + ": " + made.text);
    const auto parsed = filter::parse(made.text, type, limits);
    ASSERT_TRUE(parsed.has_value()) << parsed.error().detail;
    ASSERT_EQ(filter::matches(*parsed, *user->as_object(), *folder), made.holds);
    const std::string printed = filter::print(*parsed);
    const auto again = filter::parse(printed, type, limits);
    ASSERT_TRUE(again.has_value()) << printed << ": " << again.error().detail;
    ASSERT_EQ(filter::print_tree(*again), filter::print_tree(*parsed)) << printed;
    ASSERT_EQ(filter::print(*again), printed);
    held += made.holds ? 1 : 0;
  }
  EXPECT_GT(held, kRounds / 4);
  EXPECT_LT(held, kRounds * 3 / 4);
}

/// Whatever a byte becomes, the parsers answer: a filter or `invalid_filter`, a path or one of its three errors.
TEST(FilterProperty, DamagedFiltersAndPaths_AreAnsweredNotCrashedOn) {
  const auto registry = test::shipped_registry();
  const auto& type = *registry->find_type("User");
  constexpr std::string_view kBytes = "()[]\"\\ .:ao1$-\x01\xff";
  for (std::uint32_t seed = 0; seed < 4'000; ++seed) {
    std::mt19937 random(seed);
    const auto pick = [&](std::size_t count) {
      return std::uniform_int_distribution<std::size_t>(0, count - 1)(random);
    };
    std::string text = FilterMaker(seed).make(3).text;
    for (std::size_t i = 0; i < 1 + pick(3); ++i) text[pick(text.size())] = kBytes[pick(kBytes.size())];
    text.resize(1 + pick(text.size()));
    SCOPED_TRACE("seed " + std::to_string(seed) + ": " + text);
    const auto parsed = filter::parse(text, type);
    if (!parsed) {
      ASSERT_EQ(parsed.error().code, ErrorCode::invalid_filter);
    }
    const auto path = patch::parse_path(text, type);
    if (!path) {
      const auto code = path.error().code;
      ASSERT_TRUE(code == ErrorCode::invalid_filter || code == ErrorCode::invalid_path ||
                  code == ErrorCode::mutability);
    }
  }
}

TEST(PatchPath, HostileNesting_IsRefusedQuickly) {
  const auto registry = test::shipped_registry();
  const auto& type = *registry->find_type("User");
  for (const std::size_t depth : {33U, 1'000U, 1'000'000U}) {
    std::string text = "emails[";
    text.append(depth, '(');
    text += "type pr";
    text.append(depth, ')');
    text += "].value";
    const auto path = patch::parse_path(text, type);
    ASSERT_FALSE(path.has_value());
    EXPECT_TRUE(path.error().code == ErrorCode::invalid_filter || path.error().code == ErrorCode::invalid_path);
    EXPECT_LT(path.error().detail.size(), 1'000U) << "an error must not repeat a megabyte";
  }
}

}  // namespace
}  // namespace rolecall
