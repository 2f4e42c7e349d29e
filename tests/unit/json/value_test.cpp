#include "rolecall/json/value.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <limits>
#include <string>

#include "rolecall/json/parse.hpp"
#include "rolecall/json/write.hpp"

namespace rolecall::json {
namespace {

Value read(std::string_view text) {
  auto value = parse(text);
  EXPECT_TRUE(value) << text;
  return value ? std::move(*value) : Value();
}

TEST(JsonObject, Members_AreFoundSetAndErased) {
  Object object{{"userName", "bo"}, {"active", true}};
  ASSERT_NE(object.find("userName"), nullptr);
  EXPECT_EQ(object.find("username"), nullptr);
  ASSERT_NE(object.find_ignoring_case("USERNAME"), nullptr);
  EXPECT_EQ(object.find_ignoring_case("user"), nullptr);
  object.set("userName", "jo");
  object.set("title", nullptr);
  EXPECT_EQ(write(object), R"({"userName":"jo","active":true,"title":null})");
  EXPECT_TRUE(object.erase("active"));
  EXPECT_FALSE(object.erase("active"));
  EXPECT_EQ(object.size(), 2U);
}

TEST(JsonValue, Kinds_ExcludeEachOther) {
  EXPECT_TRUE(Value().is_null());
  EXPECT_TRUE(Value("text").is_string());
  EXPECT_TRUE(Value(true).is_bool());
  EXPECT_TRUE(Value(1).is_number());
  EXPECT_TRUE(Value(Array{}).is_array());
  EXPECT_TRUE(Value(Object{}).is_object());
  EXPECT_EQ(Value("1").as_number(), nullptr);
  EXPECT_EQ(Value(1).as_string(), nullptr);
}

TEST(JsonValue, Equality_IgnoresMemberOrderOnly) {
  EXPECT_EQ(read(R"({"a":1,"b":{"c":2,"d":3}})"), read(R"({"b":{"d":3,"c":2},"a":1})"));
  EXPECT_NE(read(R"({"a":1,"b":2})"), read(R"({"a":2,"b":1})"));
  EXPECT_NE(read(R"({"a":1})"), read(R"({"a":1,"b":1})"));
  EXPECT_NE(read(R"({"a":1,"b":1})"), read(R"({"a":1,"c":1})"));
  EXPECT_NE(read("[1,2]"), read("[2,1]"));
  EXPECT_NE(read("1"), read("1.0"));
  EXPECT_NE(read("null"), read("false"));
}

TEST(JsonValue, DeepInequality_IsFoundOnce) {
  // Two attempts per level would be 2^31 comparisons.
  std::string left = "1";
  std::string right = "2";
  for (int i = 0; i < 31; ++i) {
    left = R"({"a":0,"b":)" + left + "}";
    right = (i % 2 == 0 ? R"({"b":)" + right + R"(,"a":0})" : R"({"a":0,"b":)" + right + "}");
  }
  const auto start = std::chrono::steady_clock::now();
  EXPECT_NE(read(left), read(right));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(1));
}

TEST(JsonWrite, Strings_AreEscapedWhereNeeded) {
  std::string out;
  write_string_to(out, std::string_view("q\" b\\ s/ \n\r\t\b\f \x01\x1F \0 \x7F \xC3\xA9", 24));
  EXPECT_EQ(out, "\"q\\\" b\\\\ s/ \\n\\r\\t\\b\\f \\u0001\\u001f \\u0000 \x7F \xC3\xA9\"");
  EXPECT_EQ(write(Value("")), "\"\"");
}

TEST(JsonWrite, EveryByteOfAscii_RoundTrips) {
  std::string text;
  for (int i = 1; i < 128; ++i) text += static_cast<char>(i);
  EXPECT_EQ(*read(write(Value(text))).as_string(), text);
}

TEST(JsonWrite, Pretty_IndentsByTwo) {
  EXPECT_EQ(write_pretty(read(R"({"a":[1,{"b":null}],"c":{},"d":[]})")),
            "{\n  \"a\": [\n    1,\n    {\n      \"b\": null\n    }\n  ],\n  \"c\": {},\n  \"d\": []\n}");
  EXPECT_EQ(write_pretty(Value(1)), "1");
}

TEST(JsonWrite, WriteTo_Appends) {
  std::string out = "[";
  write_to(out, read(R"({"a":1})"));
  EXPECT_EQ(out, R"([{"a":1})");
}

TEST(JsonWrite, TallTree_DoesNotRecurse) {
  Value value(1);
  // Destroying a tree does recurse, so this one stays within what a stack holds; writing is measured by its own depth.
  for (int i = 0; i < 2'000; ++i) {
    Array array;
    array.push_back(std::move(value));
    value = Value(std::move(array));
  }
  EXPECT_EQ(write(value), std::string(2'000, '[') + "1" + std::string(2'000, ']'));
}

TEST(JsonNumber, Integers_AreExactOrNothing) {
  EXPECT_EQ(to_integer(Number{"0"}), 0);
  EXPECT_EQ(to_integer(Number{"-0"}), 0);
  EXPECT_EQ(to_integer(Number{"9223372036854775807"}), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(to_integer(Number{"-9223372036854775808"}), std::numeric_limits<std::int64_t>::min());
  for (const char* text :
       {"9223372036854775808", "-9223372036854775809", "1.0", "1e3", "", "-", "+1", "01", "1x", " 1"}) {
    EXPECT_EQ(to_integer(Number{text}), std::nullopt) << text;
  }
}

TEST(JsonNumber, Doubles_AreNearestOrNothing) {
  EXPECT_EQ(to_double(Number{"0.1"}), 0.1);
  EXPECT_EQ(to_double(Number{"-1.5e3"}), -1500.0);
  EXPECT_EQ(to_double(Number{"1.7976931348623157e308"}), std::numeric_limits<double>::max());
  for (const char* text : {"1e400", "-1e400", "nan", "inf", "-inf", "0x1p3", "1.", ".5", "", "1e", "1 "}) {
    EXPECT_EQ(to_double(Number{text}), std::nullopt) << text;
  }
}

TEST(JsonNumber, BuiltFromIntegers_AreTheirDigits) {
  EXPECT_EQ(write(Value(std::numeric_limits<std::int64_t>::min())), "-9223372036854775808");
  EXPECT_EQ(write(Value(-7)), "-7");
}

}  // namespace
}  // namespace rolecall::json
