#include "directory_reading.hpp"

#include "sync_move.hpp"

namespace rolecall::administration {
namespace {

using store::DirectoryRecord;
using store::Reading;

Result<void> check_names(const std::optional<std::vector<std::string>>& names, const char* attribute) {
  constexpr std::size_t kLongest = 255;
  if (!names) return {};
  if (names->size() > kReadingNames) {
    return fail(ErrorCode::invalid_value, "At most " + std::to_string(kReadingNames) + " of them say who is kept.",
                attribute);
  }
  for (const std::string& name : *names) {
    const bool is_name = !name.empty() && name.size() <= kLongest && name.find_first_of("\r\n") == std::string::npos &&
                         name.find('\0') == std::string::npos;
    if (!is_name) {
      return fail(ErrorCode::invalid_value, "A name or id has 1 to 255 bytes and no line end.", attribute);
    }
  }
  return {};
}

Result<Reading> reading_of(const DirectoryChange& wanted, Reading reading) {
  ROLECALL_TRY(check_names(wanted.groups, "sync_groups"));
  ROLECALL_TRY(check_names(wanted.applications, "sync_applications"));
  ROLECALL_TRY(check_names(wanted.types, "sync_types"));
  if (wanted.read_every) {
    const std::int64_t every = *wanted.read_every;
    if (every != 0 && (every < kShortestEvery || every > kLongestEvery)) {
      return fail(ErrorCode::invalid_value,
                  "A directory is read every 900 to 2592000 seconds, or with 0 on demand only.", "sync_every");
    }
    reading.every = every;
  }
  if (wanted.groups) reading.groups = *wanted.groups;
  if (wanted.applications) reading.applications = *wanted.applications;
  if (wanted.types) reading.types = *wanted.types;
  return reading;
}

bool keeps_the_same(const Reading& one, const Reading& other) {
  return one.groups == other.groups && one.applications == other.applications && one.types == other.types;
}

/// A run that keeps others than are wanted by now would put its mark on the next ones.
Result<void> end_running(Change& change, const DirectoryRecord& directory, store::SyncRunRecord run) {
  SyncMove move(change.workspace, change.environment, directory, run, change.now);
  ROLECALL_TRY(end_run(move, store::SyncState::failed, "Who is kept of the directory was changed meanwhile."));
  ROLECALL_TRY(change.workspace.sync_runs().update(run));
  return {};
}

}  // namespace

Result<bool> change_reading(Change& change, const DirectoryChange& wanted, DirectoryRecord& directory) {
  ROLECALL_TRY_ASSIGN(auto reading, reading_of(wanted, directory.reading));
  if (reading == directory.reading) return false;
  const bool is_anew = !keeps_the_same(reading, directory.reading);
  directory.reading = std::move(reading);
  ROLECALL_TRY(change.workspace.directories().set_reading(directory));
  ROLECALL_TRY_ASSIGN(const auto running, change.workspace.sync_runs().running(directory.id));
  const bool was_read = directory.read_due || directory.read_whole || running;
  if (is_anew) {
    if (running) ROLECALL_TRY(end_running(change, directory, *running));
    directory.read_until.reset();
    directory.read_whole.reset();
    directory.read_due.reset();
    if (was_read) directory.read_due = change.now;
  } else if (was_read && !running) {
    directory.read_due.reset();
    if (directory.reading.every > 0) directory.read_due = change.now + std::chrono::seconds(directory.reading.every);
  }
  ROLECALL_TRY(change.workspace.directories().set_read(directory));
  return true;
}

}  // namespace rolecall::administration
