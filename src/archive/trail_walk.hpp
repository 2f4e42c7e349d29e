#pragma once

#include <optional>
#include <vector>

#include "rolecall/archive/summary.hpp"
#include "rolecall/base/digest.hpp"
#include "rolecall/store/archive.hpp"
#include "rolecall/store/records.hpp"

namespace rolecall::archive {

/// Follows the chains of the audit as its rows pass by, in order of workspace and number.
class TrailWalk {
 public:
  explicit TrailWalk(const Digest& digest) : digest_(digest) {}

  /// Takes note of a row if it is one of the audit.
  void row(const store::ArchiveTable& table, const store::Cells& cells);
  [[nodiscard]] std::vector<TrailHead> take() { return std::move(trails_); }

 private:
  const Digest& digest_;
  std::vector<TrailHead> trails_;
};

}  // namespace rolecall::archive
