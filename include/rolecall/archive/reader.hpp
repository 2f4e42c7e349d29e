#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "rolecall/archive/summary.hpp"
#include "rolecall/base/digest.hpp"
#include "rolecall/base/running_digest.hpp"
#include "rolecall/store/archive.hpp"

namespace rolecall::archive {

/// No line is longer; a row of eight million characters, each of them escaped, is shorter.
inline constexpr std::size_t kLongestLine = std::size_t{256} << 20;

/// Reads what Writer wrote, and nothing else: every line has to be the one that Writer would have written, so that an
/// archive that was taken in comes out again byte for byte. Faults are `invalid_value` with the number of the line;
/// an archive of a newer program is `conflict`.
class Reader {
 public:
  /// Fills some of the buffer; how much, 0 at the end.
  using In = std::function<Result<std::size_t>(char* buffer, std::size_t size)>;

  /// `digest` is for the trail and outlives the reader; `running` is of SHA-256 and new.
  Reader(const Digest& digest, std::unique_ptr<RunningDigest> running, In in);

  /// Reads the first line: the schema that the rows are of.
  [[nodiscard]] Result<int> open();
  /// Gives every row to `into`, up to the end of the file. What was given counts only when this succeeds: the last
  /// line says how many rows there were, where the trails stood, and what the digest is. A trail that does not verify
  /// is in the summary, and no error.
  [[nodiscard]] Result<Summary> read(const store::ArchiveSchema& schema, store::RowSink& into);

 private:
  [[nodiscard]] Result<bool> next_line();
  [[nodiscard]] tl::unexpected<Error> fault(const std::string& sentence) const;

  const Digest& digest_;
  In in_;
  std::unique_ptr<RunningDigest> running_;
  std::string pending_;  ///< bytes that were read, from `at_` on not yet used
  std::size_t at_ = 0;
  std::string_view line_;    ///< without its end; in `pending_`
  std::int64_t number_ = 0;  ///< of the line
};

}  // namespace rolecall::archive
