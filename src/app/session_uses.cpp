#include "session_uses.hpp"

#include <algorithm>
#include <chrono>
#include <exception>

namespace rolecall::app {
namespace {

/// Uses gather for so long, so that many sessions cost one commit.
constexpr auto kGather = std::chrono::seconds(1);
constexpr auto kFlushLimit = std::chrono::seconds(5);
/// Sessions whose use waits to be written; of more it is forgotten.
constexpr std::size_t kMost = 4096;

}  // namespace

SessionUseWriter::SessionUseWriter(store::Store& store, log::Logger& log)
    : store_(store), log_(log), thread_([this] { run(); }) {}

SessionUseWriter::~SessionUseWriter() {
  {
    const std::scoped_lock lock(mutex_);
    is_stopping_ = true;
  }
  wakes_.notify_all();
  thread_.join();
}

void SessionUseWriter::note(const store::AdminSessionRecord& session, Instant at) noexcept {
  try {
    const std::scoped_lock lock(mutex_);
    if (uses_.size() >= kMost) return;
    Use& use = uses_[{session.workspace, session.id}];
    use = {std::max(use.at, at), std::max(use.before, session.used)};
    if (uses_.size() == 1) wakes_.notify_one();
  } catch (...) {
    // Without memory for it, this one is forgotten.
  }
}

void SessionUseWriter::flush() {
  std::unique_lock lock(mutex_);
  is_wanted_ = true;
  wakes_.notify_one();
  settles_.wait_for(lock, kFlushLimit, [&] { return uses_.empty() && !is_writing_; });
}

void SessionUseWriter::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wakes_.wait(lock, [&] { return !uses_.empty() || is_stopping_; });
    if (uses_.empty()) return;
    wakes_.wait_for(lock, kGather, [&] { return is_stopping_ || is_wanted_; });
    Uses taken;
    taken.swap(uses_);
    is_wanted_ = false;
    is_writing_ = true;
    lock.unlock();
    write(taken);
    lock.lock();
    is_writing_ = false;
    settles_.notify_all();
  }
}

void SessionUseWriter::write(const Uses& uses) {
  std::string note;
  try {
    const auto done = store_.write([&](store::UnitOfWork& unit) -> Result<void> {
      for (const auto& [session, use] : uses) {
        ROLECALL_TRY(unit.workspace(session.first).admin_sessions().note_use(session.second, use.at, use.before));
      }
      return {};
    });
    if (!done) note = done.error().note.empty() ? done.error().detail : done.error().note;
  } catch (const std::exception& error) {
    note = error.what();
  }
  if (!note.empty()) log_.emit(log::Event::session_uses_failed, {{"count", uses.size()}, {"note", note}});
}

}  // namespace rolecall::app
