#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "rolecall/administration/admin_sessions.hpp"
#include "rolecall/log/logger.hpp"

namespace rolecall::app {

/// Gathers uses of sessions and writes them from a thread of its own, many at a time: no request waits for it. A use
/// that is lost lets a session end a minute early, and nothing else.
class SessionUseWriter final : public administration::SessionUses {
 public:
  /// Both outlive it.
  SessionUseWriter(store::Store& store, log::Logger& log);
  SessionUseWriter(const SessionUseWriter&) = delete;
  SessionUseWriter& operator=(const SessionUseWriter&) = delete;
  /// Writes what is left.
  ~SessionUseWriter() override;

  void note(const store::AdminSessionRecord& session, Instant at) noexcept override;
  /// Waits, not for long, until what was noted before is written.
  void flush();

 private:
  struct Use {
    Instant at{};
    Instant before{};  ///< the one that was stored; another replica may have stored a later one since
  };
  using Uses = std::map<std::pair<WorkspaceId, SessionId>, Use>;
  void run();
  void write(const Uses& uses);

  store::Store& store_;
  log::Logger& log_;
  std::mutex mutex_;
  std::condition_variable wakes_;
  std::condition_variable settles_;
  Uses uses_;
  bool is_writing_ = false;
  bool is_wanted_ = false;  ///< somebody waits
  bool is_stopping_ = false;
  std::thread thread_;
};

}  // namespace rolecall::app
