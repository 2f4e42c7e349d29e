#include "disk.hpp"

#include <algorithm>
#include <fstream>
#include <new>
#include <utility>

namespace rolecall::faults {
namespace {

constexpr std::size_t kSector = 512;

/// A file as SQLite sees it; the real one follows it in memory.
struct ShimFile : sqlite3_file {
  std::string* name;
  bool syncs_directory;  ///< with its first sync, as the real one does for what it may have made
  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

Disk* disk = nullptr;
sqlite3_vfs* below = nullptr;
sqlite3_vfs shim;

ShimFile& shim_of(sqlite3_file* file) { return *static_cast<ShimFile*>(file); }
sqlite3_file* real_of(sqlite3_file* file) { return shim_of(file).real(); }

int close_file(sqlite3_file* file) {
  delete std::exchange(shim_of(file).name, nullptr);
  return real_of(file)->pMethods->xClose(real_of(file));
}

int read_file(sqlite3_file* file, void* bytes, int count, sqlite3_int64 offset) {
  if (const int code = disk->meets(Disk::Operation::read, *shim_of(file).name); code != SQLITE_OK) return code;
  return real_of(file)->pMethods->xRead(real_of(file), bytes, count, offset);
}

int write_file(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 offset) {
  const std::string& name = *shim_of(file).name;
  if (const int code = disk->meets(Disk::Operation::write, name); code != SQLITE_OK) return code;
  Step step{Step::Kind::write, name, static_cast<std::size_t>(offset), {}, 0, 0};
  if (!name.empty()) step.bytes.assign(static_cast<const char*>(bytes), static_cast<std::size_t>(count));
  return disk->recorded(std::move(step),
                        [&] { return real_of(file)->pMethods->xWrite(real_of(file), bytes, count, offset); });
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  return disk->recorded({Step::Kind::truncate, *shim_of(file).name, 0, {}, static_cast<std::size_t>(size), 0},
                        [&] { return real_of(file)->pMethods->xTruncate(real_of(file), size); });
}

/// What a power failure spares is decided by the steps, so nothing has to wait for the real disk.
int sync_file(sqlite3_file* file, int /*flags*/) {
  const std::string& name = *shim_of(file).name;
  if (const int code = disk->meets(Disk::Operation::sync, name); code != SQLITE_OK) return code;
  if (std::exchange(shim_of(file).syncs_directory, false)) {
    disk->recorded({Step::Kind::sync_directory, name, 0, {}, 0, 0}, [] { return SQLITE_OK; });
  }
  return disk->recorded({Step::Kind::sync, name, 0, {}, 0, 0}, [] { return SQLITE_OK; });
}

int size_of(sqlite3_file* file, sqlite3_int64* size) { return real_of(file)->pMethods->xFileSize(real_of(file), size); }
int lock(sqlite3_file* file, int level) { return real_of(file)->pMethods->xLock(real_of(file), level); }
int unlock(sqlite3_file* file, int level) { return real_of(file)->pMethods->xUnlock(real_of(file), level); }
int check_lock(sqlite3_file* file, int* found) {
  return real_of(file)->pMethods->xCheckReservedLock(real_of(file), found);
}
int control(sqlite3_file* file, int operation, void* argument) {
  return real_of(file)->pMethods->xFileControl(real_of(file), operation, argument);
}
int sector_size(sqlite3_file* file) { return real_of(file)->pMethods->xSectorSize(real_of(file)); }
int characteristics(sqlite3_file* file) { return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file)); }
int map_shared(sqlite3_file* file, int page, int size, int extends, void volatile** memory) {
  return real_of(file)->pMethods->xShmMap(real_of(file), page, size, extends, memory);
}
int lock_shared(sqlite3_file* file, int offset, int count, int flags) {
  return real_of(file)->pMethods->xShmLock(real_of(file), offset, count, flags);
}
void order_shared(sqlite3_file* file) { real_of(file)->pMethods->xShmBarrier(real_of(file)); }
int unmap_shared(sqlite3_file* file, int removes) { return real_of(file)->pMethods->xShmUnmap(real_of(file), removes); }

/// Version 2: no memory-mapped reads, which would pass by.
constexpr sqlite3_io_methods kMethods{
    2,           close_file,   read_file,    write_file, truncate_file, sync_file,       size_of,
    lock,        unlock,       check_lock,   control,    sector_size,   characteristics, map_shared,
    lock_shared, order_shared, unmap_shared, nullptr,    nullptr};

int open_file(sqlite3_vfs* /*vfs*/, const char* path, sqlite3_file* place, int flags, int* out) {
  constexpr int kJournal = SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL;
  constexpr int kKept = SQLITE_OPEN_MAIN_DB | kJournal;
  auto* const file = new (place) ShimFile{};
  const int code = below->xOpen(below, path, file->real(), flags, out);
  if (code != SQLITE_OK) return code;
  file->pMethods = &kMethods;
  file->name = new std::string(path != nullptr && (flags & kKept) != 0 ? std::filesystem::path(path).filename().string()
                                                                       : std::string());
  file->syncs_directory = (flags & SQLITE_OPEN_CREATE) != 0 && (flags & kJournal) != 0;
  return SQLITE_OK;
}

int delete_file(sqlite3_vfs* /*vfs*/, const char* path, int is_durable) {
  const std::string name = std::filesystem::path(path).filename().string();
  const int code =
      disk->recorded({Step::Kind::remove, name, 0, {}, 0, 0}, [&] { return below->xDelete(below, path, is_durable); });
  if (code == SQLITE_OK && is_durable != 0) {
    disk->recorded({Step::Kind::sync_directory, name, 0, {}, 0, 0}, [] { return SQLITE_OK; });
  }
  return code;
}

}  // namespace

