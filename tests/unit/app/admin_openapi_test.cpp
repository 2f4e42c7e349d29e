#include <map>
#include <set>

#include "api_fixture.hpp"
#include "rolecall/api/admin_routes.hpp"
#include "rolecall/api/error_table.hpp"
#include "rolecall/app/embedded.hpp"

namespace rolecall::test {
namespace {

/// schemas/openapi/admin.json as the binary carries it. What it says about answers is tested over HTTP
/// (tests/system/admin_contract_test.py); here: that it describes what there is.
class AdminOpenapi : public ApiTest {
 protected:
  void SetUp() override {
    ApiTest::SetUp();
    for (const EmbeddedFile& file : embedded_files()) {
      if (file.path == "schemas/openapi/admin.json") text_ = file.bytes;
    }
    auto parsed = json::parse(text_);
    ASSERT_TRUE(parsed && parsed->is_object()) << (parsed ? "" : parsed.error().detail);
    document_ = std::move(*parsed->as_object());
  }

  /// Names of the parameters of an operation: the last step of each reference.
  static std::set<std::string> parameters_of(const json::Object& operation) {
    std::set<std::string> names;
    for (const json::Value& one : *operation.find("parameters")->as_array()) {
      const std::string& path = *one.as_object()->find("$ref")->as_string();
      names.insert(path.substr(path.rfind('/') + 1));
    }
    return names;
  }

  std::string_view text_;
  json::Object document_;
};
using DocsPage = AdminOpenapi;

TEST_F(AdminOpenapi, DescribesEveryRouteAndNoOther) {
  std::map<std::string, const json::Object*> described;
  for (const auto& [path, operations] : *document_.find("paths")->as_object()) {
    for (const auto& [method, operation] : *operations.as_object()) {
      described.emplace(method + " " + path, operation.as_object());
    }
  }
  std::set<std::string> offered;
  for (const api::AdminRoute& route : api::admin_routes()) {
    std::string method(route.method);
    for (char& letter : method) letter = static_cast<char>(letter - 'A' + 'a');
    const std::string name = method + " " + std::string(route.path);
    offered.insert(name);
    ASSERT_EQ(described.count(name), 1U) << name << " is not in schemas/openapi/admin.json";
    const auto parameters = parameters_of(*described.at(name));
    EXPECT_EQ(parameters.count("If-Match") == 1, route.needs_match) << name;
    EXPECT_EQ(parameters.count("dry_run") == 1, route.method != "GET") << name;
  }
  for (const auto& [name, operation] : described) {
    EXPECT_EQ(offered.count(name), 1U) << "schemas/openapi/admin.json has " << name << ", which is no route";
  }
}

TEST_F(AdminOpenapi, ExplainsEveryCodeWithItsStatus) {
  std::map<std::string, std::string> explained;
  for (const json::Value& value : *document_.find("x-errors")->as_array()) {
    const json::Object& error = *value.as_object();
    explained.emplace(*error.find("code")->as_string(), json::write(*error.find("status")));
    EXPECT_GT(error.find("cause")->as_string()->size(), 10U);
    EXPECT_GT(error.find("fix")->as_string()->size(), 10U);
  }
  for (int at = 0; at <= static_cast<int>(ErrorCode::unavailable); ++at) {
    const auto code = static_cast<ErrorCode>(at);
    EXPECT_EQ(explained[name_of(code)], std::to_string(api::row_of(code).status)) << name_of(code);
  }
  EXPECT_EQ(explained.size(), static_cast<std::size_t>(ErrorCode::unavailable) + 1);
}

TEST_F(AdminOpenapi, IsServedAsItIs) {
  const auto served = send("GET", "/openapi.json", {}, {});
  EXPECT_EQ(served.status, 200);
  EXPECT_EQ(header(served, "Content-Type"), "application/json");
  EXPECT_EQ(served.body, text_);
  EXPECT_EQ(send("POST", "/openapi.json", {}, {}).status, 405);
  EXPECT_NE(send("GET", "/", {}, {}).body.find("href=\"/docs\""), std::string::npos);
}

TEST_F(DocsPage, ShowsEveryOperationExampleAndCode) {
  const auto page = send("GET", "/docs", {}, {});
  EXPECT_EQ(page.status, 200);
  for (const auto& [path, operations] : *document_.find("paths")->as_object()) {
    for (const auto& [method, value] : *operations.as_object()) {
      const json::Object& operation = *value.as_object();
      const std::string id = *operation.find("operationId")->as_string();
      EXPECT_NE(page.body.find("<article id=\"" + id + "\">"), std::string::npos) << id;
      EXPECT_NE(page.body.find(*operation.find("x-permission")->as_string()), std::string::npos) << id;
    }
  }
  for (const json::Value& error : *document_.find("x-errors")->as_array()) {
    const std::string code = *error.as_object()->find("code")->as_string();
    EXPECT_NE(page.body.find("id=\"error-" + code + "\""), std::string::npos) << code;
  }
  EXPECT_NE(page.body.find("curl -X PATCH"), std::string::npos);
  EXPECT_EQ(page.body.find("{name}'"), std::string::npos) << "a command still has a hole in its address";
}

TEST_F(DocsPage, LoadsNothingAndRunsNothing) {
  const auto page = send("GET", "/docs", {}, {});
  const std::string policy = header(page, "Content-Security-Policy");
  EXPECT_EQ(policy.find("default-src 'none'; style-src 'sha256-"), 0U) << policy;
  EXPECT_EQ(policy.find("unsafe"), std::string::npos);
  for (const std::string part : {"<script", "src=", "<link", "@import", "url(", "onclick", "style=", "http-equiv"}) {
    EXPECT_EQ(page.body.find(part), std::string::npos) << part;
  }
}

}  // namespace
}  // namespace rolecall::test
