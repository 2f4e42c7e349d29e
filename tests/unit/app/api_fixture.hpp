#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rolecall/administration/tokens.hpp"
#include "rolecall/administration/workspaces.hpp"
#include "rolecall/app/configuration.hpp"
#include "rolecall/app/instance.hpp"
#include "rolecall/json/parse.hpp"
#include "rolecall/json/write.hpp"
#include "rolecall/log/line_logger.hpp"

namespace rolecall::test {

/// The whole program without sockets, over a SQLite database of its own. Requests go in as text, answers come out.
class ApiTest : public ::testing::Test {
 protected:
  using Headers = std::vector<std::pair<std::string, std::string>>;

  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "rolecall-api-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
    log::Options log_options;
    log_options.level = log::Level::debug;
    log_options.sink = [this](std::string_view line) { log_text_ += line; };
    log_ = log::make_line_logger(clock_, log_options);
    start();
  }
  void TearDown() override {
    instance_.reset();
    log_.reset();
    std::filesystem::remove_all(directory_);
  }

  /// Starts (again) with flags; the data stays, the token of the first start goes on.
  void start(std::vector<std::pair<std::string, std::string>> flags = {}) {
    instance_.reset();
    app::Configuration::Sources sources;
    sources.flags = std::move(flags);
    auto configuration = app::Configuration::load(sources);
    ASSERT_TRUE(configuration.has_value()) << configuration.error().detail;
    app::Instance::Options options;
    options.directory = directory_;
    options.admin_token = Secret(kAdminToken);
    options.clock = instance_clock_;
    auto instance = app::Instance::open(*configuration, *log_, std::move(options));
    ASSERT_TRUE(instance.has_value()) << instance.error().detail << instance.error().note;
    instance_ = std::move(*instance);
    if (token_.empty()) token_ = make_token("okta");
  }

  std::string make_token(const std::string& connection) {
    const auto made = send("POST", "/admin/v1/tokens", R"({"connection":")" + connection + R"("})", admin());
    EXPECT_EQ(made.status, 201) << made.body;
    return text(made, "token");
  }

  static Headers admin() { return {{"Authorization", std::string("Bearer ") + kAdminToken}}; }

  http::Response send(const std::string& method, const std::string& target, const std::string& body,
                      const Headers& headers) {
    http::Request request;
    request.method = method;
    request.target = target;
    request.body = body;
    request.peer_address = "127.0.0.1";
    request.id = RequestId("request-" + std::to_string(++requests_));
    request.headers.add("Host", "scim.example.com");
    for (const auto& [name, value] : headers) request.headers.add(name, value);
    return instance_->service().handle(request);
  }
  /// As the identity provider.
  http::Response scim(const std::string& method, const std::string& path, const std::string& body = {},
                      Headers headers = {}) {
    headers.emplace_back("Authorization", "Bearer " + token_);
    if (!body.empty()) headers.emplace_back("Content-Type", "application/scim+json");
    return send(method, "/scim/v2" + path, body, headers);
  }

  static json::Object parse(const http::Response& response) {
    auto parsed = json::parse(response.body);
    EXPECT_TRUE(parsed.has_value() && parsed->is_object()) << response.body;
    return parsed && parsed->is_object() ? std::move(*parsed->as_object()) : json::Object();
  }
  /// The member `name` as text: strings as they are, others as JSON, "(absent)" when there is none.
  static std::string text(const http::Response& response, std::string_view name) {
    const json::Object object = parse(response);
    const json::Value* value = object.find(name);
    if (value == nullptr) return "(absent)";
    return value->is_string() ? *value->as_string() : json::write(*value);
  }
  static std::string header(const http::Response& response, std::string_view name) {
    const std::string* value = response.headers.find(name);
    return value != nullptr ? *value : "(absent)";
  }

  std::string create_user(const std::string& user_name) {
    const auto made = scim("POST", "/Users", R"({"userName":")" + user_name + R"(","active":true})");
    EXPECT_EQ(made.status, 201) << made.body;
    return text(made, "id");
  }
  std::string create_group(const std::string& name, const std::vector<std::string>& members = {}) {
    std::string body = R"({"displayName":")" + name + R"(","members":[)";
    for (std::size_t at = 0; at < members.size(); ++at) {
      body += (at > 0 ? "," : "") + std::string(R"({"value":")") + members[at] + R"("})";
    }
    const auto made = scim("POST", "/Groups", body + "]}");
    EXPECT_EQ(made.status, 201) << made.body;
    return text(made, "id");
  }
  static std::string patch_body(const std::string& operations) {
    return R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[)" + operations + "]}";
  }

  /// Every refusal below /scim looks like this, whatever went wrong.
  static void expect_scim_error(const http::Response& response, int status, const std::string& scim_type = "(absent)") {
    EXPECT_EQ(response.status, status) << response.body;
    EXPECT_EQ(header(response, "Content-Type"), "application/scim+json");
    EXPECT_EQ(text(response, "schemas"), R"(["urn:ietf:params:scim:api:messages:2.0:Error"])");
    EXPECT_EQ(text(response, "status"), std::to_string(status));
    EXPECT_EQ(text(response, "scimType"), scim_type) << response.body;
    EXPECT_GT(text(response, "detail").size(), 10U);
  }

  static constexpr const char* kAdminToken = "test-admin-token-0123456789-0123456789";
  std::string directory_;
  SystemClock clock_;
  const Clock* instance_clock_ = nullptr;  ///< null: the machine's
  std::string log_text_;
  std::unique_ptr<log::Logger> log_;
  std::unique_ptr<app::Instance> instance_;
  std::string token_;
  int requests_ = 0;
};

}  // namespace rolecall::test
