#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "refusal.hpp"
#include "rolecall/adapter/soci/sqlite_store.hpp"
#include "session.hpp"

namespace rolecall::adapter::soci {

/// What is the same for every engine: a pool of sessions that read and one that writes.
struct StoreParts {
  std::unique_ptr<Engine> reader;
  std::unique_ptr<Engine> writer;
  std::vector<Migration> migrations;
  std::size_t readers = 4;
  std::size_t write_queue = 1024;
  std::chrono::milliseconds lease_timeout{5000};
  std::function<void(std::string)> on_fatal;
  std::function<std::string()> failure_beside;  ///< see Writer::Options
  std::function<void(const Migration&)> on_migration;
  Refusal refusal;
};

/// Brings the schema up to date and opens the store.
[[nodiscard]] Result<std::unique_ptr<store::Store>> open_store(StoreParts parts, const TextFolder& folder,
                                                               const Clock& clock);

}  // namespace rolecall::adapter::soci
