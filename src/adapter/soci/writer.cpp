#include "writer.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <random>
#include <utility>

#include "unit_of_work.hpp"

namespace rolecall::adapter::soci {
namespace {

/// So that the first of a long queue does not wait for the last.
constexpr std::size_t kLargestBatch = 256;

Error unavailable(std::string statement) {
  store::DbError error;
  error.kind = store::DbError::Kind::busy;
  error.statement = std::move(statement);
  return store::to_error(error);
}

/// Of 128 bits; two processes that had the same one could take each other's transactions for their own.
std::string new_writer_id() {
  constexpr int kHexadecimal = 16;
  std::random_device random;
  std::string id;
  for (int i = 0; i < 4; ++i) {
    std::array<char, 8> digits{};
    const auto end =
        std::to_chars(digits.begin(), digits.end(), static_cast<std::uint32_t>(random()), kHexadecimal).ptr;
    id.append(8 - static_cast<std::size_t>(end - digits.begin()), '0').append(digits.begin(), end);
  }
  return id;
}

}  // namespace

Writer::Writer(const Engine& engine, std::unique_ptr<Session> session, const TextFolder& folder, Options options)
    : engine_(engine),
      folder_(folder),
      options_(std::move(options)),
      session_(std::move(session)),
      mark_{new_writer_id()} {
  thread_ = std::thread([this] { loop(); });
}

Writer::~Writer() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

bool Writer::has_failed() const {
  const std::lock_guard lock(mutex_);
  return has_failed_;
}

Result<void> Writer::write(const store::Store::Work& work) {
  Job job;
  job.work = &work;
  std::unique_lock lock(mutex_);
  if (has_failed_) return tl::unexpected<Error>(unavailable("writer_failed"));
  if (is_stopping_) return tl::unexpected<Error>(unavailable("writer_stopped"));
  if (queue_.size() >= options_.queue) return tl::unexpected<Error>(unavailable("write_queue_full"));
  queue_.push_back(&job);
  if (queue_.size() == 1) wake_.notify_one();
  if (!job.done.wait_for(lock, options_.timeout, [&] { return job.is_done; })) {
    // Still waiting in line: leave it. Once begun, the answer comes with the commit, whose waits have limits too.
    const auto place = std::find(queue_.begin(), queue_.end(), &job);
    if (place != queue_.end()) {
      queue_.erase(place);
      return tl::unexpected<Error>(unavailable("write_queue_timeout"));
    }
    job.done.wait(lock, [&] { return job.is_done; });
  }
  return std::move(job.outcome);
}

void Writer::loop() {
  std::vector<Job*> batch;
  for (;;) {
    batch.clear();
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return is_stopping_ || !queue_.empty(); });
      if (queue_.empty()) return;
      const auto count = static_cast<std::ptrdiff_t>(std::min(queue_.size(), kLargestBatch));
      batch.assign(queue_.begin(), queue_.begin() + count);
      queue_.erase(queue_.begin(), queue_.begin() + count);
    }
    process(batch);
    {
      const std::lock_guard lock(mutex_);
      // Under the lock: a job lives on its caller's stack and is gone once that caller runs on.
      for (Job* job : batch) {
        job->is_done = true;
        job->done.notify_one();
      }
    }
    // What was answered is safe in the log; what comes next is not.
    const std::string failure = options_.failure_beside ? options_.failure_beside() : std::string();
    if (!failure.empty()) give_up(failure);
    tend();
  }
}

/// Often at first, when there may be much that is new, and ever less often.
void Writer::tend() {
  const auto now = std::chrono::steady_clock::now();
  if (!session_ || session_->is_broken() || now < tended_next_) return;
  engine_.tend(*session_);
  if (session_->is_broken()) session_.reset();
  tended_next_ = now + tending_pause_;
  tending_pause_ += tending_pause_ / 2;
}