Disk& Disk::install() {
  static Disk only;
  if (disk == nullptr) {
    disk = &only;
    below = sqlite3_vfs_find(nullptr);
    // The functions that only read take the shim for their own: they look at nothing in it that was not copied.
    shim = *below;
    shim.zName = "faults";
    shim.szOsFile = static_cast<int>(sizeof(ShimFile)) + below->szOsFile;
    shim.xOpen = open_file;
    shim.xDelete = delete_file;
    sqlite3_vfs_register(&shim, 1);
  }
  return only;
}

void Disk::break_down(const Fault& fault) {
  const std::lock_guard lock(mutex_);
  fault_ = fault;
  fault_file_ = fault.file;
  fault_->file = fault_file_;
  counted_ = 0;
  has_failed_ = false;
}

bool Disk::heal() {
  const std::lock_guard lock(mutex_);
  fault_.reset();
  return std::exchange(has_failed_, false);
}

int Disk::counted() const {
  const std::lock_guard lock(mutex_);
  return counted_;
}

int Disk::meets(Operation operation, const std::string& file) {
  const std::lock_guard lock(mutex_);
  if (!fault_ || fault_->operation != operation || !file.ends_with(fault_->file)) return SQLITE_OK;
  ++counted_;
  if (fault_->lasts ? counted_ < fault_->nth : counted_ != fault_->nth) return SQLITE_OK;
  has_failed_ = true;
  return fault_->code;
}

void Disk::start_recording() {
  const std::lock_guard lock(mutex_);
  steps_.clear();
  is_recording_ = true;
}

std::vector<Step> Disk::stop_recording() {
  const std::lock_guard lock(mutex_);
  is_recording_ = false;
  return std::exchange(steps_, {});
}

void Disk::note(int number) {
  const std::lock_guard lock(mutex_);
  if (is_recording_) steps_.push_back({Step::Kind::note, {}, 0, {}, 0, number});
}

void Platter::apply(const Step& step) {
  if (step.kind == Step::Kind::note) return;
  if (step.kind == Step::Kind::sync_directory) {
    for (auto& [name, file] : files_) settle_removal(file);
    return;
  }
  File& file = files_[step.file];
  if (step.kind != Step::Kind::sync) {
    file.unsynced.push_back(step);
    return;
  }
  for (const Step& unsynced : file.unsynced) settle(file, unsynced);
  file.unsynced.clear();
}

/// What is removed for certain takes all that was written before along.
void Platter::settle_removal(File& file) {
  const auto last = std::find_if(file.unsynced.rbegin(), file.unsynced.rend(),
                                 [](const Step& step) { return step.kind == Step::Kind::remove; });
  if (last == file.unsynced.rend()) return;
  settle(file, *last);
  file.unsynced.erase(file.unsynced.begin(), last.base());
}

void Platter::settle(File& file, const Step& step) {
  switch (step.kind) {
    case Step::Kind::write:
      file.exists = true;
      file.bytes.resize(std::max(file.bytes.size(), step.offset + step.bytes.size()), '\0');
      file.bytes.replace(step.offset, step.bytes.size(), step.bytes);
      break;
    case Step::Kind::truncate:
      file.bytes.resize(std::min(file.bytes.size(), step.size));
      break;
    case Step::Kind::remove:
      file.exists = false;
      file.bytes.clear();
      break;
    case Step::Kind::sync:
    case Step::Kind::sync_directory:
    case Step::Kind::note:
      break;
  }
}

void Platter::save_after_power_loss(const std::filesystem::path& directory, std::mt19937& random) const {
  enum class Fate { lost, whole, torn, mixed };
  const auto fate = static_cast<Fate>(random() % 4);
  for (const auto& [name, known] : files_) {
    File file = known;
    for (const Step& unsynced : known.unsynced) {
      const Fate own = fate == Fate::mixed ? static_cast<Fate>(random() % 3) : fate;
      if (own == Fate::lost) continue;
      Step step = unsynced;
      if (own == Fate::torn && step.kind == Step::Kind::write && step.bytes.size() > kSector) {
        // The first sectors of it, or the last ones.
        const std::size_t cut = (1 + random() % (step.bytes.size() / kSector)) * kSector;
        if (random() % 2 == 0) {
          step.bytes.resize(std::min(cut, step.bytes.size()));
        } else if (cut < step.bytes.size()) {
          step.bytes.erase(0, cut);
          step.offset += cut;
        }
      }
      settle(file, step);
    }
    if (!file.exists) continue;
    std::ofstream(directory / name, std::ios::binary) << file.bytes;
  }
}

}  // namespace rolecall::faults
