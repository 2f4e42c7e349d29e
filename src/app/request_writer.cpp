#include "rolecall/app/request_writer.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <iterator>
#include <utility>

namespace rolecall::app {
namespace {

/// Entries gather for so long, so that a busy server pays one commit for many of them.
constexpr auto kGather = std::chrono::milliseconds(200);
constexpr auto kLongestRest = std::chrono::seconds(5);
constexpr auto kFlushLimit = std::chrono::seconds(2);
/// Rows of one unit of work: the writer of the store is not held for longer than a request's own change takes.
constexpr std::size_t kBatch = 256;
constexpr std::size_t kQueuedBytes = 16 * 1024 * 1024;
/// So many more than are kept may lie there for a while, and go in one unit of work.
constexpr std::int64_t kPruneEvery = 250;

/// Of the time of one processor the writer takes a twentieth at most: above that, records are dropped and requests are
/// not slowed. On two cores that are both busy with 12,000 GETs a second, writing each of them cost a tenth of those.
constexpr int kRestPerWork = 19;

bool is_mere_read(const store::LoggedRequest& request) {
  return request.error.empty() && (request.method == "GET" || request.method == "HEAD");
}

}  // namespace

RequestWriter::RequestWriter(store::Store& store, const Clock& clock, log::Logger& log, const Options& options)
    : store_(store), clock_(clock), log_(log), options_(options), thread_([this] { run(); }) {}

RequestWriter::~RequestWriter() {
  {
    const std::scoped_lock lock(mutex_);
    is_stopping_ = true;
  }
  wakes_.notify_all();
  thread_.join();
}

void RequestWriter::offer(audit::RequestEntry entry) noexcept {
  try {
    bool is_first = false;
    {
      const std::scoped_lock lock(mutex_);
      // What changed something, or was refused, is looked for later; a read of many is not.
      const std::size_t room = is_mere_read(entry.request) ? options_.queue / 2 : options_.queue;
      if (queue_.size() >= room) {
        dropped_.fetch_add(1);
        return;
      }
      if (queued_bytes_ + entry.body.size() > kQueuedBytes) {
        entry.body.clear();
        entry.request.body_state = "too long";
      }
      queued_bytes_ += entry.body.size();
      is_first = queue_.empty();
      queue_.push_back(std::move(entry));
      ++offered_;
    }
    if (is_first) wakes_.notify_one();
  } catch (...) {
    dropped_.fetch_add(1);
  }
}

void RequestWriter::flush() {
  std::unique_lock lock(mutex_);
  const std::uint64_t target = offered_;
  wanted_ = std::max(wanted_, target);
  wakes_.notify_one();
  settles_.wait_for(lock, kFlushLimit, [&] { return settled_ >= target; });
}

void RequestWriter::run() {
  // Of this thread alone on Linux: whoever answers requests goes first.
  static_cast<void>(::setpriority(PRIO_PROCESS, 0, 10));
  std::unique_lock lock(mutex_);
  for (;;) {
    wakes_.wait(lock, [&] { return !queue_.empty() || is_stopping_; });
    if (queue_.empty()) return;
    wakes_.wait_for(lock, kGather, [&] { return is_stopping_ || wanted_ > settled_; });
    std::vector<audit::RequestEntry> taken;
    taken.swap(queue_);
    queued_bytes_ = 0;
    lock.unlock();
    const std::size_t count = taken.size();
    const auto started = std::chrono::steady_clock::now();
    write(taken);
    const auto worked = std::chrono::steady_clock::now() - started;
    lock.lock();
    settled_ += count;
    settles_.notify_all();
    wakes_.wait_for(lock, std::min<std::chrono::nanoseconds>(worked * kRestPerWork, kLongestRest),
                    [&] { return is_stopping_ || wanted_ > settled_; });
  }
}

void RequestWriter::write(std::vector<audit::RequestEntry>& taken) {
  for (std::size_t at = 0; at < taken.size(); at += kBatch) {
    const auto begin = taken.begin() + static_cast<std::ptrdiff_t>(at);
    const auto end = begin + static_cast<std::ptrdiff_t>(std::min(kBatch, taken.size() - at));
    std::vector<audit::RequestEntry> batch(std::make_move_iterator(begin), std::make_move_iterator(end));
    std::string note;
    try {
      const auto written = audit::write_entries(store_, batch);
      if (!written) note = written.error().note.empty() ? written.error().detail : written.error().note;
    } catch (const std::exception& error) {
      note = error.what();
    }
    (note.empty() ? written_ : dropped_).fetch_add(batch.size());
    if (!note.empty()) log_.emit(log::Event::request_log_failed, {{"count", batch.size()}, {"note", note}});
  }
  since_prune_ += static_cast<std::int64_t>(taken.size());
  if (since_prune_ < std::min<std::int64_t>(kPruneEvery, options_.keep / 10 + 1)) return;
  since_prune_ = 0;
  std::string note;
  try {
    if (const auto pruned = prune(); !pruned) note = pruned.error().note;
  } catch (const std::exception& error) {
    note = error.what();
  }
  if (!note.empty()) log_.emit(log::Event::request_log_failed, {{"count", 0}, {"note", note}});
}

Result<void> RequestWriter::prune() {
  return store_.write([&](store::UnitOfWork& unit) -> Result<void> {
    ROLECALL_TRY_ASSIGN(const auto workspaces, unit.workspaces());
    const Instant oldest = clock_.now() - options_.age;
    for (const auto& workspace : workspaces) {
      ROLECALL_TRY(unit.workspace(workspace.id).request_log().prune(options_.keep, oldest));
    }
    return unit.workspace(WorkspaceId()).request_log().prune(options_.keep, oldest);
  });
}

}  // namespace rolecall::app
