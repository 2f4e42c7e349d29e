#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstring>
#include <memory>

#include "commands.hpp"
#include "rolecall/app/data_directory.hpp"
#include "rolecall/app/embedded.hpp"

namespace rolecall::app {
namespace {

constexpr std::string_view kSimulators = "conformance/simulators/";

/// Puts the programs of a simulator into the data directory, and says where.
Result<std::string> unpack(const Shell& shell, const std::string& name) {
  const std::string prefix = std::string(kSimulators) + name + "/";
  const std::string all = shell.data + "/simulators";
  const std::string directory = all + "/" + name;
  for (const std::string& each : {shell.data, all, directory}) ROLECALL_TRY(make_data_directory(each));
  for (const EmbeddedFile& file : embedded_files()) {
    if (!file.path.starts_with(prefix)) continue;
    const std::string path = directory + "/" + std::string(file.path.substr(prefix.size()));
    ROLECALL_TRY(write_file_atomically(path, std::string(file.bytes)));
  }
  return directory;
}

/// Turns this process into the simulator; it comes back only when that cannot be.
void become(Shell& shell, const std::string& name, const std::vector<std::string>& options) {
  auto directory = unpack(shell, name);
  if (!directory) return shell.fail(directory.error());
  std::vector<std::string> words{"python3", *directory, "--tls", *directory + "/tls"};
  words.insert(words.end(), options.begin(), options.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  ::execvp(argv.front(), argv.data());
  Error error;
  error.code = ErrorCode::unavailable;
  error.detail =
      std::string("The simulator is a program for python3, which cannot be started: ") + std::strerror(errno);
  shell.fail(error);
}

}  // namespace

void add_simulate(CLI::App& root, Shell& shell) {
  CLI::App* noun =
      root.add_subcommand("simulate", "Play an identity provider on the loopback, for tests and demonstrations");
  noun->require_subcommand(1);
  CLI::App* verb = noun->add_subcommand(
      "okta",
      "An Okta org over TLS; prints a line of JSON with its domain and credentials, and runs until it is stopped");
  struct Options {
    int users = 50;
    int groups = 5;
    int apps = 3;
    int port = 0;
    double hostile = 0;
  };
  auto options = std::make_shared<Options>();
  constexpr int kMost = 1'000'000;
  constexpr int kPorts = 65'535;
  verb->add_option("--users", options->users, "How many people are in it")
      ->check(CLI::Range(0, kMost))
      ->capture_default_str();
  verb->add_option("--groups", options->groups, "How many groups")->check(CLI::Range(0, kMost))->capture_default_str();
  verb->add_option("--apps", options->apps, "How many applications")
      ->check(CLI::Range(0, kMost))
      ->capture_default_str();
  verb->add_option("--port", options->port, "Where it listens; 0: any that is free")
      ->check(CLI::Range(0, kPorts))
      ->capture_default_str();
  verb->add_option("--hostile", options->hostile, "Share of the calls that go wrong, from 0 to 1")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  add_examples(*verb, {"rolecall simulate okta --users 10000 --groups 200", "rolecall simulate okta --hostile 0.1"});
  verb->callback([&shell, options] {
    become(shell, "okta",
           {"--users", std::to_string(options->users), "--groups", std::to_string(options->groups), "--apps",
            std::to_string(options->apps), "--port", std::to_string(options->port), "--hostile",
            std::to_string(options->hostile)});
  });
}

}  // namespace rolecall::app
