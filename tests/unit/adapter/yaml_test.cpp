#include <gmock/gmock.h>

#include "rolecall/adapter/yaml/read.hpp"
#include "rolecall/json/write.hpp"

namespace rolecall::adapter::yaml {
namespace {

using testing::HasSubstr;

std::string as_json(const std::string& text) {
  const auto value = read(text);
  return value ? json::write(*value) : value.error().detail;
}

TEST(Yaml, Documents_AreTheirJson) {
  EXPECT_EQ(as_json("links:\n  prune: true\n  items:\n    - group: it-admins\n      role: IT Admin\n"),
            R"({"links":{"prune":true,"items":[{"group":"it-admins","role":"IT Admin"}]}})");
  EXPECT_EQ(as_json("[1, -2, 3.5, 007, yes, on, no, '1', \"true\", ~, null, ]"),
            R"([1,-2,3.5,"007","yes","on","no","1","true",null,null])");
  EXPECT_EQ(as_json(R"({"a": [{"b": null}]})"), R"({"a":[{"b":null}]})");
  EXPECT_EQ(as_json("text: |\n  one\n  two\n"), R"({"text":"one\ntwo\n"})");
  EXPECT_EQ(as_json(""), "null");
  EXPECT_EQ(as_json("name: Ümläut → ok"), R"({"name":"Ümläut → ok"})");
}

TEST(Yaml, WhatIsRefused_NamesTheLine) {
  EXPECT_THAT(as_json("a: 1\nb: &x 2\n"), HasSubstr("line 2: anchors are not accepted"));
  EXPECT_THAT(as_json("a: *x\n"), HasSubstr("line 1: aliases"));
  EXPECT_THAT(as_json("a: !!str 1\n"), HasSubstr("tags"));
  EXPECT_THAT(as_json("a: !thing {}\n"), HasSubstr("tags"));
  EXPECT_THAT(as_json("a: 1\na: 2\n"), HasSubstr("line 2: a name stands there twice"));
  EXPECT_THAT(as_json("<<: {a: 1}\n"), HasSubstr("merge keys"));
  EXPECT_THAT(as_json("a: 1\n---\nb: 2\n"), HasSubstr("one document"));
  EXPECT_THAT(as_json("[a, b]: c\n"), HasSubstr("a name must be a scalar"));
  EXPECT_THAT(as_json("a: [1, 2\n"), HasSubstr("not readable"));
  EXPECT_THAT(as_json("a: \"\xff\"\n"), HasSubstr("not readable"));
}

TEST(Yaml, Depth_HasALimit) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  const Limits limits;
  EXPECT_TRUE(read(nested(limits.depth)));
  EXPECT_THAT(as_json(nested(limits.depth + 1)), HasSubstr("too deep"));
  EXPECT_FALSE(read(std::string(200'000, '['))) << "and a hostile one ends early";
  std::string dashes;
  for (int i = 0; i < 100'000; ++i) dashes += "- ";
  EXPECT_FALSE(read(dashes));
}

TEST(Yaml, BytesAndNodes_HaveLimits) {
  Limits limits;
  limits.bytes = 6;
  limits.nodes = 3;
  EXPECT_TRUE(read("[1, 2]", limits));
  EXPECT_EQ(read("[1, 2] ", limits).error().code, ErrorCode::payload_too_large);
  EXPECT_FALSE(read("[1,2,3", limits));
  limits.bytes = 7;
  EXPECT_THAT(read("[1,2,3]", limits).error().detail, HasSubstr("too many values"));
}

}  // namespace
}  // namespace rolecall::adapter::yaml
