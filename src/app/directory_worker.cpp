#include "directory_worker.hpp"

#include <algorithm>

#include "rolecall/adapter/crypto/signer.hpp"
#include "rolecall/adapter/curl/outside.hpp"
#include "rolecall/app/version.hpp"
#include "rolecall/base/key_id.hpp"
#include "webhook_sender.hpp"

namespace rolecall::app {
namespace {

/// A test makes a handful of calls, each of which may take its time.
constexpr int kCallsOfATest = 8;
/// A page takes one call, or three where the token has ended on the way; the lease is renewed with each.
constexpr int kCallsOfAPage = 4;
/// Of one run, until somebody else's goes on.
constexpr auto kTurn = std::chrono::seconds(10);

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

DirectoryWorker::DirectoryWorker(const administration::Environment& environment,
                                 const provisioning::Environment& provisioning, log::Logger& log,
                                 const Options& options)
    : environment_(environment),
      provisioning_(provisioning),
      log_(log),
      options_(options),
      signer_(adapter::crypto::make_signer()),
      kept_(options.threads + 1),
      jobs_(
          options.threads == 0 ? 0 : options.threads + 1, [this](std::size_t thread) { return do_one(thread); },
          [this](const Error& error) { report(error); }) {}

DirectoryWorker::~DirectoryWorker() { stop(); }

void DirectoryWorker::stop() { jobs_.stop(); }

void DirectoryWorker::report(const Error& error) {
  log_.emit(log::Event::directories_stuck, {{"note", error.note.empty() ? error.detail : error.note}});
}

Result<bool> DirectoryWorker::do_one(std::size_t thread) {
  ROLECALL_TRY_ASSIGN(const bool was_urgent, do_urgent(thread));
  if (was_urgent || thread == 0) return was_urgent;
  // A test is short, and says whether reading is of any use.
  ROLECALL_TRY_ASSIGN(const bool has_tested, test_one());
  if (has_tested) return true;
  // Somebody waits for an action; a read can wait for it.
  ROLECALL_TRY_ASSIGN(const bool has_acted, act_one(thread));
  if (has_acted) return true;
  ROLECALL_TRY_ASSIGN(const bool has_log, read_log(thread));
  if (has_log) return true;
  return sync_one();
}

std::chrono::milliseconds DirectoryWorker::lease() const { return options_.timeout * kCallsOfAPage; }

Result<bool> DirectoryWorker::test_one() {
  ROLECALL_TRY_ASSIGN(const auto test,
                      administration::claim_directory_test(environment_, options_.timeout * kCallsOfATest));
  if (!test) return false;
  const connector::Tested found = try_out(*test);
  if (jobs_.is_stopping() && found.trouble && found.trouble->status == 0) {
    static_cast<void>(administration::abandon_directory_test(environment_, *test));
    return true;
  }
  ROLECALL_TRY_ASSIGN(const auto state, administration::settle_directory_test(environment_, *test, found));
  if (!state) return true;
  const connector::Trouble trouble = found.trouble.value_or(connector::Trouble{});
  log_.emit(log::Event::directory_tested, {{"workspace", test->workspace},
                                           {"directory", test->directory.id},
                                           {"state", administration::name_of(*state)},
                                           {"kind", found.trouble ? connector::name_of(trouble.kind) : ""},
                                           {"status", trouble.status},
                                           {"vendor_request", trouble.request_id}});
  return true;
}

Result<bool> DirectoryWorker::act_one(std::size_t thread) {
  ROLECALL_TRY_ASSIGN(auto job, administration::claim_action(environment_, action_lease()));
  if (!job) return false;
  ROLECALL_TRY(act_on(*job, thread));
  const auto& action = job->action;
  if (action.ended || action.state == access::ActionState::unknown) {
    log_.emit(log::Event::action_ended, {{"workspace", job->workspace},
                                         {"directory", job->directory.id},
                                         {"action", action.id},
                                         {"type", action.action},
                                         {"state", access::name_of(action.state)},
                                         {"status", action.vendor_status},
                                         {"vendor_request", action.vendor_request}});
  }
  return true;
}

Result<void> DirectoryWorker::act_on(administration::ActionJob& job, std::size_t thread) {
  if (!job.credential) return administration::settle_unsent(environment_, job, no_key());
  connector::Session& session = session_of(thread, job.workspace, job.directory, *job.credential);
  bool goes_on = true;
  while (goes_on) {
    if (jobs_.is_stopping()) return administration::release_action(environment_, job);
    // A token that cannot be had is no reason to think that anything was done.
    if (const auto access = session.open(); !access) {
      if (jobs_.is_stopping()) return administration::release_action(environment_, job);
      connector::Trouble trouble = access.error();
      session.hide_secrets(trouble);
      return administration::settle_unsent(environment_, job, trouble);
    }
    ROLECALL_TRY_ASSIGN(const auto call, administration::next_call(job));
    ROLECALL_TRY_ASSIGN(const bool is_mine, administration::begin_step(environment_, job, action_lease()));
    if (!is_mine) return {};
    const auto reply = session.call(call);
    auto answer = reply ? administration::read_answer(job, *reply, environment_.clock.now())
                        : administration::trouble_answer(reply.error());
    if (answer.trouble) session.hide_secrets(*answer.trouble);
    ROLECALL_TRY_ASSIGN(goes_on, administration::settle_step(environment_, job, answer, action_lease()));
  }
  return {};
}

Result<bool> DirectoryWorker::sync_one() {
  ROLECALL_TRY_ASSIGN(auto job, administration::claim_sync(environment_, lease()));
  if (!job) return false;
  const auto read = read_on(*job);
  ROLECALL_TRY(administration::release_sync(environment_, *job));
  ROLECALL_TRY(read);
  if (job->run.ended) {
    log_.emit(log::Event::directory_synced, {{"workspace", job->workspace},
                                             {"directory", job->directory.id},
                                             {"run", job->run.id},
                                             {"kind", administration::name_of(job->run.kind)},
                                             {"state", administration::name_of(job->run.state)},
                                             {"people", job->run.people.seen}});
  }
  return true;
}

Result<void> DirectoryWorker::read_on(administration::SyncJob& job) {
  const auto end = std::chrono::steady_clock::now() + kTurn;
  const auto* connector = connector::find_connector(job.directory.provider);
  if (connector == nullptr) return {};
  if (!job.credential) {
    ROLECALL_TRY(administration::store_trouble(environment_, job, no_key(), lease()));
    return {};
  }
  connector::Session session = session_with(job.workspace, job.directory, *job.credential);
  bool goes_on = true;
  while (goes_on && !jobs_.is_stopping() && std::chrono::steady_clock::now() < end) {
    const auto reply = session.call(administration::next_call(*connector, job.run));
    if (!reply && jobs_.is_stopping()) return {};
    const auto page = reply ? administration::read_page(*connector, job, *reply, environment_.clock.now())
                            : connector::Answer<administration::SyncPage>(tl::unexpected(reply.error()));
    if (page) {
      ROLECALL_TRY_ASSIGN(goes_on, administration::store_page(environment_, job, *page, lease()));
    } else {
      connector::Trouble trouble = page.error();
      session.hide_secrets(trouble);
      ROLECALL_TRY_ASSIGN(goes_on, administration::store_trouble(environment_, job, trouble, lease()));
    }
  }
  return {};
}

connector::Trouble DirectoryWorker::no_key() {
  auto trouble = connector::no_reply("No key opens it: test the directory, which says why.");
  trouble.kind = connector::Trouble::Kind::unauthorized;
  return trouble;
}

connector::Prover DirectoryWorker::prover_of(const store::DirectoryRecord& directory) {
  return {directory.domain, &environment_.ids, signer_.get(), &environment_.digest, &possession_};
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
  connector::Session session = session_with(test.workspace, test.directory, *test.credential);
  return connector::test_access(session, test.directory.scopes);
}

connector::Session DirectoryWorker::session_with(const WorkspaceId& workspace, const store::DirectoryRecord& directory,
                                                 const connector::Credential& credential) {
  const auto& connector = *connector::find_connector(directory.provider);
  const auto* shape = find_shape(connector, directory.credential_kind);
  connector::Prover prover = prover_of(directory);
  if (shape != nullptr && shape->needs_consent) {
    prover.renew = [this, workspace, directory](const Secret& rejected) {
      return consented(workspace, directory, rejected);
    };
  }
  return {
      connector,
      credential,
      directory.scopes,
      environment_.clock,
      [this, domain = directory.domain](const connector::Call& call) { return send(domain, call, options_.timeout); },
      std::move(prover)};
}

connector::Answer<connector::Reply> DirectoryWorker::send(const std::string& domain, const connector::Call& call,
                                                          std::chrono::milliseconds timeout) {
  adapter::curl::OutsideOptions options;
  options.policy = options_.egress;
  options.timeout = timeout;
  options.connect_timeout = timeout;
  options.max_body = options_.answer;
  options.ca_file = options_.ca_file;
  options.longest_url = http::kLongestRequestUrl;
  options.is_cancelled = [this] { return jobs_.is_stopping(); };
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
