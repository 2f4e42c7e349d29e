#include "serve.hpp"

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <thread>

#include "database.hpp"
#include "directory_worker.hpp"
#include "metrics.hpp"
#include "process.hpp"
#include "rolecall/adapter/beast/codec.hpp"
#include "rolecall/adapter/crypto/random.hpp"
#include "rolecall/adapter/pistache/server.hpp"
#include "rolecall/adapter/prometheus/metrics.hpp"
#include "rolecall/adapter/soci/data_lock.hpp"
#include "rolecall/administration/privileged_defaults.hpp"
#include "rolecall/administration/sealed_secrets.hpp"
#include "rolecall/app/data_directory.hpp"
#include "rolecall/app/instance.hpp"
#include "rolecall/app/version.hpp"
#include "rolecall/http/server.hpp"
#include "rolecall/log/line_logger.hpp"
#include "webhook_sender.hpp"

namespace rolecall::app {
namespace {

using log::Event;

log::Level level_of(const Configuration& configuration) {
  for (const auto level : {log::Level::debug, log::Level::info, log::Level::warn, log::Level::error}) {
    if (configuration.text("log.level") == log::name_of(level)) return level;
  }
  return log::Level::info;
}

http::ServerOptions options_of(const Configuration& configuration) {
  http::ServerOptions options;
  const auto listen = parse_listen(configuration.text("server.listen"));
  options.host = listen->first;
  options.port = listen->second;
  options.reactor_threads = configuration.size("server.reactors");
  options.worker_threads = configuration.size("server.workers");
  options.queue_length = configuration.size("server.queue");
  options.max_connections = configuration.size("server.connections");
  options.max_connections_per_peer = configuration.size("server.connections_per_peer");
  options.max_head_bytes = configuration.size("limits.head");
  options.max_header_count = configuration.size("limits.headers");
  options.max_target_bytes = configuration.size("limits.target");
  options.max_trailer_bytes = configuration.size("limits.trailer");
  options.max_write_buffer = configuration.size("limits.write_buffer");
  options.head_timeout = configuration.duration("server.head_timeout");
  options.body_idle_timeout = configuration.duration("server.body_idle_timeout");
  options.idle_timeout = configuration.duration("server.idle_timeout");
  options.write_timeout = configuration.duration("server.write_timeout");
  options.request_timeout = configuration.duration("server.request_timeout");
  options.drain_timeout = configuration.duration("server.drain_timeout");
  options.drain_grace = configuration.duration("server.drain_grace");
  return options;
}

/// Another command may hold the lock for a moment; another server holds it for longer than this.
Result<adapter::soci::DataLock> lock_patiently(const std::string& directory) {
  constexpr int kAttempts = 30;
  for (int attempt = 1;; ++attempt) {
    auto lock = adapter::soci::lock_data_directory(directory);
    if (lock || lock.error().code != ErrorCode::conflict || attempt == kAttempts) return lock;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
}

/// Says that requests are refused, at most every ten seconds: an overload must not become one of the log as well.
class OverloadReporter {
 public:
  explicit OverloadReporter(log::Logger& log, std::size_t queue) : log_(log), queue_(queue) {}

  void count() {
    const auto refused = refused_.fetch_add(1) + 1;
    const auto now =
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now().time_since_epoch());
    auto last = reported_.load();
    constexpr std::int64_t kEvery = 10;
    if (now.count() - last < kEvery || !reported_.compare_exchange_strong(last, now.count())) return;
    log_.emit(Event::overloaded, {{"queue", queue_}, {"refused", refused}});
  }

 private:
  log::Logger& log_;
  std::size_t queue_;
  std::atomic<std::uint64_t> refused_{0};
  std::atomic<std::int64_t> reported_{-1000};
};

/// What a server is while it runs; members end in reverse order.
struct Running {
  std::atomic<bool> has_failed{false};
  std::optional<adapter::soci::DataLock> lock;
  std::unique_ptr<metric::Metrics> metrics;
  std::unique_ptr<Instance> instance;
  std::unique_ptr<WebhookSender> webhooks;
  std::unique_ptr<DirectoryWorker> directories;
  std::unique_ptr<OverloadReporter> overload;
  std::unique_ptr<http::Server> server;
  std::unique_ptr<http::Server> metrics_server;
};

Result<void> reseal(Instance& instance, const Configuration& configuration, log::Logger& log) {
  using administration::LostKeys;
  const auto lost_keys = configuration.text("storage.lost_keys") == "accept" ? LostKeys::accept : LostKeys::refuse;
  ROLECALL_TRY_ASSIGN(const auto done, administration::reseal_secrets(instance.administration(), lost_keys));
  if (done.count > 0) log.emit(Event::secrets_resealed, {{"count", done.count}});
  std::string lost;
  for (const std::string& key : done.lost_keys) lost += (lost.empty() ? "" : " ") + key;
  if (!done.lost_keys.empty()) log.emit(Event::sealing_keys_lost, {{"keys", lost}});
  return {};
}

Result<void> open(Running& running, const Configuration& configuration, const std::string& directory,
                  log::Logger& log) {
  ROLECALL_TRY(make_data_directory(directory));
  ROLECALL_TRY_ASSIGN(running.lock, lock_patiently(directory));
  // Left behind by a server that was killed.
  remove_server_file(directory);
  Instance::Options options;
  options.directory = directory;
  options.admin_token = configuration.secret("admin.token");
  if (options.admin_token.empty()) {
    const auto random = adapter::crypto::make_random_source();
    ROLECALL_TRY_ASSIGN(options.admin_token, ensure_admin_token(directory, *random));
  }
  options.metrics = running.metrics.get();
  options.on_fatal = [&running, &log](const std::string& note) {
    log.emit(Event::server_failed, {{"stage", "storage"}, {"note", note}});
    running.has_failed.store(true);
    ::kill(::getpid(), SIGTERM);
  };
  ROLECALL_TRY_ASSIGN(running.instance, Instance::open(configuration, log, std::move(options)));
  // Here and not where the instance opens: the command line is the way to choose another role.
  ROLECALL_TRY(administration::check_default_roles(running.instance->administration()));
  return reseal(*running.instance, configuration, log);
}

Result<void> listen(Running& running, const Configuration& configuration, const std::string& directory,
                    log::Logger& log) {
  Instance& instance = *running.instance;
  const http::ServerOptions options = options_of(configuration);
  http::ServerHooks hooks;
  hooks.body_limit = [&instance](std::string_view method, std::string_view path) {
    return instance.service().body_limit(method, path);
  };
  running.overload = std::make_unique<OverloadReporter>(log, options.queue_length);
  hooks.refusal = [&instance, &overload = *running.overload](int status, std::string_view detail,
                                                             std::string_view path) {
    constexpr int kUnavailable = 503;
    if (status == kUnavailable) overload.count();
    return instance.service().refusal(status, detail, path);
  };
  hooks.next_request_id = [&instance] { return RequestId(instance.ids().next()); };
  running.server = adapter::pistache::make_server(
      options, hooks, adapter::beast::make_codec(options, hooks),
      [&instance](const http::Request& request) { return instance.service().handle(request); });
  ROLECALL_TRY(running.server->start());
  running.webhooks = std::make_unique<WebhookSender>(instance.administration(), log, sender_options(configuration));
  running.directories = std::make_unique<DirectoryWorker>(instance.administration(), instance.provisioning(), log,
                                                          directory_options(configuration));
  add_sources(*running.metrics, instance.store(), *running.server, instance.requests());
  running.metrics->add_source([&webhooks = *running.webhooks] { return webhooks.samples(); });
  running.metrics->add_source([&directories = *running.directories] { return directories.samples(); });
  ROLECALL_TRY_ASSIGN(running.metrics_server, serve_metrics(configuration, *running.metrics));
  if (running.metrics_server) {
    log.emit(Event::metrics_listening,
             {{"address", configuration.text("metrics.listen")}, {"port", running.metrics_server->port()}});
  }
  const bool is_ipv6 = options.host.find(':') != std::string::npos;
  ServerFile file;
  file.listen = (is_ipv6 ? "[" + options.host + "]" : options.host) + ":" + std::to_string(running.server->port());
  const std::string& public_url = configuration.text("server.public_url");
  file.base_url = public_url.empty() ? "http://" + file.listen : public_url;
  file.pid = ::getpid();
  ROLECALL_TRY(write_server_file(directory, file));
  instance.start_timer(log);
  log.emit(Event::server_started, {{"version", version()},
                                   {"address", options.host},
                                   {"port", running.server->port()},
                                   {"workers", options.worker_threads},
                                   {"engine", database_of(configuration, directory).engine()}});
  return {};
}

int refuse(log::Logger& log, std::string_view stage, const Error& error) {
  std::string note = error.detail;
  for (const std::string* more : {&error.next, &error.note}) {
    if (!more->empty()) note += " " + *more;
  }
  log.emit(Event::server_failed, {{"stage", stage}, {"note", note}});
  if (error.code == ErrorCode::conflict) return kConflict;
  return stage == "configuration" ? kUsage : kFailed;
}

}  // namespace

int serve(const Shell& shell) {
  const StopSignals signals;
  harden_process();
  const SystemClock clock;
  const auto started = std::chrono::steady_clock::now();
  const auto configuration = shell.load_configuration();
  log::Options log_options;
  if (configuration) {
    log_options.level = level_of(*configuration);
    log_options.queue = configuration->size("log.queue");
  }
  const auto log = log::make_line_logger(clock, log_options);
  if (!configuration) return refuse(*log, "configuration", configuration.error());
  log->emit(Event::config_loaded, {{"file", shell.config_file},
                                   {"keys", configuration->count(Origin::file)},
                                   {"environment", configuration->count(Origin::environment)},
                                   {"flags", configuration->count(Origin::flag)}});
  Running running;
  running.metrics = adapter::prometheus::make_metrics(clock);
  if (auto opened = open(running, *configuration, shell.data, *log); !opened) {
    return refuse(*log, "data directory", opened.error());
  }
  if (auto listening = listen(running, *configuration, shell.data, *log); !listening) {
    return refuse(*log, "listen", listening.error());
  }
  const int signal = signals.wait();
  signals.end_on_next();
  running.instance->service().start_draining();
  log->emit(Event::server_stopping, {{"signal", signal == SIGINT ? "SIGINT" : "SIGTERM"}});
  remove_server_file(shell.data);
  running.webhooks->stop();
  running.directories->stop();
  running.server->drain();
  running.server->stop();
  const auto uptime =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - started).count();
  log->emit(Event::server_stopped, {{"uptime_seconds", uptime}});
  return running.has_failed.load() ? kFailed : kDone;
}

}  // namespace rolecall::app
