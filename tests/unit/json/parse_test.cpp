#include "rolecall/json/parse.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "rolecall/json/write.hpp"

namespace rolecall::json {
namespace {

using namespace std::string_literals;

std::string repeat(const std::string& text, std::size_t count) {
  std::string out;
  out.reserve(text.size() * count);
  for (std::size_t i = 0; i < count; ++i) out += text;
  return out;
}

Limits wide() {
  Limits limits;
  limits.bytes = 64 * 1024 * 1024;
  limits.nodes = limits.free_nodes = limits.names = 10'000'000;
  limits.string_bytes = limits.bytes;
  return limits;
}

struct Valid {
  std::string text;
  std::string written;  // empty: the same
};

TEST(JsonParse, Valid_IsReadAsWritten) {
  for (const Valid& sample : {
           Valid{"null", ""},
           Valid{"true", ""},
           Valid{"false", ""},
           Valid{"\"\"", ""},
           Valid{"{}", ""},
           Valid{"[]", ""},
           Valid{" \t\r\n{ \"a\" : [ 1 , 2 ] } \n", R"({"a":[1,2]})"},
           Valid{R"({"a":{"b":{"c":[[[]]]}}})", ""},
           Valid{R"(["\"\\\/\b\f\n\r\t"])", R"(["\"\\/\b\f\n\r\t"])"},
           Valid{R"(["\u0041\u00e9\u20AC"])", "[\"A\xC3\xA9\xE2\x82\xAC\"]"},
           Valid{R"(["\ud83d\ude00"])", "[\"\xF0\x9F\x98\x80\"]"},
           Valid{R"(["\u0001\u001f\u007f"])", "[\"\\u0001\\u001f\x7F\"]"},
           Valid{R"(["\u005c\u0022"])", R"(["\\\""])"},
           Valid{"[\"\xEF\xBB\xBF\"]", ""},
           Valid{"[\"\xF4\x8F\xBF\xBF\"]", ""},
           Valid{R"({"":1})", ""},
           Valid{R"({"z":1,"a":2,"m":3})", ""},
           Valid{R"({"id":1,"di":2})", ""},
           // Numbers stay what they were.
           Valid{"0", ""},
           Valid{"-0", ""},
           Valid{"-0.0", ""},
           Valid{"0.10", ""},
           Valid{"1E5", ""},
           Valid{"1e+05", ""},
           Valid{"5000000000", ""},
           Valid{"18446744073709551616", ""},
           Valid{"-9223372036854775809", ""},
           Valid{"123456789012345678901234567890.123456789012345678901234567890", ""},
           Valid{"1e-400", ""},
       }) {
    const auto value = parse(sample.text);
    ASSERT_TRUE(value) << sample.text << ": " << value.error().detail;
    EXPECT_EQ(write(*value), sample.written.empty() ? sample.text : sample.written);
  }
}

struct Invalid {
  std::string text;
  int offset;
};

