#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rolecall/administration/environment.hpp"
#include "rolecall/connector/session.hpp"

// What an identity provider tells by itself. An event is a hint and no more: it comes late, twice, in any order or not
// at all, and says who is to be read again. What is read decides. Deliveries are stored and answered; the reading is
// done by whoever reads directories.

namespace rolecall::administration {

struct Delivered {
  WorkspaceId workspace;
  std::size_t events = 0;  ///< that could be read
  std::size_t added = 0;   ///< that were not known
};
/// Takes the body of one delivery. `unauthenticated`, always with the same words, where there is no such directory or
/// hook, or `presented` is not its secret: then nothing is written. `invalid_syntax` and `too_many` for what can never
/// be read.
[[nodiscard]] Result<Delivered> receive_events(const Environment& environment, std::string_view provider,
                                               const DirectoryId& directory, std::string_view presented,
                                               std::string_view body);
/// Whether a directory of that provider has a hook, of which the provider may ask whether it is there.
[[nodiscard]] Result<bool> has_hook(const Environment& environment, std::string_view provider,
                                    const DirectoryId& directory);

// For who reads.

/// Somebody of whom something was told.
struct RereadJob {
  WorkspaceId workspace;
  store::RereadRecord wanted;
  store::DirectoryRecord directory;
  std::string lease;
  std::optional<connector::Credential> credential;  ///< none when no key opens it
};
[[nodiscard]] Result<std::optional<RereadJob>> claim_reread(const Environment& environment,
                                                            std::chrono::milliseconds lease);
/// What was read of them, each list to its end; none of a list that was not asked for, or that may not be read.
struct ReadAgain {
  connector::Answer<connector::Person> person;
  std::optional<std::vector<connector::DirectoryGroup>> groups = {};
  std::optional<std::vector<connector::HeldApplication>> applications = {};
};
enum class Reread {
  done,        ///< stored, or it was nobody's business any more
  postponed,   ///< for a reason that may pass
  look_again,  ///< a list lacks something that was there, so it is to be read once more
};
/// `is_second_look`: the lists are those of both reads together.
[[nodiscard]] Result<Reread> store_reread(const Environment& environment, const RereadJob& job, const ReadAgain& read,
                                          bool is_second_look);
/// As if it had not been claimed.
[[nodiscard]] Result<void> abandon_reread(const Environment& environment, const RereadJob& job);

/// The provider's own log, where reading it is granted: it brings what no hook delivered.
struct LogJob {
  WorkspaceId workspace;
  store::DirectoryLogRecord log;
  store::DirectoryRecord directory;
  std::string lease;
  std::optional<connector::Credential> credential;  ///< none when no key opens it
};
[[nodiscard]] Result<std::optional<LogJob>> claim_log(const Environment& environment, std::chrono::milliseconds lease);
[[nodiscard]] connector::Call next_call(const connector::Connector& connector, const store::DirectoryLogRecord& log);
/// Stores the page with where it goes on, or what was in its way, and moves `job.log` on. False when there is nothing
/// more for now, or it is no longer the caller's.
[[nodiscard]] Result<bool> store_log_page(const Environment& environment, LogJob& job,
                                          const connector::Answer<connector::Page<connector::DirectoryEvent>>& page,
                                          std::chrono::milliseconds lease);
[[nodiscard]] Result<void> release_log(const Environment& environment, const LogJob& job);

}  // namespace rolecall::administration
