#include "rolecall/app/command_line.hpp"

#include <sys/stat.h>

#include <fstream>

#include "api_fixture.hpp"
#include "rolecall/adapter/crypto/random.hpp"
#include "rolecall/app/data_directory.hpp"
#include "rolecall/app/version.hpp"

namespace rolecall::test {
namespace {

/// Commands in this process, on a data directory that no server holds.
class CommandLine : public ApiTest {
 protected:
  void SetUp() override {
    ApiTest::SetUp();
    create_group("Service Desk", {create_user("maya@example.com")});
    instance_.reset();
    ASSERT_TRUE(app::write_file_atomically(directory_ + "/admin-token", std::string(kAdminToken) + "\n").has_value());
  }

  int run(std::vector<std::string> words) {
    words.insert(words.begin(), "rolecall");
    words.insert(words.end(), {"--data", directory_});
    std::vector<const char*> argv;
    for (const std::string& word : words) argv.push_back(word.c_str());
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    const int code = app::run(static_cast<int>(argv.size()), argv.data());
    out_ = testing::internal::GetCapturedStdout();
    err_ = testing::internal::GetCapturedStderr();
    return code;
  }

  std::string out_;
  std::string err_;
};
using DataDirectory = CommandLine;

TEST_F(CommandLine, Version_IsPrinted) {
  EXPECT_EQ(run({"version"}), 0);
  EXPECT_EQ(out_, "rolecall " + std::string(app::version()) + "\n");
}

TEST_F(CommandLine, WrongUsage_Is2AndOnStderr) {
  EXPECT_EQ(run({}), 2);
  EXPECT_EQ(run({"roles"}), 2);
  EXPECT_EQ(run({"roles", "frobnicate"}), 2);
  EXPECT_EQ(run({"roles", "get"}), 2);
  EXPECT_EQ(run({"roles", "list", "--output", "xml"}), 2);
  EXPECT_EQ(out_, "");
  EXPECT_NE(err_, "");
}

TEST_F(CommandLine, CreatedToken_StandsAloneOnStdout) {
  ASSERT_EQ(run({"tokens", "create", "--connection", "okta", "--note", "second", "--expires-in", "30d"}), 0) << err_;
  EXPECT_EQ(out_.size(), 79U) << out_;
  EXPECT_EQ(out_.substr(0, 9), "rolecall_");
  EXPECT_EQ(run({"tokens", "create", "--connection", "okta"}), 5);
  EXPECT_EQ(out_, "");
  EXPECT_EQ(run({"tokens", "list", "--output", "name"}), 0);
  const std::string newest = out_.substr(0, 16);
  EXPECT_EQ(run({"tokens", "revoke", newest}), 0) << err_;
  EXPECT_EQ(run({"tokens", "revoke", newest}), 3);
  EXPECT_EQ(run({"tokens", "create", "--connection", "okta", "--expires-in", "soon"}), 2);
}

TEST_F(CommandLine, RolesAsJson_AreForScripts) {
  ASSERT_EQ(run({"roles", "create", "Night Desk", "--permission", "requests.reply"}), 0) << err_;
  ASSERT_EQ(run({"roles", "get", "Night Desk", "--output", "json"}), 0);
  const auto role = json::parse(out_);
  ASSERT_TRUE(role.has_value()) << out_;
  EXPECT_EQ(*role->as_object()->find("name"), json::Value("Night Desk"));
  EXPECT_EQ(json::write(*role->as_object()->find("permissions")), R"(["requests.reply"])");
  EXPECT_EQ(run({"roles", "list", "--output", "json"}), 0);
  EXPECT_TRUE(json::parse(out_)->is_array());
  EXPECT_EQ(run({"roles", "get", "Nothing"}), 3);
  EXPECT_EQ(run({"roles", "update", "Owner", "--no-permissions"}), 4);
  EXPECT_EQ(run({"roles", "delete", "Night Desk"}), 0);
}

TEST_F(CommandLine, LinkAndExplanation_WorkWithoutAServer) {
  ASSERT_EQ(run({"links", "create", "--group", "Service Desk", "--role", "IT Admin"}), 0) << err_;
  ASSERT_EQ(run({"users", "explain", "maya@example.com"}), 0) << err_;
  EXPECT_NE(out_.find("IT Admin"), std::string::npos) << out_;
  ASSERT_EQ(run({"links", "list", "--output", "json"}), 0);
  std::string id;
  const json::Value links = json::parse(out_).value();
  for (const json::Value& link : *links.as_array()) {
    if (*link.as_object()->find("origin") == json::Value("admin")) id = *link.as_object()->find("id")->as_string();
  }
  EXPECT_EQ(run({"links", "pause", id}), 0);
  EXPECT_EQ(run({"links", "resume", id}), 0);
  EXPECT_EQ(run({"links", "delete", id}), 0);
}

TEST_F(CommandLine, ListsAndChecks_Run) {
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
           {"workspaces", "list"},
           {"connections", "list"},
           {"connections", "get", "okta"},
           {"connections", "set", "okta", "--unknown-groups", "refuse"},
           {"connections", "set", "okta", "--unknown-members", "parked"},
           {"users", "list"},
           {"users", "get", "maya@example.com"},
           {"groups", "list"},
           {"groups", "get", "Service Desk"},
           {"groups", "members", "Service Desk"},
           {"connections", "create", "entra"},
           {"users", "adopt", "maya@example.com", "--connection", "entra", "--dry-run"},
           {"connections", "adopt", "--from", "okta", "--to", "entra", "--keep-roles"},
           {"audit", "list"},
           {"audit", "verify"},
           {"doctor", "--deep"},
           {"config", "show"},
           {"config", "check"},
           {"config", "explain", "server.listen"}}) {
    EXPECT_EQ(run(words), 0) << words[0] << ' ' << (words.size() > 1 ? words[1] : "") << ": " << err_;
    EXPECT_NE(out_, "") << words[0];
  }
  EXPECT_EQ(run({"config", "explain", "server.lisen"}), 3);
  EXPECT_NE(err_.find("server.listen"), std::string::npos);
}

