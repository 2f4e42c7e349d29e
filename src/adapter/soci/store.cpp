#include "store.hpp"

#include "lease_pool.hpp"
#include "migrations.hpp"
#include "unit_of_work.hpp"
#include "writer.hpp"

namespace rolecall::adapter::soci {
namespace {

Error failed_before() {
  store::DbError error;
  error.kind = store::DbError::Kind::connection;
  error.statement = "store_failed";
  return store::to_error(error);
}

class SociStore final : public store::Store {
 public:
  SociStore(StoreParts parts, const TextFolder& folder)
      : folder_(folder), parts_(std::move(parts)), readers_(*parts_.reader, parts_.readers, parts_.lease_timeout) {}

  /// Opens the one writing session, brings the schema up to date with it, and hands it to the writer.
  [[nodiscard]] Result<void> open(const Clock& clock) {
    std::unique_ptr<Session> session;
    try {
      session = std::make_unique<Session>(*parts_.writer);
    } catch (...) {
      return fail(open_failure(*parts_.writer, parts_.refusal));
    }
    ROLECALL_TRY(migrate(*session, parts_.migrations, clock, parts_.on_migration));
    writer_ = std::make_unique<Writer>(
        *parts_.writer, std::move(session), folder_,
        Writer::Options{parts_.write_queue, parts_.lease_timeout, parts_.on_fatal, parts_.failure_beside});
    return {};
  }

  [[nodiscard]] Result<void> read(const Work& work) override {
    if (writer_->has_failed()) return tl::unexpected<Error>(failed_before());
    ROLECALL_TRY_ASSIGN(Lease lease, lease_begun());
    Session& session = lease.session();
    ROLECALL_TRY(run(work, session));
    // Nothing was written, so how it ends says nothing about what was read.
    if (!session.commit()) static_cast<void>(session.rollback());
    return {};
  }

  [[nodiscard]] Result<void> read_one(const Work& work) override {
    if (writer_->has_failed()) return tl::unexpected<Error>(failed_before());
    for (std::size_t tries = 0;; ++tries) {
      ROLECALL_TRY_ASSIGN(Lease lease, readers_.lease());
      lease.session().begin_one();
      auto done = run(work, lease.session());
      if (done || !lease.session().is_broken() || tries == parts_.readers) return done;
    }
  }

  [[nodiscard]] Result<void> write(const Work& work) override { return writer_->write(work); }

  [[nodiscard]] Result<std::vector<std::string>> check() override {
    ROLECALL_TRY_ASSIGN(Lease lease, lease_begun());
    ROLECALL_TRY_ASSIGN(auto findings, check_schema(lease.session(), parts_.migrations));
    ROLECALL_TRY_ASSIGN(auto damage, parts_.reader->damage(lease.session()));
    findings.insert(findings.end(), damage.begin(), damage.end());
    return findings;
  }

 private:
  /// Connections may have been lost while nobody used them, all of them when the database was restarted: each is found
  /// out once, and replaced.
  [[nodiscard]] Result<Lease> lease_begun() {
    for (std::size_t tries = 0;; ++tries) {
      ROLECALL_TRY_ASSIGN(Lease lease, readers_.lease());
      const auto begun = lease.session().begin_read();
      if (begun) return lease;
      if (!lease.session().is_broken() || tries == parts_.readers) return tl::unexpected<Error>(begun.error());
    }
  }

  [[nodiscard]] Result<void> run(const Work& work, Session& session) const {
    try {
      UnitOfWork unit(session, folder_);
      return work(unit);
    } catch (const std::exception& exception) {
      return internal_error(std::string("exception in a unit of work: ") + exception.what());
    } catch (...) {
      return internal_error("exception in a unit of work");
    }
  }

  const TextFolder& folder_;
  // In the order in which they need each other.
  const StoreParts parts_;
  LeasePool readers_;
  std::unique_ptr<Writer> writer_;
};

}  // namespace

Result<std::unique_ptr<store::Store>> open_store(StoreParts parts, const TextFolder& folder, const Clock& clock) {
  auto opened = std::make_unique<SociStore>(std::move(parts), folder);
  ROLECALL_TRY(opened->open(clock));
  return std::unique_ptr<store::Store>(std::move(opened));
}

}  // namespace rolecall::adapter::soci
