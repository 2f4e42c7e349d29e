#pragma once

#include "rolecall/store/store.hpp"
#include "session.hpp"

namespace rolecall::adapter::soci {

struct Scope;

class DirectoryRepository final : public store::DirectoryRepository {
 public:
  explicit DirectoryRepository(const Scope& scope) : scope_(scope) {}
  [[nodiscard]] static Result<std::vector<store::DueDirectory>> due(Session& session, Instant now, std::int64_t limit);
  [[nodiscard]] static Result<std::vector<store::DueDirectory>> due_readings(Session& session, Instant now,
                                                                             std::int64_t limit);
  [[nodiscard]] Result<void> insert(const store::DirectoryRecord& directory) override;
  [[nodiscard]] Result<std::optional<store::DirectoryRecord>> find(const DirectoryId& id) override;
  [[nodiscard]] Result<std::optional<store::DirectoryRecord>> find_by_name(const std::string& name) override;
  [[nodiscard]] Result<std::vector<store::DirectoryRecord>> list() override;
  [[nodiscard]] Result<bool> update(const store::DirectoryRecord& directory) override;
  [[nodiscard]] Result<bool> set_reading(const store::DirectoryRecord& directory) override;
  [[nodiscard]] Result<bool> set_read(const store::DirectoryRecord& directory) override;
  [[nodiscard]] Result<bool> remove(const DirectoryId& id) override;
  [[nodiscard]] Result<bool> lease(const DirectoryId& id, const std::string& lease, Instant now,
                                   Instant until) override;
  [[nodiscard]] Result<bool> release(const DirectoryId& id, const std::string& lease) override;

 private:
  const Scope& scope_;
};

class ConsentRepository final : public store::ConsentRepository {
 public:
  explicit ConsentRepository(const Scope& scope) : scope_(scope) {}
  [[nodiscard]] static Result<std::optional<store::FoundConsent>> find_anywhere(Session& session,
                                                                                const DirectoryId& directory);
  [[nodiscard]] static Result<std::vector<store::DueDirectory>> due(Session& session, Instant now, std::int64_t limit);
  [[nodiscard]] Result<std::optional<store::ConsentRecord>> find(const DirectoryId& directory) override;
  [[nodiscard]] Result<std::vector<store::ConsentRecord>> list() override;
  [[nodiscard]] Result<void> ask(const store::ConsentRecord& consent) override;
  [[nodiscard]] Result<bool> answer(const DirectoryId& directory, const std::string& state, const std::string& code,
                                    Instant now) override;
  [[nodiscard]] Result<bool> lease(const DirectoryId& directory, const std::string& lease, Instant now,
                                   Instant until) override;
  [[nodiscard]] Result<bool> settle(const DirectoryId& directory, const std::string& lease,
                                    const store::ConsentEnd& end) override;
  [[nodiscard]] Result<bool> reseal(const store::ConsentRecord& before, const store::ConsentRecord& after) override;
  [[nodiscard]] Result<bool> remove(const DirectoryId& directory) override;

 private:
  const Scope& scope_;
};

}  // namespace rolecall::adapter::soci
