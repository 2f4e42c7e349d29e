#pragma once

#include <optional>
#include <string>
#include <vector>

#include "archive_file.hpp"
#include "rolecall/administration/restored.hpp"
#include "rolecall/archive/summary.hpp"
#include "rolecall/archive/writer.hpp"
#include "shell.hpp"

// What `backup`, `export --everything` and `import` do with the database of the data directory. None of it needs the
// server, and what reads does not mind it.

namespace rolecall::app {

/// Everything in the database, as it was at one instant.
[[nodiscard]] Result<archive::Summary> write_archive(const Shell& shell, const archive::Writer::Out& out);

/// Reads a file to its end and compares it with what it says of itself.
[[nodiscard]] Result<archive::Summary> verify_archive(const std::string& path);

struct TakeOptions {
  bool is_restore = false;                ///< the past comes back: administration/restored.hpp
  bool is_rehearsal = false;              ///< all of it, taken back at its end
  std::vector<std::string> later_trails;  ///< of a restore: files with what `audit export` printed later
  bool takes_broken_trail = false;        ///< also when the audit of the archive does not verify
};
struct Taken {
  archive::Summary summary;
  administration::Restored restored;  ///< of a restore
};
/// Fills the empty database with what is in the file. All of it or nothing.
[[nodiscard]] Result<Taken> take_archive(const Shell& shell, const std::string& path, const TakeOptions& options);

}  // namespace rolecall::app