void Writer::process(const std::vector<Job*>& batch) {
  if (auto begun = begin(); !begun) {
    abandon();
    for (Job* job : batch) job->outcome = begun;
    return;
  }
  for (Job* job : batch) {
    const Place place = batch.size() == 1 ? Place::alone : (job == batch.back() ? Place::last : Place::followed);
    auto intact = run_in_savepoint(*job, place);
    if (!intact) {
      // The transaction is lost, and with it the work of those that had succeeded.
      abandon();
      for (Job* other : batch) other->outcome = intact;
      return;
    }
  }
  if (auto committed = commit(); !committed) {
    for (Job* job : batch) {
      if (job->outcome) job->outcome = committed;
    }
  }
}

Result<void> Writer::begin() {
  if (has_failed()) return tl::unexpected<Error>(unavailable("writer_failed"));
  // The connection may have been lost since it was used last; nothing is begun yet, so a second one may try.
  for (bool is_second = false;; is_second = true) {
    ROLECALL_TRY(connect());
    ++mark_.number;
    auto begun = session_->begin_write();
    if (begun) return {};
    if (!session_->is_broken() || is_second) return tl::unexpected<Error>(std::move(begun).error());
    session_.reset();
  }
}

Result<void> Writer::connect() {
  if (session_) return {};
  try {
    session_ = std::make_unique<Session>(engine_);
    return {};
  } catch (...) {
    return tl::unexpected<Error>(unavailable("connect"));
  }
}

/// Sets the job's outcome. Fails only when the whole transaction is gone.
Result<void> Writer::run_in_savepoint(Job& job, Place place) {
  ROLECALL_TRY(session_->begin_request());
  job.outcome = run_work(job);
  // What one that is alone leaves to be written goes with the commit.
  if (job.outcome && place != Place::alone) job.outcome = session_->end_request(place == Place::followed);
  // A full disk, and some I/O errors, end the transaction behind our back.
  if (!session_->is_in_transaction()) return tl::unexpected<Error>(unavailable("transaction_lost"));
  // On an engine that aborts, whoever goes on after a failed statement has written less than it thinks.
  if (job.outcome && session_->is_aborted())
    job.outcome = internal_error("a unit of work went on after a failed statement");
  if (!job.outcome) ROLECALL_TRY(session_->undo_request());
  return {};
}

Result<void> Writer::run_work(Job& job) {
  try {
    UnitOfWork unit(*session_, folder_);
    return (*job.work)(unit);
  } catch (const std::exception& exception) {
    return internal_error(std::string("exception in a unit of work: ") + exception.what());
  } catch (...) {
    return internal_error("exception in a unit of work");
  }
}

Result<void> Writer::commit() {
  auto committed = session_->commit(&mark_);
  if (committed) return {};
  if (session_->is_broken() && engine_.mark_statement() != nullptr && was_committed()) return {};
  if (session_ == nullptr) return tl::unexpected<Error>(std::move(committed).error());
  if (engine_.is_fatal(session_->last_error())) give_up(committed.error().note);
  Error error = std::move(committed).error();
  abandon();
  return tl::unexpected<Error>(std::move(error));
}

/// A later fsync may report success for pages that one lost, so nothing after it can be promised.
void Writer::give_up(const std::string& note) {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(has_failed_, true)) return;
  }
  if (options_.on_fatal) options_.on_fatal(note);
}

/// The connection was lost while it was told to commit: the database knows whether it did. Asked until it answers, or
/// the time for a write is over; then the client gets an error, and may find its change made.
bool Writer::was_committed() {
  constexpr auto kPause = std::chrono::milliseconds(100);
  const auto deadline = std::chrono::steady_clock::now() + options_.timeout;
  for (session_.reset(); std::chrono::steady_clock::now() < deadline; std::this_thread::sleep_for(kPause)) {
    if (!connect()) continue;
    const auto committed = engine_.was_committed(*session_, mark_);
    if (committed) return *committed;
    session_.reset();
  }
  return false;
}

/// Back to no transaction; with a new session when that is in doubt.
void Writer::abandon() {
  if (!session_) return;
  if (session_->is_in_transaction() && !session_->rollback()) session_.reset();
  if (session_ && session_->is_broken()) session_.reset();
}

}  // namespace rolecall::adapter::soci
