#include "rolecall/resource/document.hpp"

#include <gtest/gtest.h>

#include <string>

namespace rolecall {
namespace {

constexpr const char* kId = "01932f6a-7b1c-7c3a-9f00-1a2b3c4d5e6f";

std::string extension(const std::string& content) {
  return std::string("\"") + std::string(resource::kEnterpriseUserExtension) + "\":{" + content + "}";
}

std::string manager(const std::string& rest = "") {
  return std::string(R"("manager":{"value":")") + kId + "\"" + rest + "}";
}

TEST(FindManager, OfOurs_IsFoundWhereItsAddressBelongs) {
  const std::string text = R"("userName":"ana",)" + extension(R"("division":"IT",)" + manager()) + R"(,"active":true)";
  const auto found = resource::find_manager(text);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->id, kId);
  EXPECT_EQ(text.substr(0, found->at), text.substr(0, text.find(kId)) + kId + "\"");
  EXPECT_TRUE(resource::find_manager(extension(manager(R"(,"displayName":"Bo")"))).has_value());
}

TEST(FindManager, AnythingElse_IsPassedOver) {
  EXPECT_FALSE(resource::find_manager("").has_value());
  EXPECT_FALSE(resource::find_manager(R"("userName":"ana")").has_value());
  EXPECT_FALSE(resource::find_manager(manager()).has_value()) << "not in the extension";
  EXPECT_FALSE(resource::find_manager(extension(R"("manager":{"value":"26118915"})")).has_value());
  EXPECT_FALSE(resource::find_manager(extension(R"("manager":{"value":")" + std::string(kId))).has_value());
  EXPECT_FALSE(resource::find_manager(extension(manager(R"(,"$ref":"../Users/x")"))).has_value()) << "given";
  EXPECT_FALSE(resource::find_manager(extension(R"("division":"IT")") + R"(,"urn:example:Other":{)" + manager() + "}")
                   .has_value())
      << "of another extension";
  const std::string quoted = R"("title":"\"manager\":{\"value\":\")" + std::string(kId) + R"(\"")";
  EXPECT_FALSE(resource::find_manager(extension(quoted)).has_value()) << "in the middle of a text";
}

}  // namespace
}  // namespace rolecall
