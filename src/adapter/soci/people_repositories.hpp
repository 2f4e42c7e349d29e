#pragma once

#include "rolecall/store/store.hpp"
#include "session.hpp"

namespace rolecall::adapter::soci {

struct Scope;

class PeopleRepository final : public store::PeopleRepository {
 public:
  explicit PeopleRepository(const Scope& scope) : scope_(scope) {}
  [[nodiscard]] Result<std::optional<store::PersonRecord>> find(const DirectoryId& directory,
                                                                const std::string& id) override;
  [[nodiscard]] Result<void> insert(const store::PersonRecord& person) override;
  [[nodiscard]] Result<void> update(const store::PersonRecord& person) override;
  [[nodiscard]] Result<void> touch(const DirectoryId& directory, const std::string& id, std::int64_t run) override;
  [[nodiscard]] Result<std::optional<std::string>> next_missing(const DirectoryId& directory, std::int64_t run,
                                                                const std::string& after) override;
  [[nodiscard]] Result<std::vector<store::PersonRecord>> page(const store::PeopleFilter& filter,
                                                              const std::string& after, std::int64_t limit) override;
  [[nodiscard]] Result<std::optional<store::DirectorySetRecord>> find_set(const DirectoryId& directory,
                                                                          store::SetKind kind,
                                                                          const std::string& id) override;
  [[nodiscard]] Result<void> insert_set(const store::DirectorySetRecord& set) override;
  [[nodiscard]] Result<void> update_set(const store::DirectorySetRecord& set) override;
  [[nodiscard]] Result<std::vector<std::string>> old_sets(const DirectoryId& directory, store::SetKind kind,
                                                          std::int64_t run) override;
  [[nodiscard]] Result<void> remove_set(const DirectoryId& directory, store::SetKind kind,
                                        const std::string& id) override;
  [[nodiscard]] Result<std::optional<std::string>> next_set(const DirectoryId& directory, store::SetKind kind,
                                                            std::int64_t run, const std::string& after) override;
  [[nodiscard]] Result<bool> has_set_named(const DirectoryId& directory, store::SetKind kind,
                                           const std::string& name) override;
  [[nodiscard]] Result<std::vector<store::DirectorySetRecord>> sets_named(const DirectoryId& directory,
                                                                          store::SetKind kind,
                                                                          const std::string& name) override;
  [[nodiscard]] Result<std::vector<store::HeldSet>> sets_of(const DirectoryId& directory, store::SetKind kind,
                                                            const std::string& person) override;
  [[nodiscard]] Result<store::Seen> put_member(const DirectoryId& directory, store::SetKind kind,
                                               const std::string& set, const std::string& person, bool is_direct,
                                               std::int64_t run) override;
  [[nodiscard]] Result<std::vector<std::string>> old_members(const DirectoryId& directory, store::SetKind kind,
                                                             const std::string& set, std::int64_t run) override;
  [[nodiscard]] Result<std::int64_t> remove_old_members(const DirectoryId& directory, store::SetKind kind,
                                                        const std::string& set, std::int64_t run) override;
  [[nodiscard]] Result<bool> remove_member(const DirectoryId& directory, store::SetKind kind, const std::string& set,
                                           const std::string& person) override;
  [[nodiscard]] Result<void> forget(const DirectoryId& directory) override;

 private:
  const Scope& scope_;
};

class SyncRunRepository final : public store::SyncRunRepository {
 public:
  explicit SyncRunRepository(const Scope& scope) : scope_(scope) {}
  [[nodiscard]] static Result<std::vector<store::DueSyncRun>> due(Session& session, Instant now, std::int64_t limit);
  [[nodiscard]] Result<void> insert(const store::SyncRunRecord& run) override;
  [[nodiscard]] Result<std::optional<store::SyncRunRecord>> find(const SyncRunId& id) override;
  [[nodiscard]] Result<std::optional<store::SyncRunRecord>> last(const DirectoryId& directory) override;
  [[nodiscard]] Result<std::optional<store::SyncRunRecord>> running(const DirectoryId& directory) override;
  [[nodiscard]] Result<std::vector<store::SyncRunRecord>> page(const DirectoryId& directory, const SyncRunId& after,
                                                               std::int64_t limit) override;
  [[nodiscard]] Result<bool> update(const store::SyncRunRecord& run) override;
  [[nodiscard]] Result<bool> lease(const SyncRunId& id, const std::string& lease, Instant now, Instant until) override;
  [[nodiscard]] Result<bool> renew(const SyncRunId& id, const std::string& lease, Instant until) override;
  [[nodiscard]] Result<bool> release(const SyncRunId& id, const std::string& lease) override;
  [[nodiscard]] Result<void> keep_newest(const DirectoryId& directory, std::int64_t kept) override;
  [[nodiscard]] Result<void> forget(const DirectoryId& directory) override;

 private:
  const Scope& scope_;
};

}  // namespace rolecall::adapter::soci
