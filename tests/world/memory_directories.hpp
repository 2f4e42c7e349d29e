#pragma once

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "memory_repositories.hpp"
#include "rolecall/store/directories.hpp"

namespace rolecall::testing_support {

class MemoryDirectories final : public store::DirectoryRepository {
 public:
  explicit MemoryDirectories(MemoryTables& tables_in) : tables(tables_in) {}

  Result<void> insert(const store::DirectoryRecord& directory) override {
    tables.directories[directory.id] = directory;
    return {};
  }
  Result<std::optional<store::DirectoryRecord>> find(const DirectoryId& id) override {
    return look_up(tables.directories, id);
  }
  Result<std::optional<store::DirectoryRecord>> find_by_name(const std::string& name) override {
    for (const auto& [id, directory] : tables.directories) {
      if (directory.name == name) return std::optional(directory);
    }
    return std::optional<store::DirectoryRecord>();
  }
  Result<std::vector<store::DirectoryRecord>> list() override {
    std::vector<store::DirectoryRecord> all;
    for (const auto& [id, directory] : tables.directories) all.push_back(directory);
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    return all;
  }
  Result<bool> update(const store::DirectoryRecord& directory) override {
    const auto found = tables.directories.find(directory.id);
    if (found == tables.directories.end()) return false;
    const store::DirectoryRecord before = std::exchange(found->second, directory);
    found->second.reading = before.reading;
    found->second.read_due = before.read_due;
    found->second.read_until = before.read_until;
    found->second.read_whole = before.read_whole;
    return true;
  }
  // Nothing is read of a directory from memory.
  Result<bool> set_reading(const store::DirectoryRecord&) override { std::abort(); }
  Result<bool> set_read(const store::DirectoryRecord&) override { std::abort(); }
  Result<bool> remove(const DirectoryId& id) override {
    tables.directory_leases.erase(id);
    return tables.directories.erase(id) != 0;
  }
  Result<bool> lease(const DirectoryId& id, const std::string& lease, Instant now, Instant /*until*/) override {
    const auto found = tables.directories.find(id);
    if (found == tables.directories.end() || found->second.is_paused || found->second.test_due > now) return false;
    return tables.directory_leases.emplace(id, lease).second;
  }
  Result<bool> release(const DirectoryId& id, const std::string& lease) override {
    const auto found = tables.directory_leases.find(id);
    if (found == tables.directory_leases.end() || found->second != lease) return false;
    tables.directory_leases.erase(found);
    return true;
  }

 private:
  MemoryTables& tables;
};

}  // namespace rolecall::testing_support
