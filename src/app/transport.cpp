#include "transport.hpp"

#include <chrono>
#include <filesystem>
#include <thread>

#include "database.hpp"
#include "rolecall/adapter/curl/client.hpp"
#include "rolecall/adapter/soci/data_lock.hpp"
#include "rolecall/app/data_directory.hpp"
#include "rolecall/app/instance.hpp"

namespace rolecall::app {
namespace {

/// Where a server that listens on `listen` is reached from this machine.
std::string origin_of(const std::string& listen) {
  const auto parsed = parse_listen(listen);
  if (!parsed) return {};
  std::string host = parsed->first;
  if (host == "0.0.0.0") host = "127.0.0.1";
  if (host == "::") host = "::1";
  if (host.find(':') != std::string::npos) host = "[" + host + "]";
  return "http://" + host + ":" + std::to_string(parsed->second);
}

class RemoteTransport final : public Transport {
 public:
  RemoteTransport(std::string origin, Secret token, std::string ca_file = {})
      : origin_(std::move(origin)), token_(std::move(token)), ca_file_(std::move(ca_file)) {}

  Result<http::Response> send(http::Request request) override {
    request.headers.set("Authorization", "Bearer " + token_.expose());
    if (!origin_.starts_with("https://")) return adapter::curl::call_loopback(origin_, request);
    adapter::curl::ClientOptions options;
    options.ca_file = ca_file_;
    return adapter::curl::call_https(origin_, request, options);
  }

 private:
  std::string origin_;
  Secret token_;
  std::string ca_file_;
};

class LocalTransport final : public Transport {
 public:
  LocalTransport(adapter::soci::DataLock lock, Secret token) : lock_(std::move(lock)), token_(std::move(token)) {}

  Result<void> open(const Configuration& configuration, const std::string& directory) {
    Instance::Options options;
    options.directory = directory;
    options.admin_token = token_;
    ROLECALL_TRY_ASSIGN(instance_, Instance::open(configuration, log_, std::move(options)));
    return {};
  }

  Result<http::Response> send(http::Request request) override {
    request.headers.set("Authorization", "Bearer " + token_.expose());
    request.id = RequestId(instance_->ids().next());
    return instance_->service().handle(request);
  }

 private:
  adapter::soci::DataLock lock_;
  Secret token_;
  log::NullLogger log_;
  std::unique_ptr<Instance> instance_;
};

Result<Secret> admin_token(const Configuration& configuration, const std::string& directory) {
  Secret configured = configuration.secret("admin.token");
  if (!configured.empty()) return configured;
  return read_admin_token(directory);
}

/// The server of the directory, when it answers.
std::unique_ptr<Transport> find_server(const std::string& directory, const Secret& token) {
  const auto file = read_server_file(directory);
  if (!file) return nullptr;
  const std::string origin = origin_of(file->listen);
  if (origin.empty()) return nullptr;
  http::Request probe;
  probe.method = "GET";
  probe.target = "/healthz/live";
  const auto answer = adapter::curl::call_loopback(origin, probe, {std::chrono::seconds(2), std::chrono::seconds(10)});
  if (!answer || answer->status != 200) return nullptr;
  return std::make_unique<RemoteTransport>(origin, token);
}

}  // namespace

Result<std::unique_ptr<Transport>> open_remote_transport(const Context& context) {
  ROLECALL_TRY(check_server(context.server));
  Secret token;
  if (context.session) {
    token = Secret(context.session->secret);
  } else {
    ROLECALL_TRY_ASSIGN(token, read_token_file(context.token_file));
  }
  return std::unique_ptr<Transport>(
      std::make_unique<RemoteTransport>(context.server, std::move(token), context.ca_file));
}

Result<std::unique_ptr<Transport>> open_transport(const Configuration& configuration, const std::string& directory) {
  ROLECALL_TRY_ASSIGN(const auto token, admin_token(configuration, directory));
  // A server that is just starting, or another command that is just ending, holds the lock for a moment.
  constexpr int kAttempts = 50;
  for (int attempt = 0;; ++attempt) {
    if (auto server = find_server(directory, token)) return server;
    auto lock = adapter::soci::lock_data_directory(directory);
    if (lock) {
      std::error_code error;
      const Database database = database_of(configuration, directory);
      if (!database.is_shared() && !std::filesystem::exists(database.path, error)) {
        return fail(ErrorCode::not_found, "There is no database in " + directory +
                                              " yet. The server makes it at its first start: rolecall serve --data " +
                                              directory);
      }
      auto local = std::make_unique<LocalTransport>(std::move(*lock), token);
      ROLECALL_TRY(local->open(configuration, directory));
      return std::unique_ptr<Transport>(std::move(local));
    }
    if (attempt >= kAttempts || lock.error().code != ErrorCode::conflict) {
      return fail(ErrorCode::unavailable, "The server of " + directory + " does not answer: " + lock.error().detail);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
}

}  // namespace rolecall::app
