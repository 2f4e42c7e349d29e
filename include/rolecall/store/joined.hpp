#pragma once

#include <string>
#include <vector>

#include "rolecall/store/store.hpp"

namespace rolecall::store {

/// A store whose units of work all are the one it was made with: use cases that are given it become parts of one
/// change, and see what the ones before them wrote. A failed write is not taken back by itself, so whoever owns the
/// unit has to fail with it; `has_failed` says whether there was one.
class JoinedStore final : public Store {
 public:
  JoinedStore(Store& store, UnitOfWork& unit) : store_(store), unit_(unit) {}

  [[nodiscard]] Result<void> read(const Work& work) override { return work(unit_); }
  [[nodiscard]] Result<void> write(const Work& work) override {
    auto done = work(unit_);
    has_failed_ = has_failed_ || !done;
    return done;
  }
  [[nodiscard]] Result<std::vector<std::string>> check() override { return store_.check(); }
  [[nodiscard]] bool has_failed() const { return has_failed_; }

 private:
  Store& store_;
  UnitOfWork& unit_;
  bool has_failed_ = false;
};

}  // namespace rolecall::store
