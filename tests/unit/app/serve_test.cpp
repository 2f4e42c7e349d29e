#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "rolecall/adapter/curl/client.hpp"
#include "rolecall/app/command_line.hpp"
#include "rolecall/app/data_directory.hpp"

namespace rolecall::test {
namespace {

/// A server in a process of its own, as `rolecall serve` runs it, and commands that reach it over HTTP.
class Serve : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "rolecall-serve-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    root_ = pattern;
    data_ = root_ + "/data";
  }
  void TearDown() override {
    if (child_ > 0) {
      ::kill(child_, SIGKILL);
      ::waitpid(child_, nullptr, 0);
    }
    std::filesystem::remove_all(root_);
  }

  static int run(const std::vector<std::string>& words) {
    std::vector<const char*> argv{"rolecall"};
    for (const std::string& word : words) argv.push_back(word.c_str());
    return app::run(static_cast<int>(argv.size()), argv.data());
  }
  int command(std::vector<std::string> words) {
    words.insert(words.end(), {"--data", data_});
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    const int code = run(words);
    out_ = testing::internal::GetCapturedStdout();
    err_ = testing::internal::GetCapturedStderr();
    return code;
  }

  /// Forks before any thread of this test exists in the child's memory, as a shell would start it.
  pid_t spawn(const std::vector<std::string>& more = {}) {
    const pid_t child = ::fork();
    if (child != 0) return child;
    const std::string log = root_ + "/log";
    if (std::freopen(log.c_str(), "a", stderr) == nullptr) std::_Exit(99);
    std::vector<std::string> words{"serve", "--data", data_, "--listen", "127.0.0.1:0"};
    words.insert(words.end(), more.begin(), more.end());
    const int code = run(words);
    std::_Exit(code);
  }
  void start() {
    child_ = spawn();
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (std::chrono::steady_clock::now() < end) {
      file_ = app::read_server_file(data_);
      if (file_ && file_->pid == child_) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    FAIL() << "not ready: " << log();
  }
  int stop(int signal) {
    ::kill(child_, signal);
    int status = 0;
    ::waitpid(child_, &status, 0);
    child_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
  }
  http::Response get(const std::string& target, const std::string& token = {}) {
    http::Request request;
    request.method = "GET";
    request.target = target;
    if (!token.empty()) request.headers.add("Authorization", "Bearer " + token);
    auto response = adapter::curl::call_loopback(file_->base_url, request);
    EXPECT_TRUE(response.has_value()) << (response ? "" : response.error().detail);
    return response ? std::move(*response) : http::Response{};
  }
  [[nodiscard]] std::string log() const {
    std::stringstream text;
    text << std::ifstream(root_ + "/log").rdbuf();
    return text.str();
  }

  std::string root_;
  std::string data_;
  std::string out_;
  std::string err_;
  pid_t child_ = 0;
  std::optional<app::ServerFile> file_;
};

TEST_F(Serve, FirstStart_MakesEverythingAndCommandsReachIt) {
  start();
  EXPECT_EQ(get("/healthz/ready").status, 200);
  EXPECT_EQ(get("/scim/v2/Users").status, 401);
  ASSERT_EQ(command({"tokens", "create", "--connection", "okta"}), 0) << err_;
  const std::string token = out_.substr(0, out_.size() - 1);
  const auto listed = get("/scim/v2/Users?startIndex=1&count=2", token);
  EXPECT_EQ(listed.status, 200) << listed.body;
  EXPECT_EQ(command({"roles", "get", "IT Agent", "--output", "json"}), 0) << err_;
  EXPECT_EQ(command({"roles", "get", "Nothing"}), 3);
  EXPECT_EQ(command({"doctor"}), 0) << out_ << err_;
  EXPECT_EQ(stop(SIGTERM), 0) << log();
  EXPECT_FALSE(std::filesystem::exists(data_ + "/server.json"));
  EXPECT_NE(log().find("server_stopped"), std::string::npos);
  EXPECT_EQ(log().find(token), std::string::npos);
  // The same commands go on without the server, on the same data.
  EXPECT_EQ(command({"tokens", "list", "--output", "name"}), 0) << err_;
  EXPECT_EQ(out_.substr(0, 16), token.substr(9, 16));
}

TEST_F(Serve, SecondServer_IsRefused) {
  start();
  const pid_t second = spawn();
  int status = 0;
  ::waitpid(second, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 5) << log();
  EXPECT_EQ(get("/healthz/live").status, 200);
  EXPECT_EQ(stop(SIGINT), 0) << log();
}

TEST_F(Serve, KilledServer_StartsAgain) {
  start();
  EXPECT_EQ(stop(SIGKILL), 1000 + SIGKILL);
  start();
  EXPECT_EQ(get("/healthz/ready").status, 200);
  EXPECT_EQ(stop(SIGTERM), 0);
}

TEST_F(Serve, UnknownSetting_RefusesToStartAndNamesTheNearest) {
  std::ofstream(root_ + "/rolecall.toml") << "[server]\nlisen = \"127.0.0.1:1\"\n";
  const pid_t child = spawn({"--config", root_ + "/rolecall.toml"});
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 2);
  EXPECT_NE(log().find("server.listen"), std::string::npos) << log();
  EXPECT_FALSE(std::filesystem::exists(data_));
}

TEST_F(Serve, PortInUse_IsSaid) {
  start();
  const std::string taken = file_->listen;
  data_ += "2";
  const pid_t child = ::fork();
  if (child == 0) {
    if (std::freopen((root_ + "/log").c_str(), "a", stderr) == nullptr) std::_Exit(99);
    std::_Exit(run({"serve", "--data", data_, "--listen", taken}));
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 5) << log();
  EXPECT_NE(log().find("\"stage\":\"listen\""), std::string::npos) << log();
}

}  // namespace
}  // namespace rolecall::test
