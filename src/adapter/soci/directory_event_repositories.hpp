#pragma once

#include "rolecall/store/store.hpp"
#include "session.hpp"

namespace rolecall::adapter::soci {

struct Scope;

class HookRepository final : public store::HookRepository {
 public:
  explicit HookRepository(const Scope& scope) : scope_(scope) {}
  [[nodiscard]] static Result<std::optional<store::FoundHook>> find_anywhere(Session& session,
                                                                             const DirectoryId& directory);
  [[nodiscard]] static Result<std::vector<store::DueDirectory>> due(Session& session, Instant now, std::int64_t limit);
  [[nodiscard]] Result<void> insert(const store::HookRecord& hook) override;
  [[nodiscard]] Result<std::optional<store::HookRecord>> find(const DirectoryId& directory) override;
  [[nodiscard]] Result<std::vector<store::HookRecord>> list() override;
  [[nodiscard]] Result<bool> update(const store::HookRecord& hook) override;
  [[nodiscard]] Result<void> note_received(const DirectoryId& directory, Instant at) override;
  [[nodiscard]] Result<bool> remove(const DirectoryId& directory) override;
  [[nodiscard]] Result<bool> lease(const DirectoryId& directory, const std::string& lease, Instant now,
                                   Instant until) override;
  [[nodiscard]] Result<bool> release(const DirectoryId& directory, const std::string& lease) override;

 private:
  const Scope& scope_;
};

class DirectoryEventRepository final : public store::DirectoryEventRepository {
 public:
  explicit DirectoryEventRepository(const Scope& scope) : scope_(scope) {}
  [[nodiscard]] static Result<std::vector<store::DueReread>> due(Session& session, Instant now, std::int64_t limit);
  [[nodiscard]] Result<bool> add(const store::DirectoryEventRecord& event) override;
  [[nodiscard]] Result<std::vector<store::DirectoryEventRecord>> newest(const DirectoryId& directory,
                                                                        std::int64_t limit) override;
  [[nodiscard]] Result<std::int64_t> forget_until(Instant before, std::int64_t limit) override;
  [[nodiscard]] Result<void> ask(const store::RereadRecord& reread) override;
  [[nodiscard]] Result<std::optional<store::RereadRecord>> find(const DirectoryId& directory,
                                                                const std::string& person) override;
  [[nodiscard]] Result<bool> lease(const DirectoryId& directory, const std::string& person, const std::string& lease,
                                   Instant now, Instant until) override;
  [[nodiscard]] Result<bool> settle(const DirectoryId& directory, const std::string& person, const std::string& lease,
                                    std::int64_t marks) override;
  [[nodiscard]] Result<void> postpone(const DirectoryId& directory, const std::string& person, const std::string& lease,
                                      std::int64_t failures, Instant due) override;
  [[nodiscard]] Result<void> forget(const DirectoryId& directory) override;

 private:
  const Scope& scope_;
};

class DirectoryLogRepository final : public store::DirectoryLogRepository {
 public:
  explicit DirectoryLogRepository(const Scope& scope) : scope_(scope) {}
  [[nodiscard]] static Result<std::vector<store::DueDirectory>> due(Session& session, Instant now, std::int64_t limit);
  [[nodiscard]] Result<void> insert(const store::DirectoryLogRecord& log) override;
  [[nodiscard]] Result<std::optional<store::DirectoryLogRecord>> find(const DirectoryId& directory) override;
  [[nodiscard]] Result<bool> update(const store::DirectoryLogRecord& log) override;
  [[nodiscard]] Result<bool> remove(const DirectoryId& directory) override;
  [[nodiscard]] Result<bool> lease(const DirectoryId& directory, const std::string& lease, Instant now,
                                   Instant until) override;
  [[nodiscard]] Result<bool> renew(const DirectoryId& directory, const std::string& lease, Instant until) override;
  [[nodiscard]] Result<bool> release(const DirectoryId& directory, const std::string& lease) override;

 private:
  const Scope& scope_;
};

class EndedAccessRepository final : public store::EndedAccessRepository {
 public:
  explicit EndedAccessRepository(const Scope& scope) : scope_(scope) {}
  [[nodiscard]] static Result<std::vector<store::DueEnding>> due(Session& session, Instant now, std::int64_t limit);
  [[nodiscard]] Result<void> put(const store::EndedAccessRecord& ending) override;
  [[nodiscard]] Result<std::optional<store::EndedAccessRecord>> find(const DirectoryId& directory,
                                                                     const std::string& person) override;
  [[nodiscard]] Result<bool> take(const DirectoryId& directory, const std::string& person) override;
  [[nodiscard]] Result<bool> remove(const DirectoryId& directory, const std::string& person) override;
  [[nodiscard]] Result<void> forget_user(const ResourceId& user) override;
  [[nodiscard]] Result<void> forget(const DirectoryId& directory) override;

 private:
  const Scope& scope_;
};

}  // namespace rolecall::adapter::soci
