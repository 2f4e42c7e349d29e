#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace rolecall::archive {

/// The number of the form in which files are written. A reader refuses a higher one.
inline constexpr int kFormat = 1;

/// Where the trail of a workspace stands.
struct TrailHead {
  std::string workspace;
  std::int64_t rows = 0;
  std::string hash;  ///< of the newest row
  /// The first row that does not follow from the one before it; none when the chain holds.
  std::optional<std::int64_t> first_bad_seq;
};

/// What an archive holds.
struct Summary {
  int schema = 0;
  std::vector<std::pair<std::string, std::int64_t>> counts;  ///< rows of each table, in the order of the file
  std::int64_t rows = 0;
  std::vector<TrailHead> trails;  ///< of the workspaces that have one, by id
  std::string sha256;             ///< over every line but the last, in hex
};

/// The first trail that does not verify.
[[nodiscard]] const TrailHead* find_broken(const Summary& summary);

}  // namespace rolecall::archive
