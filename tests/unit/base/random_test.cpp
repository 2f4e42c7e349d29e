#include "rolecall/base/random.hpp"

#include <gtest/gtest.h>

#include <string>

namespace rolecall {
namespace {

TEST(GeneratedId, OnlyTheFormOfTheGenerator_Counts) {
  const std::string id = "01932f6a-7b1c-7c3a-9f00-1a2b3c4d5e6f";
  EXPECT_TRUE(is_generated_id(id));
  EXPECT_FALSE(is_generated_id(""));
  EXPECT_FALSE(is_generated_id(id.substr(1)));
  EXPECT_FALSE(is_generated_id(id + "0"));
  EXPECT_FALSE(is_generated_id("01932F6A-7B1C-7C3A-9F00-1A2B3C4D5E6F"));
  EXPECT_FALSE(is_generated_id("01932f6a-7b1c-4c3a-9f00-1a2b3c4d5e6f")) << "another version";
  EXPECT_FALSE(is_generated_id("01932f6a-7b1c-7c3a-1f00-1a2b3c4d5e6f")) << "another variant";
  for (std::size_t i = 0; i < id.size(); ++i) {
    std::string other = id;
    other[i] = 'g';
    EXPECT_FALSE(is_generated_id(other)) << other;
  }
}

}  // namespace
}  // namespace rolecall