TEST(JsonParse, Invalid_IsRefusedWithItsOffset) {
  for (const Invalid& sample : {
           Invalid{"", 0},
           Invalid{"   ", 3},
           Invalid{"{", 1},
           Invalid{"[", 1},
           Invalid{"[1", 2},
           Invalid{"[1,", 3},
           Invalid{"[1,]", 3},
           Invalid{"[,1]", 1},
           Invalid{"[1 2]", 3},
           Invalid{"{\"a\"}", 4},
           Invalid{"{\"a\":}", 5},
           Invalid{"{\"a\":1,}", 7},
           Invalid{"{\"a\":1 \"b\":2}", 7},
           Invalid{"{a:1}", 1},
           Invalid{"{'a':1}", 1},
           Invalid{"{1:1}", 1},
           Invalid{"]", 0},
           Invalid{"}", 0},
           Invalid{"[}", 1},
           Invalid{"nul", 3},
           Invalid{"nulL", 3},
           Invalid{"True", 0},
           Invalid{"NaN", 0},
           Invalid{"Infinity", 0},
           Invalid{"-Infinity", 1},
           Invalid{"{} {}", 3},
           Invalid{"{}x", 2},
           Invalid{"1 1", 2},
           Invalid{"/* c */ {}", 0},
           Invalid{"{} // c", 3},
           Invalid{"[1]]", 3},
           // Numbers.
           Invalid{"-", 1},
           Invalid{"+1", 0},
           Invalid{".5", 0},
           Invalid{"01", 1},
           Invalid{"-01", 2},
           Invalid{"1.", 2},
           Invalid{"1.e1", 2},
           Invalid{"1e", 2},
           Invalid{"1e+", 3},
           Invalid{"0x10", 1},
           Invalid{"1_000", 1},
           Invalid{"[1e400]", 1},
           // Strings.
           Invalid{"\"", 1},
           Invalid{"\"abc", 4},
           Invalid{"\"\\", 1},
           Invalid{"\"\\x41\"", 1},
           Invalid{"\"\\u12\"", 1},
           Invalid{"\"\\u12G4\"", 1},
           Invalid{"\"a\nb\"", 2},
           Invalid{"\"a\tb\"", 2},
           Invalid{"\"\x1F\"", 1},
           // Surrogates: high alone, high and no low, low alone, in the wrong order.
           Invalid{R"("\ud800")", 1},
           Invalid{R"("\ud800\u0041")", 1},
           Invalid{R"("\ud800\ud800")", 1},
           Invalid{R"(["a","\udc00"])", 5},
           Invalid{R"(["\udfff\ud800"])", 8},
           Invalid{R"({"\udc00":1})", 1},
           // Encoding.
           Invalid{"[\"ab\xFF\"]", 4},
           Invalid{"[\"\xC0\x80\"]", 2},
           Invalid{"[\"\xED\xA0\x80\"]", 2},
           Invalid{"[\"\xF4\x90\x80\x80\"]", 2},
           Invalid{"[\"\xE2\x82\"]", 2},
           Invalid{"\xEF\xBB\xBF{}", 0},
           Invalid{"\xFE\xFF", 0},
           Invalid{"{\0}"s, 1},
           Invalid{"{}\0x"s, 2},
           Invalid{"{}\0"s, 2},
           Invalid{"\"a\0b\""s, 2},
           Invalid{R"(["x","a\u0000b"])", 5},
           Invalid{R"({"a\u0000":1})", 1},
           // One name twice.
           Invalid{R"({"a":1,"a":1})", 7},
           Invalid{R"({"userName":1,"USERNAME":1})", 14},
           Invalid{R"({"a":1,"\u0041":1})", 7},
           Invalid{R"({"a\"\\":1,"A\"\\":1})", 11},
           Invalid{R"([{"x":{"b":1,"c":2,"B":3}}])", 19},
       }) {
    const auto value = parse(sample.text);
    ASSERT_FALSE(value) << sample.text;
    EXPECT_EQ(value.error().code, ErrorCode::invalid_syntax) << sample.text;
    EXPECT_NE(value.error().detail.find("at byte " + std::to_string(sample.offset) + ":"), std::string::npos)
        << ::testing::PrintToString(sample.text) << " expected " << sample.offset << ": " << value.error().detail;
  }
}

TEST(JsonParse, SameNameInSiblings_IsAccepted) {
  EXPECT_TRUE(parse(R"([{"a":1},{"a":2}])"));
  EXPECT_TRUE(parse(R"({"a":{"a":1},"b":{"a":{"b":1}}})"));
}

