#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "job_threads.hpp"
#include "rolecall/administration/deliveries.hpp"
#include "rolecall/app/configuration.hpp"
#include "rolecall/http/egress.hpp"
#include "rolecall/log/logger.hpp"
#include "rolecall/metric/metrics.hpp"

namespace rolecall::app {

[[nodiscard]] http::EgressPolicy egress_policy(const Configuration& configuration);

/// Delivers events from threads of its own, one webhook at a time each; no request waits for a receiver. Everything it
/// has to know is in the database, so a process that is killed leaves nothing behind but a lease that runs out.
class WebhookSender {
 public:
  struct Options {
    std::size_t threads = 2;
    std::chrono::milliseconds timeout{10'000};
    event::Policy policy;
    http::EgressPolicy egress;
    std::string ca_file;
    std::int64_t keep = 100'000;
    std::chrono::hours age{24 * 30};
  };

  WebhookSender(const administration::Environment& environment, log::Logger& log, const Options& options);
  WebhookSender(const WebhookSender&) = delete;
  WebhookSender& operator=(const WebhookSender&) = delete;
  ~WebhookSender();

  /// Gives up what is being sent, as if it had not been begun.
  void stop();
  [[nodiscard]] std::vector<metric::Sample> samples() const;

 private:
  /// Whether there was something to do.
  Result<bool> deliver_one();
  Result<void> settle(const administration::DeliveryJob& job, const event::Outcome& outcome);
  [[nodiscard]] event::Outcome send(const administration::DeliveryJob& job) const;
  /// On the first thread alone, now and then.
  Result<void> prune_when_due();
  void report(const Error& error);

  const administration::Environment& environment_;
  log::Logger& log_;
  Options options_;
  std::chrono::steady_clock::time_point next_prune_ = std::chrono::steady_clock::now();
  std::atomic<std::uint64_t> delivered_{0};
  std::atomic<std::uint64_t> failed_{0};
  JobThreads jobs_;  ///< last, because its threads use the rest
};

[[nodiscard]] WebhookSender::Options sender_options(const Configuration& configuration);

}  // namespace rolecall::app
