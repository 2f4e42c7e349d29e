#include "housekeeper.hpp"

#include <chrono>
#include <exception>

#include "rolecall/provisioning/held_changes.hpp"

namespace rolecall::app {
namespace {

constexpr std::chrono::seconds kEvery{30};
constexpr int kLooksPerHour = 120;

}  // namespace

Housekeeper::Housekeeper(const provisioning::Environment& provisioning,
                         const administration::Environment& administration, const administration::Retention& retention,
                         log::Logger& log)
    : provisioning_(provisioning), administration_(administration), retention_(retention), log_(log), thread_([this] {
        run();
      }) {}

Housekeeper::~Housekeeper() {
  {
    const std::scoped_lock lock(mutex_);
    is_stopping_ = true;
  }
  stops_.notify_all();
  thread_.join();
}

void Housekeeper::run() {
  std::unique_lock lock(mutex_);
  for (int looks = 0; !is_stopping_; looks = (looks + 1) % kLooksPerHour) {
    lock.unlock();
    apply_held();
    end_far_times();
    if (looks == 0) forget();
    lock.lock();
    stops_.wait_for(lock, kEvery, [&] { return is_stopping_; });
  }
}

/// Runs it, and says when it fails; the next look tries again.
template <typename F>
void Housekeeper::guarded(log::Event failure, F&& work) {
  std::string note;
  try {
    const Result<void> done = work();
    if (!done) note = done.error().note.empty() ? done.error().detail : done.error().note;
  } catch (const std::exception& error) {
    note = error.what();
  }
  if (!note.empty()) log_.emit(failure, {{"note", note}});
}

void Housekeeper::apply_held() {
  guarded(log::Event::guard_timer_failed, [&]() -> Result<void> {
    ROLECALL_TRY_ASSIGN(const auto applied, provisioning::apply_due(provisioning_));
    if (applied > 0) log_.emit(log::Event::held_changes_applied, {{"count", applied}});
    return {};
  });
}

void Housekeeper::end_far_times() {
  guarded(log::Event::housekeeping_failed, [&]() -> Result<void> {
    ROLECALL_TRY_ASSIGN(const auto ended, administration::end_far_times(administration_));
    if (ended > 0) log_.emit(log::Event::clock_was_ahead, {{"count", ended}});
    return {};
  });
}

void Housekeeper::forget() {
  guarded(log::Event::housekeeping_failed, [&] { return provisioning::forget_taken(provisioning_); });
  guarded(log::Event::housekeeping_failed, [&] { return administration::forget_old(administration_, retention_); });
}

}  // namespace rolecall::app
