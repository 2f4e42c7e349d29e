#pragma once

#include <atomic>
#include <memory>
#include <string_view>

#include "rolecall/administration/environment.hpp"
#include "rolecall/administration/token_directory.hpp"
#include "rolecall/api/settings.hpp"
#include "rolecall/audit/request_log.hpp"
#include "rolecall/base/sealer.hpp"
#include "rolecall/http/message.hpp"
#include "rolecall/log/logger.hpp"
#include "rolecall/metric/metrics.hpp"
#include "rolecall/provisioning/provisioning.hpp"

namespace rolecall::api {

class ConnectionNames;
class Docs;
class KeysInFlight;
class Permissions;
class RateLimiter;

/// What the service is made of; the references outlive it.
struct Parts {
  const provisioning::Environment& provisioning;
  const administration::Environment& administration;
  administration::TokenDirectory& tokens;
  const Sealer& cursors;
  log::Logger& log;
  metric::Metrics& metrics;
  audit::RequestSink* requests = nullptr;  ///< none: SCIM requests are not recorded
};

/// Every HTTP face of the program: one request in, one response out. Thread-safe; nothing it calls may throw through.
class Service {
 public:
  Service(const Parts& parts, Settings settings);
  ~Service();
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  [[nodiscard]] http::Response handle(const http::Request& request) noexcept;

  /// The answer to a request that never became one (ServerHooks::refusal), in the format of its path.
  [[nodiscard]] http::Response refusal(int status, std::string_view detail, std::string_view path) const;
  /// ServerHooks::body_limit.
  [[nodiscard]] std::size_t body_limit(std::string_view method, std::string_view path) const;
  /// From now on `/healthz/ready` says no, so that nothing new is sent here.
  void start_draining() { draining_.store(true); }

 private:
  Parts parts_;
  Settings settings_;
  std::atomic<bool> draining_{false};
  std::unique_ptr<RateLimiter> rates_;
  std::unique_ptr<ConnectionNames> connections_;
  std::unique_ptr<Docs> docs_;
  std::unique_ptr<Permissions> permissions_;
  std::unique_ptr<KeysInFlight> keys_;
};

}  // namespace rolecall::api
