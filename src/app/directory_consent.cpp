#include <algorithm>
#include <thread>

#include "directory_worker.hpp"

// Access that an administrator consented to: one set of tokens for all replicas and threads, replaced with each
// renewal.

namespace rolecall::app {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// For all calls of a renewal. Short: until the lease is over nobody else can go on with one that was cut off, and what
/// it was made with counts for no more than half a minute at Okta.
constexpr milliseconds kLongestRenewal{10'000};
constexpr milliseconds kMargin{5'000};
/// Between two looks whether somebody else has done it.
constexpr milliseconds kPause{50};

}  // namespace

Result<std::optional<connector::Answer<connector::Access>>> DirectoryWorker::work_on(
    const administration::ConsentJob& job) {
  const auto end = steady_clock::now() + std::min(options_.timeout, kLongestRenewal);
  const connector::Send bounded_send = [&](const connector::Call& call) -> connector::Answer<connector::Reply> {
    const auto left = std::chrono::duration_cast<milliseconds>(end - steady_clock::now());
    if (left <= milliseconds::zero()) return tl::unexpected(connector::no_reply("No answer came in time."));
    return send(job.directory.domain, call, left);
  };
  ROLECALL_TRY_ASSIGN(auto done,
                      administration::work_on_consent(environment_, job, bounded_send, prover_of(job.directory)));
  const bool is_good = done && *done;
  const connector::Trouble trouble = done && !*done ? done->error() : connector::Trouble{};
  log_.emit(log::Event::directory_consent_worked_on,
            {{"workspace", job.workspace},
             {"directory", job.directory.id},
             {"what", job.consent.code.empty() ? "renewal" : "exchange"},
             {"outcome", !done     ? "overtaken"
                         : is_good ? "done"
                                   : "failed"},
             {"kind", done && !is_good ? connector::name_of(trouble.kind) : ""},
             {"status", trouble.status},
             {"vendor_request", trouble.request_id}});
  return done;
}

Result<bool> DirectoryWorker::follow_consent() {
  ROLECALL_TRY_ASSIGN(const auto job, administration::claim_consent(environment_, kLongestRenewal + kMargin));
  if (!job) return false;
  if (jobs_.is_stopping()) {
    ROLECALL_TRY(administration::abandon_consent(environment_, *job));
    return true;
  }
  ROLECALL_TRY(work_on(*job));
  return true;
}

connector::Answer<connector::Access> DirectoryWorker::consented(const WorkspaceId& workspace,
                                                                const store::DirectoryRecord& directory,
                                                                const Secret& rejected) {
  const auto lease = kLongestRenewal + kMargin;
  // Whoever holds the lease has ended by then, or is overtaken.
  const auto end = steady_clock::now() + 2 * lease;
  while (steady_clock::now() < end && !jobs_.is_stopping()) {
    auto reach = administration::reach_consented(environment_, workspace, directory, rejected, lease);
    if (!reach) return tl::unexpected(connector::no_reply("What was consented to cannot be read just now."));
    if (reach->trouble) return tl::unexpected(std::move(*reach->trouble));
    if (reach->access) return std::move(*reach->access);
    if (reach->job) {
      auto done = work_on(*reach->job);
      if (!done) return tl::unexpected(connector::no_reply("What was renewed could not be stored."));
      if (*done) return std::move(**done);
    } else {
      std::this_thread::sleep_for(kPause);
    }
  }
  return tl::unexpected(connector::no_reply("The access is being renewed elsewhere."));
}

}  // namespace rolecall::app
