#include "checks.hpp"

#include <sys/stat.h>

#include <filesystem>

#include "rolecall/app/data_directory.hpp"
#include "rolecall/base/clock.hpp"
#include "rolecall/base/timestamp.hpp"

namespace rolecall::app {
namespace {

void check_public_url(const Configuration& configuration, json::Array& findings) {
  const std::string& url = configuration.text("server.public_url");
  if (url.empty()) {
    findings.push_back(finding("public_url", "warning",
                               "server.public_url is not set: addresses in answers follow the Host header of each "
                               "request."));
    return;
  }
  std::string_view host = std::string_view(url).substr(url.find("://") + 3);
  host = host.substr(0, host.find('/'));
  const std::size_t before = findings.size();
  if (!url.starts_with("https://")) {
    findings.push_back(finding("public_url", "warning", "It is not https; identity providers in the cloud refuse it."));
  }
  if (host.starts_with("localhost") || host.starts_with("127.") || host.starts_with("[::1]")) {
    findings.push_back(finding("public_url", "warning", "It names this machine; nobody else can reach it."));
  }
  if (url.find('_') != std::string::npos) {
    findings.push_back(finding("public_url", "warning", "It holds an underscore, which Okta refuses."));
  }
  if (findings.size() == before) findings.push_back(finding("public_url", "ok", url));
}

/// The mode bits others have on `path`, or -1.
int open_to_others(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return -1;
  return static_cast<int>(status.st_mode & 0077);
}

void check_directory(const std::string& directory, json::Array& findings) {
  const int mode = open_to_others(directory);
  if (mode < 0) {
    findings.push_back(finding("data", "failed",
                               directory +
                                   " does not exist. Is --data right? The server makes it: rolecall serve "
                                   "--data " +
                                   directory));
    return;
  }
  const int token_mode = open_to_others(directory + "/admin-token");
  if (mode > 0) {
    findings.push_back(
        finding("data", "warning", directory + " is open to other accounts. Close it: chmod 700 " + directory));
  }
  if (token_mode > 0) {
    findings.push_back(finding("data", "failed",
                               directory + "/admin-token is open to other accounts: whoever reads it is admin. "
                                           "Remove it and restart for a new one, and chmod 600."));
  }
  if (mode == 0 && token_mode <= 0) findings.push_back(finding("data", "ok", directory + " is private."));
}

void check_disk(const std::string& directory, json::Array& findings) {
  constexpr std::uintmax_t kMiB = 1024 * 1024;
  constexpr std::uintmax_t kLeast = 64 * kMiB;
  constexpr std::uintmax_t kLittle = 1024 * kMiB;
  std::error_code error;
  const auto space = std::filesystem::space(directory, error);
  if (error) {
    findings.push_back(finding("disk", "warning", "Its free space cannot be read: " + error.message() + "."));
    return;
  }
  const std::string free = std::to_string(space.available / kMiB) + " MiB free.";
  const char* result = space.available < kLeast ? "failed" : (space.available < kLittle ? "warning" : "ok");
  findings.push_back(finding("disk", result, free));
}

void check_clock(json::Array& findings) {
  constexpr auto kReleased = std::chrono::sys_days(std::chrono::year(2025) / 1 / 1);
  const Instant now = SystemClock().now();
  const bool is_set = now > kReleased;
  findings.push_back(finding("clock", is_set ? "ok" : "failed",
                             to_timestamp(now) + (is_set ? "" : " is in the past: expiry dates would be wrong.")));
}

}  // namespace

json::Value finding(std::string_view check, std::string_view result, const std::string& detail) {
  return json::Object{{"check", check}, {"result", result}, {"detail", detail}};
}

bool is_failure(const json::Value& finding) {
  const json::Value* result = finding.as_object()->find("result");
  return result != nullptr && *result == json::Value("failed");
}

json::Array local_findings(const Shell& shell) {
  json::Array findings;
  const auto configuration = shell.load_configuration();
  if (!configuration) {
    findings.push_back(finding("config", "failed", configuration.error().detail));
  } else {
    findings.push_back(finding("config", "ok", "Every setting is known and in its range."));
    check_public_url(*configuration, findings);
  }
  check_directory(shell.data, findings);
  check_disk(shell.data, findings);
  check_clock(findings);
  const auto server = read_server_file(shell.data);
  findings.push_back(
      server ? finding("server", "ok", "Process " + std::to_string(server->pid) + " listens on " + server->listen + ".")
             : finding("server", "ok", "None is running; the data is looked at from here."));
  return findings;
}

}  // namespace rolecall::app
