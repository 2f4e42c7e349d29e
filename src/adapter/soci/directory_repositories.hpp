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

}  // namespace rolecall::adapter::soci
