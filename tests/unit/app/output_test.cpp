#include <gtest/gtest.h>

#include <random>

#include "rolecall/adapter/yaml/read.hpp"
#include "rolecall/app/csv_text.hpp"
#include "rolecall/app/render.hpp"
#include "rolecall/app/yaml_text.hpp"
#include "rolecall/json/parse.hpp"
#include "rolecall/json/write.hpp"

namespace rolecall::app {
namespace {

json::Value parsed(const std::string& text) {
  auto value = json::parse(text);
  EXPECT_TRUE(value.has_value()) << text;
  return value ? std::move(*value) : json::Value();
}

/// What a reader of YAML makes of what was written.
void expect_read_back(const json::Value& value) {
  const std::string text = to_yaml(value);
  const auto back = adapter::yaml::read(text);
  ASSERT_TRUE(back.has_value()) << back.error().detail << "\n" << text;
  EXPECT_EQ(json::write(*back), json::write(value)) << text;
}

TEST(Yaml, LooksAsAPersonWouldWriteIt) {
  EXPECT_EQ(to_yaml(parsed(R"({"name":"IT Agent","protected":false,"priority":60,"permissions":["requests.view"],)"
                           R"("links":[{"id":"a","role":null},{"id":"b"}],"none":[],"nothing":{},"deep":[["x"],[]]})")),
            "name: IT Agent\n"
            "protected: false\n"
            "priority: 60\n"
            "permissions:\n"
            "  - requests.view\n"
            "links:\n"
            "  - id: a\n"
            "    role: null\n"
            "  - id: b\n"
            "none: []\n"
            "nothing: {}\n"
            "deep:\n"
            "  - - x\n"
            "  - []\n");
}

TEST(Yaml, TextThatLooksLikeSomethingElse_IsQuoted) {
  for (const std::string text : {"",
                                 " ",
                                 "true",
                                 "True",
                                 "NO",
                                 "off",
                                 "y",
                                 "null",
                                 "~",
                                 "1",
                                 "1.5",
                                 "-1",
                                 "0x1f",
                                 "1e3",
                                 ".inf",
                                 "2026-03-01",
                                 "- a",
                                 "a: b",
                                 "a #b",
                                 "#a",
                                 "*a",
                                 "&a",
                                 "!a",
                                 "%a",
                                 "@a",
                                 "`a",
                                 "'a'",
                                 "\"a\"",
                                 "{a}",
                                 "[a]",
                                 "a,",
                                 "|",
                                 ">",
                                 "? a",
                                 "a ",
                                 " a",
                                 "a\nb",
                                 "a\tb",
                                 "\x1b[2J",
                                 "\x7f",
                                 "\\",
                                 "…",
                                 "é",
                                 "<<",
                                 "---",
                                 "...",
                                 "=1",
                                 "=",
                                 "\xC2\x85",
                                 "\xE2\x80\xA8",
                                 "\xEF\xBB\xBFx",
                                 "\xEF\xBF\xBE",
                                 "\xF0\x9F\x98\x80"}) {
    const std::string yaml = to_yaml(json::Value(text));
    EXPECT_EQ(yaml.front(), '"') << yaml;
    expect_read_back(json::Object{{"key", text}});
    expect_read_back(json::Object{{"text", json::Array{json::Value(text)}}});
    if (text != "<<") expect_read_back(json::Object{{text, "value"}});
  }
  EXPECT_EQ(to_yaml(json::Value("maya@example.com")), "maya@example.com\n");
}

TEST(Yaml, LongNames_TakeTheLongForm) {
  for (const std::size_t length : {std::size_t{160}, std::size_t{161}, std::size_t{1023}, std::size_t{3000}}) {
    const std::string name(length, 'a');
    expect_read_back(json::Object{{name, "x"}});
    expect_read_back(
        json::Object{{"outer", json::Object{{name, json::Array{json::Value(1)}}, {"next", json::Value()}}}});
    expect_read_back(json::Array{json::Value(json::Object{{name, json::Object{{"a", 1}}}})});
  }
}

class Tree {
 public:
  explicit Tree(unsigned seed) : random_(seed) {}

  json::Value value(int depth) {
    switch (random_() % (depth > 4 ? 5 : 7)) {
      case 0:
        return {};
      case 1:
        return random_() % 2 == 0;
      case 2:
        return static_cast<std::int64_t>(random_()) - 1'000'000'000;
      case 3:
        return json::Number{"-1.5e+3"};
      case 4:
        return text();
      case 5: {
        json::Array array;
        for (auto left = random_() % 4; left > 0; --left) array.push_back(value(depth + 1));
        return array;
      }
      default: {
        json::Object object;
        for (auto left = random_() % 4; left > 0; --left) object.set(text() + "k", value(depth + 1));
        return object;
      }
    }
  }

