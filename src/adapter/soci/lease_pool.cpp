#include "lease_pool.hpp"

#include "transaction.hpp"

namespace rolecall::adapter::soci {

Lease::~Lease() {
  if (!session_) return;
  if (!session_->is_broken() && session_->is_in_transaction() && !session_->execute(kRollback, {})) session_.reset();
  if (session_ && session_->is_broken()) session_.reset();
  pool_->give_back(std::move(session_));
}

Result<Lease> LeasePool::lease() {
  std::unique_ptr<Session> session;
  {
    std::unique_lock lock(mutex_);
    if (!returned_.wait_for(lock, timeout_, [this] { return !idle_.empty(); })) {
      store::DbError error;
      error.kind = store::DbError::Kind::timeout;
      error.statement = "lease";
      return tl::unexpected<Error>(store::to_error(error));
    }
    session = std::move(idle_.back());
    idle_.pop_back();
  }
  if (!session) {
    try {
      session = std::make_unique<Session>(engine_);
    } catch (...) {
      store::DbError error = engine_.current_error();
      error.kind = store::DbError::Kind::connection;
      error.statement = "connect";
      give_back(nullptr);
      return tl::unexpected<Error>(store::to_error(error));
    }
  }
  return Lease(*this, std::move(session));
}

void LeasePool::give_back(std::unique_ptr<Session> session) {
  {
    const std::lock_guard lock(mutex_);
    // The latest one on top: its statements and pages are warm.
    idle_.push_back(std::move(session));
  }
  returned_.notify_one();
}

}  // namespace rolecall::adapter::soci
