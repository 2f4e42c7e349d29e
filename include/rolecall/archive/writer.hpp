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

class TrailWalk;

/// Writes rows as lines of JSON (RFC 8259), in a form of which each content has exactly one: no instant, no name of an
/// engine, every table even when it is empty. db/README.md describes it.
class Writer final : public store::RowSink {
 public:
  /// Takes some of the bytes; they come in order.
  using Out = std::function<Result<void>(std::string_view)>;

  /// `digest` is for the trail and outlives the writer; `running` is of SHA-256 and new.
  Writer(const Digest& digest, std::unique_ptr<RunningDigest> running, Out out);
  ~Writer() override;
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  /// Once, before the first row.
  void begin(const store::ArchiveSchema& schema);
  /// `internal` for a text that is not UTF-8 or holds U+0000: no engine may take it, and no reader would.
  [[nodiscard]] Result<void> row(std::size_t table, const store::Cells& cells) override;
  /// Once, after the last row. What the file then holds.
  [[nodiscard]] Result<Summary> finish();

 private:
  void go_to(std::size_t table);
  [[nodiscard]] Result<void> flush();

  Out out_;
  std::unique_ptr<RunningDigest> running_;
  std::unique_ptr<TrailWalk> trails_;
  store::ArchiveSchema schema_;
  std::size_t next_table_ = 0;  ///< whose header line has not been written
  Summary summary_;
  std::string buffer_;
};

}  // namespace rolecall::archive