TEST_F(CommandLine, NameFromAClient_CannotMoveTheCursor) {
  start();
  scim("POST", "/Users", R"({"userName":"a\u001b[2Jb"})");
  instance_.reset();
  ASSERT_EQ(run({"users", "list"}), 0);
  EXPECT_EQ(out_.find('\x1b'), std::string::npos);
}

TEST_F(DataDirectory, MissingOne_IsSaidAndNotMade) {
  const std::string elsewhere = directory_ + "/elsewhere";
  EXPECT_EQ(run({"roles", "list", "--data", elsewhere}), 2) << "--data twice";
  const char* argv[] = {"rolecall", "roles", "list", "--data", elsewhere.c_str()};
  testing::internal::CaptureStderr();
  EXPECT_EQ(app::run(5, argv), 3);
  EXPECT_NE(testing::internal::GetCapturedStderr().find("rolecall serve"), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(elsewhere));
}

TEST_F(DataDirectory, SecretsOnDisk_ArePrivate) {
  const std::string fresh = directory_ + "/fresh";
  ASSERT_TRUE(app::make_data_directory(fresh).has_value());
  const auto random = adapter::crypto::make_random_source();
  const auto token = app::ensure_admin_token(fresh, *random);
  ASSERT_TRUE(token.has_value());
  EXPECT_EQ(token->expose(), app::ensure_admin_token(fresh, *random)->expose());
  struct stat status {};
  ASSERT_EQ(::stat(fresh.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700U);
  ASSERT_EQ(::stat((fresh + "/admin-token").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
}

TEST_F(DataDirectory, ServerFile_IsReadBackAndGarbageIsNone) {
  ASSERT_TRUE(app::write_server_file(directory_, {"127.0.0.1:1", "http://127.0.0.1:1", 42}).has_value());
  const auto file = app::read_server_file(directory_);
  ASSERT_TRUE(file.has_value());
  EXPECT_EQ(file->listen, "127.0.0.1:1");
  EXPECT_EQ(file->pid, 42);
  // A server that was killed leaves the file behind: the command goes on without it.
  EXPECT_EQ(run({"roles", "list"}), 0) << err_;
  std::ofstream(directory_ + "/server.json") << "{";
  EXPECT_FALSE(app::read_server_file(directory_).has_value());
  app::remove_server_file(directory_);
  EXPECT_FALSE(std::filesystem::exists(directory_ + "/server.json"));
}

}  // namespace
}  // namespace rolecall::test
