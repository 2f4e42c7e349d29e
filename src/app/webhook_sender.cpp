#include "webhook_sender.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <exception>

#include "rolecall/adapter/curl/outside.hpp"
#include "rolecall/app/version.hpp"

namespace rolecall::app {
namespace {

/// How often an idle thread looks. The look is one read of a table that has a row for each webhook.
constexpr auto kPause = std::chrono::milliseconds(250);
/// After a fault of the database.
constexpr auto kLongPause = std::chrono::seconds(5);
/// Ten thousand events may go each time: more than any server makes in between.
constexpr auto kPruneEvery = std::chrono::seconds(15);
/// A lease outlasts the request that it is for, and what the database may take to store its outcome.
constexpr auto kLeaseMargin = std::chrono::seconds(30);

}  // namespace

http::EgressPolicy egress_policy(const Configuration& configuration) {
  http::EgressPolicy policy;
  policy.allows_plain_http = configuration.text("egress.plain_http") == "true";
  std::string_view rest = configuration.text("egress.allow");
  while (!rest.empty()) {
    const auto comma = rest.find(',');
    if (const auto network = http::parse_network(rest.substr(0, comma))) policy.allowed.push_back(*network);
    rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
  }
  return policy;
}

WebhookSender::Options sender_options(const Configuration& configuration) {
  WebhookSender::Options options;
  options.threads = configuration.size("webhooks.threads");
  options.timeout = configuration.duration("webhooks.timeout");
  options.policy.first_retry = configuration.duration("webhooks.first_retry");
  options.policy.longest_retry = configuration.duration("webhooks.longest_retry");
  options.policy.give_up = configuration.duration("webhooks.give_up");
  options.egress = egress_policy(configuration);
  options.ca_file = configuration.text("egress.ca_file");
  options.keep = configuration.integer("webhooks.keep");
  options.age = std::chrono::hours(24) * configuration.integer("webhooks.days");
  return options;
}

WebhookSender::WebhookSender(const administration::Environment& environment, log::Logger& log, const Options& options)
    : environment_(environment), log_(log), options_(options) {
  // What nobody here delivers must not pile up all the same, so there is one thread at least.
  for (std::size_t number = 0; number < std::max<std::size_t>(options_.threads, 1); ++number) {
    threads_.emplace_back([this, number] { run(number); });
  }
}

WebhookSender::~WebhookSender() { stop(); }

void WebhookSender::stop() {
  {
    const std::scoped_lock lock(mutex_);
    is_stopping_.store(true);
  }
  wakes_.notify_all();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

void WebhookSender::report(const Error& error) {
  log_.emit(log::Event::webhooks_stuck, {{"note", error.note.empty() ? error.detail : error.note}});
  std::unique_lock lock(mutex_);
  wakes_.wait_for(lock, kLongPause, [&] { return is_stopping_.load(); });
}

void WebhookSender::run(std::size_t number) {
  // Of this thread alone on Linux: whoever answers requests goes first.
  static_cast<void>(::setpriority(PRIO_PROCESS, 0, 10));
  auto next_prune = std::chrono::steady_clock::now();
  while (!is_stopping_.load()) {
    try {
      if (number == 0 && std::chrono::steady_clock::now() >= next_prune) {
        prune();
        next_prune = std::chrono::steady_clock::now() + kPruneEvery;
      }
      if (options_.threads > 0 && deliver_one()) continue;
    } catch (const std::exception& error) {
      report(Error{ErrorCode::internal, {}, {}, error.what(), {}});
    }
    std::unique_lock lock(mutex_);
    wakes_.wait_for(lock, kPause, [&] { return is_stopping_.load(); });
  }
}

void WebhookSender::prune() {
  if (const auto done = administration::prune_events(environment_, options_.keep, options_.age); !done) {
    report(done.error());
  }
}

bool WebhookSender::deliver_one() {
  const auto job = administration::claim_delivery(environment_, options_.timeout + kLeaseMargin);
  if (!job) {
    report(job.error());
    return false;
  }
  if (!*job) return false;
  const event::Outcome outcome = send(**job);
  if (outcome.status == 0 && is_stopping_.load()) {
    static_cast<void>(administration::abandon_delivery(environment_, **job));
  } else {
    settle(**job, outcome);
  }
  return true;
}

event::Outcome WebhookSender::send(const administration::DeliveryJob& job) const {
  event::Outcome outcome;
  if (job.signature.empty()) {
    outcome.reason = "The key that seals its secret has changed; rotate the secret.";
    return outcome;
  }
  adapter::curl::OutsideOptions options;
  options.policy = options_.egress;
  options.timeout = options_.timeout;
  options.connect_timeout = options_.timeout;
  options.ca_file = options_.ca_file;
  options.is_cancelled = [this] { return is_stopping_.load(); };
  const auto started = std::chrono::steady_clock::now();
  const auto answer = adapter::curl::post_outside(job.webhook.url,
                                                  {{"Content-Type", "application/json"},
                                                   {"User-Agent", "rolecall/" + std::string(version())},
                                                   {"webhook-id", job.event.value()},
                                                   {"webhook-timestamp", std::to_string(job.seconds)},
                                                   {"webhook-signature", job.signature}},
                                                  job.body, options);
  outcome.took = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - started);
  if (answer) {
    outcome.status = answer->status;
    outcome.retry_after = answer->retry_after;
  } else {
    outcome.reason = answer.error().detail;
  }
  return outcome;
}

void WebhookSender::settle(const administration::DeliveryJob& job, const event::Outcome& outcome) {
  const bool is_delivered = outcome.is_delivered();
  (is_delivered ? delivered_ : failed_).fetch_add(1);
  if (!is_delivered) {
    log_.emit(log::Event::webhook_failed, {{"workspace", job.workspace},
                                           {"webhook", job.webhook.id},
                                           {"delivery", job.event},
                                           {"attempt", job.delivery.attempts + 1},
                                           {"status", outcome.status},
                                           {"note", outcome.reason}});
  }
  const auto settled = administration::settle_delivery(environment_, job, options_.policy, outcome);
  if (!settled) return report(settled.error());
  if (outcome.is_gone()) {
    log_.emit(log::Event::webhook_paused, {{"workspace", job.workspace}, {"webhook", job.webhook.id}});
  }
}

std::vector<metric::Sample> WebhookSender::samples() const {
  const auto attempts = [](const char* outcome, std::uint64_t value) {
    return metric::Sample{"rolecall_webhook_attempts_total",
                          "Attempts to deliver an event to a webhook",
                          metric::Sample::Kind::counter,
                          static_cast<double>(value),
                          {{"outcome", outcome}}};
  };
  return {attempts("delivered", delivered_.load()), attempts("failed", failed_.load())};
}

}  // namespace rolecall::app
