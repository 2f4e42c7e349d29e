#include "archive_work.hpp"

#include <filesystem>
#include <fstream>
#include <memory>

#include "database.hpp"
#include "rolecall/adapter/crypto/digest.hpp"
#include "rolecall/adapter/crypto/key_ring.hpp"
#include "rolecall/adapter/crypto/random.hpp"
#include "rolecall/adapter/crypto/running_digest.hpp"
#include "rolecall/adapter/icu/text_folder.hpp"
#include "rolecall/adapter/soci/data_lock.hpp"
#include "rolecall/app/data_directory.hpp"
#include "rolecall/archive/reader.hpp"

namespace rolecall::app {
namespace {

/// Of a file that is only looked at.
class Nowhere final : public store::RowSink {
 public:
  [[nodiscard]] Result<void> row(std::size_t, const store::Cells&) override { return {}; }
};

archive::Reader reader_of(OldFile& file, const Digest& digest) {
  return {digest, adapter::crypto::start_sha256(),
          [&file](char* buffer, std::size_t size) { return file.read(buffer, size); }};
}

Result<void> check_trails(const archive::Summary& summary) {
  const archive::TrailHead* broken = archive::find_broken(summary);
  if (broken == nullptr) return {};
  return fail_with_next(ErrorCode::invalid_value,
                        "The audit trail of workspace " + broken->workspace + " does not verify from row " +
                            std::to_string(*broken->first_bad_seq) + " on: it was changed outside of this program.",
                        "--accept-broken-trail takes the archive as it is, evidence included.");
}

/// A database that was made for nothing is taken away again, so that no server starts on it.
class Made {
 public:
  Made(const Database& database) : path_(database.path) {
    std::error_code error;
    is_made_ = !database.is_shared() && !std::filesystem::exists(path_, error);
  }
  ~Made() {
    if (!is_made_) return;
    std::error_code ignored;
    for (const char* ending : {"", "-wal", "-shm"}) std::filesystem::remove(path_ + ending, ignored);
  }
  Made(const Made&) = delete;
  Made& operator=(const Made&) = delete;
  void keep() { is_made_ = false; }

 private:
  std::string path_;
  bool is_made_ = false;
};

Result<std::unique_ptr<Sealer>> sealer_of(const Configuration& configuration, const std::string& directory,
                                          const Digest& digest, RandomSource& random) {
  Secret key = configuration.secret("storage.sealing_key");
  if (key.empty()) key = find_sealing_key(directory).value_or(Secret());
  if (key.empty()) return nullptr;
  ROLECALL_TRY_ASSIGN(const auto keys, sealing_keys(key));
  return adapter::crypto::make_key_ring(keys, digest, random);
}

administration::TrailLines lines_of(const std::string& path) {
  const auto file = std::make_shared<std::ifstream>(path);
  return [file, path]() -> Result<std::optional<std::string>> {
    std::string line;
    if (std::getline(*file, line)) return std::optional(std::move(line));
    if (file->eof()) return std::optional<std::string>();
    return fail(ErrorCode::not_found, path + " cannot be read.");
  };
}

}  // namespace

Result<archive::Summary> write_archive(const Shell& shell, const archive::Writer::Out& out) {
  const SystemClock clock;
  const auto folder = adapter::icu::make_text_folder();
  const auto digest = adapter::crypto::make_digest();
  ROLECALL_TRY_ASSIGN(const auto configuration, shell.load_configuration());
  const Database database = database_of(configuration, shell.data);
  ROLECALL_TRY_ASSIGN(const auto source, make_archive(configuration, database, *folder, clock));
  archive::Writer writer(*digest, adapter::crypto::start_sha256(), out);
  ROLECALL_TRY(source->dump([&](const store::ArchiveSchema& schema) -> Result<store::RowSink*> {
    writer.begin(schema);
    return &writer;
  }));
  return writer.finish();
}

Result<archive::Summary> verify_archive(const std::string& path) {
  const SystemClock clock;
  const auto folder = adapter::icu::make_text_folder();
  const auto digest = adapter::crypto::make_digest();
  // For the schemas that this program knows, wherever its database may be.
  ROLECALL_TRY_ASSIGN(const auto configuration, Configuration::load({}));
  ROLECALL_TRY_ASSIGN(const auto known, make_archive(configuration, Database(), *folder, clock));
  ROLECALL_TRY_ASSIGN(OldFile file, OldFile::open(path));
  archive::Reader reader = reader_of(file, *digest);
  ROLECALL_TRY_ASSIGN(const int version, reader.open());
  ROLECALL_TRY_ASSIGN(const auto schema, known->schema(version));
  Nowhere nowhere;
  return reader.read(schema, nowhere);
}

Result<Taken> take_archive(const Shell& shell, const std::string& path, const TakeOptions& options) {
  const SystemClock clock;
  const auto folder = adapter::icu::make_text_folder();
  const auto digest = adapter::crypto::make_digest();
  const auto random = adapter::crypto::make_random_source();
  ROLECALL_TRY_ASSIGN(const auto configuration, shell.load_configuration());
  const Database database = database_of(configuration, shell.data);
  ROLECALL_TRY_ASSIGN(OldFile file, OldFile::open(path));
  archive::Reader reader = reader_of(file, *digest);
  ROLECALL_TRY_ASSIGN(const int version, reader.open());
  ROLECALL_TRY_ASSIGN(const auto target, make_archive(configuration, database, *folder, clock));
  ROLECALL_TRY_ASSIGN(const auto schema, target->schema(version));
  std::optional<adapter::soci::DataLock> lock;
  if (!database.is_shared()) {
    ROLECALL_TRY(make_data_directory(shell.data));
    ROLECALL_TRY_ASSIGN(lock, adapter::soci::lock_data_directory(shell.data));
  }
  Made made(database);
  ROLECALL_TRY_ASSIGN(const auto sealer, sealer_of(configuration, shell.data, *digest, *random));
  administration::RestoreOptions settling;
  settling.sealer = sealer.get();
  for (const std::string& later : options.later_trails) settling.later_trails.push_back(lines_of(later));
  Taken taken;
  bool is_taken_back = false;
  const auto done = target->load(
      version,
      [&](store::RowSink& rows) -> Result<void> {
        ROLECALL_TRY_ASSIGN(taken.summary, reader.read(schema, rows));
        return options.takes_broken_trail ? Result<void>() : check_trails(taken.summary);
      },
      [&](store::UnitOfWork& unit) -> Result<void> {
        if (options.is_restore) {
          ROLECALL_TRY_ASSIGN(taken.restored, administration::settle_restored(unit, *digest, settling, clock.now()));
        }
        if (!options.is_rehearsal) return {};
        is_taken_back = true;
        return fail(ErrorCode::conflict, "A rehearsal is taken back.");
      });
  if (is_taken_back) return taken;
  ROLECALL_TRY(done);
  made.keep();
  return taken;
}

}  // namespace rolecall::app
