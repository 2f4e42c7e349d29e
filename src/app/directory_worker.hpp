#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "job_threads.hpp"
#include "rolecall/administration/action_engine.hpp"
#include "rolecall/administration/consents.hpp"
#include "rolecall/administration/directories.hpp"
#include "rolecall/administration/directory_events.hpp"
#include "rolecall/administration/directory_hooks.hpp"
#include "rolecall/administration/sync_runs.hpp"
#include "rolecall/app/configuration.hpp"
#include "rolecall/http/egress.hpp"
#include "rolecall/log/logger.hpp"
#include "rolecall/metric/metrics.hpp"
#include "rolecall/provisioning/directory_access.hpp"

namespace rolecall::app {

/// Calls the APIs of identity providers from threads of its own; no request waits for one. Everything it has to know is
/// in the database, so a process that is killed leaves nothing behind but a lease that runs out. One thread more than
/// was asked for does only what somebody waits for: whoever was suspended there loses access here within seconds, also
/// while directories are being read.
class DirectoryWorker {
 public:
  struct Options {
    std::size_t threads = 2;
    std::chrono::milliseconds timeout{30'000};
    std::size_t answer = 16 * 1024 * 1024;
    http::EgressPolicy egress;
    std::string ca_file;
  };

  DirectoryWorker(const administration::Environment& environment, const provisioning::Environment& provisioning,
                  log::Logger& log, const Options& options);
  DirectoryWorker(const DirectoryWorker&) = delete;
  DirectoryWorker& operator=(const DirectoryWorker&) = delete;
  ~DirectoryWorker();

  /// Gives up what is under way, as if it had not been begun.
  void stop();
  [[nodiscard]] std::vector<metric::Sample> samples() const;

 private:
  /// Whether there was something to do.
  Result<bool> do_one(std::size_t thread);
  /// What is short, and waited for.
  Result<bool> do_urgent(std::size_t thread);
  Result<bool> end_access();
  Result<bool> make_hook(std::size_t thread);
  Result<bool> follow_consent();
  Result<bool> reread_one(std::size_t thread);
  [[nodiscard]] administration::ReadAgain read_again(connector::Session& session, const administration::RereadJob& job);
  Result<bool> read_log(std::size_t thread);
  Result<bool> test_one();
  Result<bool> act_one(std::size_t thread);
  Result<bool> sync_one();
  /// Step by step until it has ended or waits.
  Result<void> act_on(administration::ActionJob& job, std::size_t thread);
  /// Page by page for a while, so that others get their turn.
  Result<void> read_on(administration::SyncJob& job);
  [[nodiscard]] std::chrono::milliseconds lease() const;
  [[nodiscard]] std::chrono::milliseconds action_lease() const { return options_.timeout + kActionMargin; }
  [[nodiscard]] connector::Tested try_out(const administration::DirectoryTest& test);
  [[nodiscard]] connector::Session session_with(const WorkspaceId& workspace, const store::DirectoryRecord& directory,
                                                const connector::Credential& credential);
  /// Access that came of a consent, of which there is one for all replicas.
  [[nodiscard]] connector::Answer<connector::Access> consented(const WorkspaceId& workspace,
                                                               const store::DirectoryRecord& directory,
                                                               const Secret& rejected);
  /// None when somebody else has done it meanwhile.
  Result<std::optional<connector::Answer<connector::Access>>> work_on(const administration::ConsentJob& job);
  [[nodiscard]] connector::Answer<connector::Reply> send(const std::string& domain, const connector::Call& call,
                                                         std::chrono::milliseconds timeout);
  /// Of this thread and directory: a token is good for many calls.
  [[nodiscard]] connector::Session& session_of(std::size_t thread, const WorkspaceId& workspace,
                                               const store::DirectoryRecord& directory,
                                               const connector::Credential& credential);
  /// Why nothing is sent where the credential does not open.
  [[nodiscard]] static connector::Trouble no_key();
  [[nodiscard]] connector::Prover prover_of(const store::DirectoryRecord& directory);
  void report(const Error& error);

  /// Behind the time that a call may take. Short, because an action that was cut off is known for one only when the
  /// lease of whoever made it is over; a lease that runs out too soon does no harm, as nothing is done twice for it.
  static constexpr std::chrono::seconds kActionMargin{10};
  /// With what the latest calls of a thread were made.
  struct Kept {
    std::string credential;  ///< sealed; another one is another session
    std::vector<std::string> scopes;
    std::unique_ptr<connector::Session> session;
  };

  const administration::Environment& environment_;
  const provisioning::Environment& provisioning_;
  log::Logger& log_;
  Options options_;
  std::array<std::atomic<std::uint64_t>, 6> answers_{};  ///< by the first digit of the status; 0: none came
  std::unique_ptr<Signer> signer_;
  connector::Possession possession_;
  std::vector<Kept> kept_;  ///< by thread
  JobThreads jobs_;         ///< last, because its threads use the rest
};

[[nodiscard]] DirectoryWorker::Options directory_options(const Configuration& configuration);

}  // namespace rolecall::app
