#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace rolecall::faults {

/// What happened to a file, or a note of the test's own between two of these.
struct Step {
  enum class Kind { write, truncate, remove, sync, sync_directory, note };
  Kind kind = Kind::note;
  std::string file;  ///< its name without the directory
  std::size_t offset = 0;
  std::string bytes;     ///< written
  std::size_t size = 0;  ///< truncate: what is left
  int note = 0;
};

/// The disk below every SQLite database of this process, once `install` was called: files are where they always are,
/// but reads, writes and syncs fail when told, and each step can be kept for a power failure. Thread-safe.
class Disk {
 public:
  enum class Operation { read, write, sync };
  struct Fault {
    Operation operation = Operation::write;
    int code = SQLITE_OK;   ///< what the operating system's layer answers
    int nth = 1;            ///< the first one that fails, counted from now
    bool lasts = false;     ///< and all after it, until `heal`
    std::string_view file;  ///< the end of the names it is about; empty: all, also those without a name
  };

  /// Before the first database is opened.
  static Disk& install();

  void break_down(const Fault& fault);
  /// Whether the fault came to pass.
  bool heal();
  /// So many operations went by since the fault was set.
  [[nodiscard]] int counted() const;

  /// From now on every step at the files of databases is kept.
  void start_recording();
  [[nodiscard]] std::vector<Step> stop_recording();
  void note(int number);

  // What the file methods call.
  [[nodiscard]] int meets(Operation operation, const std::string& file);
  template <typename Act>
  int recorded(Step step, Act&& act) {
    const std::lock_guard lock(mutex_);
    const int code = act();
    if (code == SQLITE_OK && is_recording_ && !step.file.empty()) steps_.push_back(std::move(step));
    return code;
  }

 private:
  Disk() = default;

  mutable std::mutex mutex_;
  std::optional<Fault> fault_;
  std::string fault_file_;
  int counted_ = 0;
  bool has_failed_ = false;
  bool is_recording_ = false;
  std::vector<Step> steps_;
};

/// What the disk itself holds while steps come in: what was synced, for certain, and what was not, perhaps.
class Platter {
 public:
  void apply(const Step& step);
  /// The files as they are found after the power was cut here: of what was not synced each step is there, gone, or
  /// there in part, whatever their order was.
  void save_after_power_loss(const std::filesystem::path& directory, std::mt19937& random) const;

 private:
  struct File {
    bool exists = false;
    std::string bytes;
    std::vector<Step> unsynced;
  };
  static void settle(File& file, const Step& step);
  static void settle_removal(File& file);
  std::map<std::string, File> files_;
};

}  // namespace rolecall::faults
