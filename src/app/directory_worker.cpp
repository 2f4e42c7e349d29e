#include "directory_worker.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <exception>

#include "rolecall/adapter/curl/outside.hpp"
#include "rolecall/app/version.hpp"
#include "rolecall/base/key_id.hpp"
#include "webhook_sender.hpp"

namespace rolecall::app {
namespace {

/// How often an idle thread looks. The look is one read of a table that has a row for each directory.
constexpr auto kPause = std::chrono::milliseconds(250);
/// After a fault of the database.
constexpr auto kLongPause = std::chrono::seconds(5);
/// A test makes a handful of calls, each of which may take its time.
constexpr int kCallsOfATest = 8;

}  // namespace

DirectoryWorker::Options directory_options(const Configuration& configuration) {
  DirectoryWorker::Options options;
  options.threads = configuration.size("directories.threads");
  options.timeout = configuration.duration("directories.timeout");
  options.answer = configuration.size("directories.answer");
  options.egress = egress_policy(configuration);
  options.ca_file = configuration.text("egress.ca_file");
  return options;
}

DirectoryWorker::DirectoryWorker(const administration::Environment& environment, log::Logger& log,
                                 const Options& options)
    : environment_(environment), log_(log), options_(options) {
  for (std::size_t number = 0; number < options_.threads; ++number) {
    threads_.emplace_back([this] { run(); });
  }
}

DirectoryWorker::~DirectoryWorker() { stop(); }

void DirectoryWorker::stop() {
  {
    const std::scoped_lock lock(mutex_);
    is_stopping_.store(true);
  }
  wakes_.notify_all();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

void DirectoryWorker::report(const Error& error) {
  log_.emit(log::Event::directories_stuck, {{"note", error.note.empty() ? error.detail : error.note}});
  std::unique_lock lock(mutex_);
  wakes_.wait_for(lock, kLongPause, [&] { return is_stopping_.load(); });
}

void DirectoryWorker::run() {
  // Of this thread alone on Linux: whoever answers requests goes first.
  static_cast<void>(::setpriority(PRIO_PROCESS, 0, 10));
  while (!is_stopping_.load()) {
    try {
      if (test_one()) continue;
    } catch (const std::exception& error) {
      report(Error{ErrorCode::internal, {}, {}, error.what(), {}});
    }
    std::unique_lock lock(mutex_);
    wakes_.wait_for(lock, kPause, [&] { return is_stopping_.load(); });
  }
}

bool DirectoryWorker::test_one() {
  const auto test = administration::claim_directory_test(environment_, options_.timeout * kCallsOfATest);
  if (!test) {
    report(test.error());
    return false;
  }
  if (!*test) return false;
  const connector::Tested found = try_out(**test);
  if (is_stopping_.load() && found.trouble && found.trouble->status == 0) {
    static_cast<void>(administration::abandon_directory_test(environment_, **test));
    return true;
  }
  const auto state = administration::settle_directory_test(environment_, **test, found);
  if (!state) {
    report(state.error());
    return true;
  }
  if (!*state) return true;
  const connector::Trouble trouble = found.trouble.value_or(connector::Trouble{});
  log_.emit(log::Event::directory_tested, {{"workspace", (*test)->workspace},
                                           {"directory", (*test)->directory.id},
                                           {"state", administration::name_of(**state)},
                                           {"kind", found.trouble ? connector::name_of(trouble.kind) : ""},
                                           {"status", trouble.status},
                                           {"vendor_request", trouble.request_id}});
  return true;
}

connector::Tested DirectoryWorker::try_out(const administration::DirectoryTest& test) {
  connector::Tested found;
  found.is_usable = false;
  const auto* connector = connector::find_connector(test.directory.provider);
  if (connector == nullptr) {
    found.trouble = connector::no_reply("This version of the server does not know the provider.");
    return found;
  }
  if (!test.credential) {
    found.trouble =
        connector::no_reply("It was sealed with the key " + std::string(key_id_of(test.directory.credential)) +
                            ", which is not in keys/sealing any more.");
    found.trouble->kind = connector::Trouble::Kind::unauthorized;
    return found;
  }
  connector::Session session(
      *connector, *test.credential, test.directory.scopes, environment_.clock,
      [this, &domain = test.directory.domain](const connector::Call& call) { return send(domain, call); });
  return connector::test_access(session, test.directory.scopes);
}

connector::Answer<connector::Reply> DirectoryWorker::send(const std::string& domain, const connector::Call& call) {
  adapter::curl::OutsideOptions options;
  options.policy = options_.egress;
  options.timeout = options_.timeout;
  options.connect_timeout = options_.timeout;
  options.max_body = options_.answer;
  options.ca_file = options_.ca_file;
  options.is_cancelled = [this] { return is_stopping_.load(); };
  adapter::curl::OutsideRequest request{call.method, "https://" + domain + call.target, call.headers, call.body};
  request.headers.emplace_back("User-Agent", "rolecall/" + std::string(version()));
  auto reply = adapter::curl::send_outside(request, options);
  const int digit = reply ? std::clamp(reply->status / 100, 1, 5) : 0;
  answers_[static_cast<std::size_t>(digit)].fetch_add(1);
  if (!reply) return tl::unexpected(connector::no_reply(reply.error().detail));
  return connector::Reply{reply->status, std::move(reply->headers), std::move(reply->body)};
}

std::vector<metric::Sample> DirectoryWorker::samples() const {
  std::vector<metric::Sample> all;
  constexpr std::array<const char*, 6> kNames{"none", "1xx", "2xx", "3xx", "4xx", "5xx"};
  for (std::size_t digit = 0; digit < answers_.size(); ++digit) {
    all.push_back({"rolecall_directory_calls_total",
                   "Calls to the APIs of identity providers, by what they answered",
                   metric::Sample::Kind::counter,
                   static_cast<double>(answers_[digit].load()),
                   {{"answer", kNames[digit]}}});
  }
  return all;
}

}  // namespace rolecall::app
