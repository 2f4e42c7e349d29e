#pragma once

#include "memory_repositories.hpp"

// Who waits for whom, and who may return: over the tables of memory_store.hpp.

namespace rolecall::testing_support {

class MemoryParkedMembers final : public store::ParkedMemberRepository {
 public:
  explicit MemoryParkedMembers(MemoryTables& tables_in) : tables(tables_in) {}

  Result<bool> add(const store::ParkedMemberRecord& parked) override {
    return tables.parked.try_emplace({parked.group, parked.value}, parked).second;
  }
  Result<bool> remove(const ResourceId& group, const std::string& value) override {
    return tables.parked.erase({group, value}) != 0;
  }
  Result<std::int64_t> count(const ResourceId& group) override {
    return std::count_if(tables.parked.begin(), tables.parked.end(),
                         [&](const auto& entry) { return entry.first.first == group; });
  }
  Result<std::vector<store::ParkedMemberRecord>> page(const ResourceId& group, const std::string& after,
                                                      std::int64_t limit) override {
    auto found = *collect(tables.parked, [&](const auto& row) { return row.group == group && row.value > after; });
    if (found.size() > static_cast<std::size_t>(limit)) found.resize(static_cast<std::size_t>(limit));
    return found;
  }
  Result<std::vector<store::ParkedMemberRecord>> waiting_for(const ConnectionId& connection, const std::string& value,
                                                             const ResourceId& after, std::int64_t limit) override {
    auto found = *collect(tables.parked, [&](const auto& row) {
      const auto group = tables.resources.find({"Group", row.group});
      return row.value == value && row.group > after && group != tables.resources.end() &&
             group->second.connection == connection;
    });
    if (found.size() > static_cast<std::size_t>(limit)) found.resize(static_cast<std::size_t>(limit));
    return found;
  }

 private:
  MemoryTables& tables;
};

class MemoryTombstones final : public store::TombstoneRepository {
 public:
  explicit MemoryTombstones(MemoryTables& tables_in) : tables(tables_in) {}

  Result<void> insert(const store::TombstoneRecord& tombstone) override {
    tables.tombstones[{tombstone.type, tombstone.id}] = tombstone;
    return {};
  }
  Result<std::optional<store::TombstoneRecord>> find(const ConnectionId& connection, std::string_view type,
                                                     const std::string& unique_key, const std::string& external_id,
                                                     Instant since) override {
    const auto newest = [&](const auto& matches) {
      std::optional<store::TombstoneRecord> found;
      for (const auto& [key, row] : tables.tombstones) {
        if (row.type != type || row.connection != connection || row.deleted < since || !matches(row)) continue;
        if (!found || std::tie(row.deleted, row.id) > std::tie(found->deleted, found->id)) found = row;
      }
      return found;
    };
    auto found = newest([&](const auto& row) { return !external_id.empty() && row.external_id == external_id; });
    if (found) return found;
    return newest([&](const auto& row) {
      return row.unique_key == unique_key && (row.external_id.empty() || external_id.empty());
    });
  }
  Result<bool> remove(std::string_view type, const ResourceId& id) override {
    return tables.tombstones.erase({std::string(type), id}) != 0;
  }
  Result<std::int64_t> prune(Instant before, std::int64_t limit) override {
    std::vector<std::pair<Instant, MemoryTables::Key>> old;
    for (const auto& [key, row] : tables.tombstones) {
      if (row.deleted < before) old.emplace_back(row.deleted, key);
    }
    std::sort(old.begin(), old.end());
    if (old.size() > static_cast<std::size_t>(limit)) old.resize(static_cast<std::size_t>(limit));
    for (const auto& entry : old) tables.tombstones.erase(entry.second);
    return static_cast<std::int64_t>(old.size());
  }

 private:
  MemoryTables& tables;
};

}  // namespace rolecall::testing_support