 private:
  std::string text() {
    static constexpr std::string_view kLetters[] = {"a",
                                                    "Z",
                                                    "0",
                                                    " ",
                                                    "\n",
                                                    "\r",
                                                    "\t",
                                                    ":",
                                                    "#",
                                                    "-",
                                                    "'",
                                                    "\"",
                                                    "\\",
                                                    "{",
                                                    "]",
                                                    ",",
                                                    "é",
                                                    "…",
                                                    "\xF0\x9F\x98\x80",
                                                    "\x01",
                                                    "=",
                                                    "true",
                                                    "~"};
    std::string out;
    for (auto left = random_() % 8; left > 0; --left) out += kLetters[random_() % std::size(kLetters)];
    return out;
  }

  std::mt19937 random_;
};

TEST(Yaml, AnyTree_IsReadBackAsItWas) {
  for (unsigned seed = 0; seed < 5'000; ++seed) {
    Tree tree(seed);
    expect_read_back(json::Object{{"root", tree.value(0)}});
    if (testing::Test::HasFailure()) FAIL() << "seed " << seed;
  }
}

std::string csv(const std::string& text) {
  const json::Value value = parsed(text);
  std::vector<const json::Object*> objects;
  for (const json::Value& item : *value.as_array()) objects.push_back(item.as_object());
  return to_csv(objects);
}

TEST(Csv, HoldsEveryMemberOfAll) {
  EXPECT_EQ(csv(R"([{"a":"x","b":[1,"y"]},{"a":null,"c":true,"d":-5}])"),
            "a,b,c,d\r\n"
            "x,\"[1,\"\"y\"\"]\",,\r\n"
            ",,true,-5\r\n");
  EXPECT_EQ(csv("[]"), "");
}

TEST(Csv, QuotesByRfc4180) {
  EXPECT_EQ(csv(R"([{"a":"x, y"},{"a":"say \"hi\""},{"a":"two\nlines"},{"a":"two\r\nlines"},{"a":" blank "}])"),
            "a\r\n\"x, y\"\r\n\"say \"\"hi\"\"\"\r\n\"two\nlines\"\r\n\"two\r\nlines\"\r\n blank \r\n");
}

TEST(Csv, NoCellIsAFormula) {
  EXPECT_EQ(csv(R"csv([{"a":"=1+1"},{"a":"+1"},{"a":"-1"},{"a":"@SUM(A1)"},{"a":"\t=1"},{"a":"\r=1"},{"a":"a=1"}])csv"),
            "a\r\n'=1+1\r\n'+1\r\n'-1\r\n'@SUM(A1)\r\n'\t=1\r\n\"'\r=1\"\r\na=1\r\n");
  EXPECT_EQ(csv(R"([{"a":"=cmd|' /C calc'!\"A1\""}])"), "a\r\n\"'=cmd|' /C calc'!\"\"A1\"\"\"\r\n");
  EXPECT_EQ(csv(R"([{"=x":1}])"), "'=x\r\n1\r\n") << "nor is a heading";
}

TEST(Csv, MovesNoCursor) { EXPECT_EQ(csv(R"([{"a":"\u001b[2J\u0001\u007f"}])"), "a\r\n?[2J??\r\n"); }

TEST(Render, ShowsTheSameInEveryFormat) {
  const json::Value body = parsed(R"({"items":[{"name":"a","n":1,"hidden":"x"},{"name":"bcd","n":null}],"total":2})");
  const std::vector<Column> columns{{"NAME", "name"}, {"N", "n"}};
  EXPECT_EQ(render(body, "table", columns, "name"), "NAME  N\na     1\nbcd   -\n");
  EXPECT_EQ(render(body, "name", columns, "name"), "a\nbcd\n");
  EXPECT_EQ(render(body, "csv", columns, "name"), "name,n,hidden\r\na,1,x\r\nbcd,,\r\n");
  EXPECT_EQ(render(body, "yaml", columns, "name"), "- name: a\n  \"n\": 1\n  hidden: x\n- name: bcd\n  \"n\": null\n");
  EXPECT_EQ(parsed(render(body, "json", columns, "name")), *body.as_object()->find("items"));
}

TEST(Render, EmptyLists) {
  const json::Value body = parsed(R"({"items":[]})");
  EXPECT_EQ(render(body, "table", {{"NAME", "name"}}, "name"), "NAME\n");
  EXPECT_EQ(render(body, "json", {}, "name"), "[]\n");
  EXPECT_EQ(render(body, "yaml", {}, "name"), "[]\n");
  EXPECT_EQ(render(body, "csv", {}, "name"), "");
  EXPECT_EQ(render(body, "name", {}, "name"), "");
}

}  // namespace
}  // namespace rolecall::app