TEST(JsonParse, HostileNumbers_AreHarmless) {
  // Both broke RapidJSON's own conversion: an assertion on a table index, and a write through a wild pointer.
  const std::string tiny = "0.00000000000000000000000000000000000000000001e-2147483639";
  const auto first = parse(tiny);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->as_number()->lexeme, tiny);
  EXPECT_EQ(to_double(*first->as_number()), std::nullopt);
  const std::string long_fraction = "128.74836467836484838364836483643636483648e-336";
  const auto second = parse(long_fraction);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->as_number()->lexeme, long_fraction);
  EXPECT_TRUE(parse("1e-99999999999999999999999999999999999999999999999999999999999"));
  EXPECT_FALSE(parse("1e99999999999999999999999999999999999999999999999999999999999"));
  EXPECT_FALSE(parse(std::string(500'000, '9')));
  EXPECT_FALSE(parse("0." + std::string(500'000, '0')));
  EXPECT_FALSE(parse("1e-" + std::string(500'000, '9')));
}

TEST(JsonParse, NumberLength_HasALimit) {
  EXPECT_TRUE(parse(std::string(64, '1')));
  EXPECT_FALSE(parse(std::string(65, '1')));
  Limits limits;
  limits.number_bytes = 3;
  EXPECT_TRUE(parse("[-12]", limits));
  EXPECT_FALSE(parse("[-123]", limits));
}

TEST(JsonParse, Depth_HasALimit) {
  EXPECT_TRUE(parse(repeat("[", 32) + repeat("]", 32)));
  const auto refused = parse(repeat("[", 33) + repeat("]", 33));
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().detail.find("at byte 32:"), std::string::npos) << refused.error().detail;
  EXPECT_TRUE(parse(repeat("{\"a\":", 32) + "1" + repeat("}", 32)));
  EXPECT_FALSE(parse(repeat("{\"a\":", 32) + "{}" + repeat("}", 32)));
}

TEST(JsonParse, MillionLevels_AreRefusedAtOnce) {
  for (const char* opening : {"[", "{\"a\":"}) {
    const auto start = std::chrono::steady_clock::now();
    const auto value = parse(repeat(opening, 1'000'000), wide());
    ASSERT_FALSE(value);
    EXPECT_NE(value.error().detail.find("nesting"), std::string::npos);
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(1));
  }
}

TEST(JsonParse, MillionNames_StayNearLinear) {
  std::string text = "{";
  for (int i = 0; i < 1'000'000; ++i) text += "\"k" + std::to_string(i) + "\":0,";
  const auto start = std::chrono::steady_clock::now();
  const auto twice = parse(text + "\"K500000\":0}", wide());
  ASSERT_FALSE(twice);
  EXPECT_NE(twice.error().detail.find("at byte " + std::to_string(text.size()) + ":"), std::string::npos);
  // Comparing each with each would take minutes.
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(60));
}

TEST(JsonParse, LargeObjectOfDistinctNames_IsAccepted) {
  std::string text = "{";
  for (int i = 0; i < 100'000; ++i) text += "\"k" + std::to_string(i) + "\":0,";
  const auto value = parse(text + "\"last\":0}", wide());
  ASSERT_TRUE(value) << value.error().detail;
  EXPECT_EQ(value->as_object()->size(), 100'001U);
}

TEST(JsonParse, DuplicateAtEveryPosition_IsFound) {
  // Small and large objects find names in different ways.
  for (int size = 1; size <= 40; ++size) {
    for (int again = 0; again < size; ++again) {
      std::string text = "{";
      for (int i = 0; i < size; ++i) text += "\"name" + std::to_string(i) + "\":0,";
      ASSERT_TRUE(parse(text + "\"other\":0}"));
      ASSERT_FALSE(parse(text + "\"NAME" + std::to_string(again) + "\":0}")) << size << " " << again;
    }
  }
}

TEST(JsonParse, Nodes_HaveALimit) {
  Limits limits;
  limits.nodes = 4;
  EXPECT_TRUE(parse("[1,2,3]", limits));
  EXPECT_FALSE(parse("[1,2,3,4]", limits));
  EXPECT_FALSE(parse("[1,2,3,\"\"]", limits));
  EXPECT_FALSE(parse("[1,2,3,[]]", limits));
  EXPECT_FALSE(parse("[1,2,3,null]", limits));
  EXPECT_TRUE(parse(R"({"a":1,"b":{"c":2}})", limits));
  EXPECT_FALSE(parse(R"({"a":1,"b":{"c":2,"d":3}})", limits));
}

TEST(JsonParse, NodesOfALongDocument_HaveALimitInProportion) {
  Limits limits;
  limits.free_nodes = 100;
  limits.bytes_per_node = 20;
  const auto items = [](std::size_t count, std::size_t length) {
    return "[" + repeat(std::string(length, '1') + ",", count - 1) + std::string(length, '1') + "]";
  };
  EXPECT_TRUE(parse(items(99, 1), limits)) << "few, however short";
  EXPECT_TRUE(parse(items(1'000, 19), limits));
  EXPECT_TRUE(parse(items(110, 1), limits)) << "100 and one for each 20 bytes";
  const auto refused = parse(items(112, 1), limits);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().detail.find("more than 111 values"), std::string::npos) << refused.error().detail;
  EXPECT_TRUE(parse("[\"" + repeat(",[{\\\"", 1'000) + "\"]", limits)) << "not in texts";
  EXPECT_FALSE(parse(items(1'000'000, 1), {.bytes = 8 * 1024 * 1024}));
  EXPECT_FALSE(parse("[" + repeat("{},", 200'000) + "1]"));
  const std::string members = repeat("{\"value\":\"0190a2b0-7f76-753a-919d-413861904646\"},", 100'000);
  EXPECT_TRUE(parse("[" + members + "1]", {.bytes = 8 * 1024 * 1024})) << "as many members as a group may get at once";
}

TEST(JsonParse, MembersOfAnObject_HaveALimit) {
  const auto object = [](std::size_t count) {
    std::string text = "{";
    for (std::size_t i = 0; i < count; ++i) text += (i == 0 ? "\"k" : ",\"k") + std::to_string(i) + "\":0";
    return text + "}";
  };
  EXPECT_TRUE(parse(object(4'096)));
  EXPECT_FALSE(parse(object(4'097)));
}

TEST(JsonParse, Bytes_HaveALimit) {
  Limits limits;
  limits.bytes = 10;
  EXPECT_TRUE(parse("[12345678]", limits));
  EXPECT_FALSE(parse("[123456789]", limits));
  EXPECT_TRUE(parse(std::string(1024 * 1024 - 2, ' ') + "{}"));
  EXPECT_FALSE(parse(std::string(1024 * 1024 - 1, ' ') + "{}"));
}

TEST(JsonParse, StringBytes_AreCountedAfterUnescaping) {
  Limits limits;
  limits.string_bytes = 3;
  EXPECT_TRUE(parse(R"(["\u0041\u0041\u0041"])", limits));
  EXPECT_TRUE(parse(R"(["\u20ac"])", limits));
  EXPECT_FALSE(parse(R"(["\u20ac\u0041"])", limits));
  EXPECT_FALSE(parse(R"({"abcd":1})", limits));
}

TEST(JsonParse, EveryPrefixOfADocument_IsRefused) {
  const std::string text = R"({"schemas":["urn:x"],"n":-1.5e3,"s":"\u00e9\n","o":{"b":[true,false,null]}})";
  ASSERT_TRUE(parse(text));
  for (std::size_t length = 0; length < text.size(); ++length) {
    const auto value = parse(std::string_view(text).substr(0, length));
    ASSERT_FALSE(value) << length;
    ASSERT_EQ(value.error().code, ErrorCode::invalid_syntax);
  }
}

TEST(JsonParse, Complaint_NamesTheMember) {
  const auto value = parse(R"({"active":true,"Active":false})");
  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().detail, "Invalid JSON at byte 15: the member \"Active\" appears twice (names ignore case).");
}

}  // namespace
}  // namespace rolecall::json
