#include "webhook_sender.hpp"

#include <algorithm>

#include "rolecall/adapter/curl/outside.hpp"
#include "rolecall/app/version.hpp"

namespace rolecall::app {
namespace {

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

// What nobody here delivers must not pile up all the same, so there is one thread at least.
WebhookSender::WebhookSender(const administration::Environment& environment, log::Logger& log, const Options& options)
    : environment_(environment),
      log_(log),
      options_(options),
      jobs_(
          std::max<std::size_t>(options.threads, 1),
          [this](std::size_t number) -> Result<bool> {
            if (number == 0) ROLECALL_TRY(prune_when_due());
            return options_.threads > 0 ? deliver_one() : false;
          },
          [this](const Error& error) { report(error); }) {}

WebhookSender::~WebhookSender() { stop(); }

void WebhookSender::stop() { jobs_.stop(); }

void WebhookSender::report(const Error& error) {
  log_.emit(log::Event::webhooks_stuck, {{"note", error.note.empty() ? error.detail : error.note}});
}

Result<void> WebhookSender::prune_when_due() {
  if (std::chrono::steady_clock::now() < next_prune_) return {};
  next_prune_ = std::chrono::steady_clock::now() + kPruneEvery;
  return administration::prune_events(environment_, options_.keep, options_.age);
}

Result<bool> WebhookSender::deliver_one() {
  ROLECALL_TRY_ASSIGN(const auto job, administration::claim_delivery(environment_, options_.timeout + kLeaseMargin));
  if (!job) return false;
  const event::Outcome outcome = send(*job);
  if (outcome.status == 0 && jobs_.is_stopping()) {
    static_cast<void>(administration::abandon_delivery(environment_, *job));
  } else {
    ROLECALL_TRY(settle(*job, outcome));
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
  options.is_cancelled = [this] { return jobs_.is_stopping(); };
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

Result<void> WebhookSender::settle(const administration::DeliveryJob& job, const event::Outcome& outcome) {
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
  ROLECALL_TRY(administration::settle_delivery(environment_, job, options_.policy, outcome));
  if (outcome.is_gone()) {
    log_.emit(log::Event::webhook_paused, {{"workspace", job.workspace}, {"webhook", job.webhook.id}});
  }
  return {};
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
