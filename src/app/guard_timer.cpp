#include "guard_timer.hpp"

#include <chrono>
#include <exception>

#include "rolecall/provisioning/held_changes.hpp"

namespace rolecall::app {
namespace {

constexpr std::chrono::seconds kEvery{30};
constexpr int kLooksPerHour = 120;

}  // namespace

GuardTimer::GuardTimer(const provisioning::Environment& environment, log::Logger& log)
    : environment_(environment), log_(log), thread_([this] { run(); }) {}

GuardTimer::~GuardTimer() {
  {
    const std::scoped_lock lock(mutex_);
    is_stopping_ = true;
  }
  stops_.notify_all();
  thread_.join();
}

void GuardTimer::run() {
  std::unique_lock lock(mutex_);
  for (int looks = 0; !is_stopping_; looks = (looks + 1) % kLooksPerHour) {
    lock.unlock();
    look(looks == 0);
    lock.lock();
    stops_.wait_for(lock, kEvery, [&] { return is_stopping_; });
  }
}

void GuardTimer::look(bool is_full_hour) {
  std::string note;
  try {
    const auto applied = provisioning::apply_due(environment_);
    if (applied && *applied > 0) log_.emit(log::Event::held_changes_applied, {{"count", *applied}});
    if (!applied) note = applied.error().note.empty() ? applied.error().detail : applied.error().note;
    const auto forgotten = is_full_hour ? provisioning::forget_taken(environment_) : Result<void>();
    if (!forgotten) note = forgotten.error().note.empty() ? forgotten.error().detail : forgotten.error().note;
  } catch (const std::exception& error) {
    note = error.what();
  }
  if (!note.empty()) log_.emit(log::Event::guard_timer_failed, {{"note", note}});
}

}  // namespace rolecall::app
