#pragma once

#include <cstdlib>

#include "memory_repositories.hpp"
#include "rolecall/store/consents.hpp"
#include "rolecall/store/directory_events.hpp"

namespace rolecall::testing_support {

// No provider tells anything to a store in memory.

class MemoryHooks final : public store::HookRepository {
 public:
  Result<void> insert(const store::HookRecord&) override { std::abort(); }
  Result<std::optional<store::HookRecord>> find(const DirectoryId&) override {
    return std::optional<store::HookRecord>();
  }
  Result<std::vector<store::HookRecord>> list() override { return std::vector<store::HookRecord>(); }
  Result<bool> update(const store::HookRecord&) override { std::abort(); }
  Result<void> note_received(const DirectoryId&, Instant) override { std::abort(); }
  Result<bool> remove(const DirectoryId&) override { return false; }
  Result<bool> lease(const DirectoryId&, const std::string&, Instant, Instant) override { return false; }
  Result<bool> release(const DirectoryId&, const std::string&) override { return false; }
};

class MemoryConsents final : public store::ConsentRepository {
 public:
  Result<std::optional<store::ConsentRecord>> find(const DirectoryId&) override {
    return std::optional<store::ConsentRecord>();
  }
  Result<std::vector<store::ConsentRecord>> list() override { return std::vector<store::ConsentRecord>(); }
  Result<void> ask(const store::ConsentRecord&) override { std::abort(); }
  Result<bool> answer(const DirectoryId&, const std::string&, const std::string&, Instant) override { return false; }
  Result<bool> lease(const DirectoryId&, const std::string&, Instant, Instant) override { return false; }
  Result<bool> settle(const DirectoryId&, const std::string&, const store::ConsentEnd&) override { return false; }
  Result<bool> reseal(const store::ConsentRecord&, const store::ConsentRecord&) override { return false; }
  Result<bool> remove(const DirectoryId&) override { return false; }
};

class MemoryDirectoryEvents final : public store::DirectoryEventRepository {
 public:
  Result<bool> add(const store::DirectoryEventRecord&) override { std::abort(); }
  Result<std::vector<store::DirectoryEventRecord>> newest(const DirectoryId&, std::int64_t) override { std::abort(); }
  Result<std::int64_t> forget_until(Instant, std::int64_t) override { return 0; }
  Result<void> ask(const store::RereadRecord&) override { std::abort(); }
  Result<std::optional<store::RereadRecord>> find(const DirectoryId&, const std::string&) override { std::abort(); }
  Result<bool> lease(const DirectoryId&, const std::string&, const std::string&, Instant, Instant) override {
    return false;
  }
  Result<bool> settle(const DirectoryId&, const std::string&, const std::string&, std::int64_t) override {
    return false;
  }
  Result<void> postpone(const DirectoryId&, const std::string&, const std::string&, std::int64_t, Instant) override {
    return {};
  }
  Result<void> forget(const DirectoryId&) override { return {}; }
};

class MemoryDirectoryLogs final : public store::DirectoryLogRepository {
 public:
  Result<void> insert(const store::DirectoryLogRecord&) override { std::abort(); }
  Result<std::optional<store::DirectoryLogRecord>> find(const DirectoryId&) override {
    return std::optional<store::DirectoryLogRecord>();
  }
  Result<bool> update(const store::DirectoryLogRecord&) override { std::abort(); }
  Result<bool> remove(const DirectoryId&) override { return false; }
  Result<bool> lease(const DirectoryId&, const std::string&, Instant, Instant) override { return false; }
  Result<bool> renew(const DirectoryId&, const std::string&, Instant) override { return false; }
  Result<bool> release(const DirectoryId&, const std::string&) override { return false; }
};

class MemoryEndedAccess final : public store::EndedAccessRepository {
 public:
  explicit MemoryEndedAccess(MemoryTables& tables_in) : tables(tables_in) {}

  Result<void> put(const store::EndedAccessRecord& ending) override {
    tables.ended_access[{ending.directory, ending.person}] = ending;
    return {};
  }
  Result<std::optional<store::EndedAccessRecord>> find(const DirectoryId& directory,
                                                       const std::string& person) override {
    return look_up(tables.ended_access, std::pair(directory, person));
  }
  Result<bool> take(const DirectoryId& directory, const std::string& person) override {
    return tables.ended_access.contains({directory, person});
  }
  Result<bool> remove(const DirectoryId& directory, const std::string& person) override {
    return tables.ended_access.erase({directory, person}) != 0;
  }
  Result<void> forget_user(const ResourceId& user) override {
    std::erase_if(tables.ended_access, [&](const auto& one) { return one.second.user == user; });
    return {};
  }
  Result<void> forget(const DirectoryId& directory) override {
    std::erase_if(tables.ended_access, [&](const auto& one) { return one.second.directory == directory; });
    return {};
  }

 private:
  MemoryTables& tables;
};

}  // namespace rolecall::testing_support
