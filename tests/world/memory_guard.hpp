#pragma once

#include "memory_repositories.hpp"

// What the guard remembers, over the tables of memory_store.hpp.

namespace rolecall::testing_support {

class MemoryGuard final : public store::GuardRepository {
 public:
  explicit MemoryGuard(MemoryTables& tables_in) : tables(tables_in) {}

  Result<std::optional<access::GuardSettings>> settings(const ConnectionId& connection) override {
    return look_up(tables.guard_settings, connection);
  }
  Result<void> set_settings(const ConnectionId& connection, const access::GuardSettings& settings) override {
    tables.guard_settings[connection] = settings;
    return {};
  }
  Result<void> count_loss(const ConnectionId& connection, const ResourceId& user, Instant at,
                          bool ends_access) override {
    tables.losses[{connection, user}] = {at, ends_access, false};
    return {};
  }
  Result<bool> is_counted(const ConnectionId& connection, const ResourceId& user, Instant since) override {
    const auto loss = tables.losses.find({connection, user});
    return loss != tables.losses.end() && loss->second.at > since && !loss->second.is_restored;
  }
  Result<std::vector<ResourceId>> counted_of(const ConnectionId& connection, const std::vector<ResourceId>& users,
                                             Instant since) override {
    std::vector<ResourceId> found;
    for (const auto& user : users) {
      if (*is_counted(connection, user, since)) found.push_back(user);
    }
    return found;
  }
  Result<std::int64_t> losses(const ConnectionId& connection, Instant since) override {
    return std::count_if(tables.losses.begin(), tables.losses.end(),
                         [&](const auto& entry) { return entry.first.first == connection && entry.second.at > since; });
  }
  Result<std::int64_t> active_users(const ConnectionId& connection, Instant since) override {
    const auto is_active = [&](const ResourceId& user) {
      const auto found = tables.resources.find({"User", user});
      return found != tables.resources.end() && found->second.is_active;
    };
    const auto active = std::count_if(tables.resources.begin(), tables.resources.end(), [&](const auto& entry) {
      return entry.first.first == "User" && entry.second.connection == connection && entry.second.is_active;
    });
    return active + std::count_if(tables.losses.begin(), tables.losses.end(), [&](const auto& entry) {
             return entry.first.first == connection && entry.second.at > since && entry.second.ends_access &&
                    !is_active(entry.first.second);
           });
  }
  Result<void> mark_restored(const ConnectionId& connection, const ResourceId& user) override {
    const auto loss = tables.losses.find({connection, user});
    if (loss != tables.losses.end()) loss->second.is_restored = true;
    return {};
  }
  Result<void> note_taken(const store::TakenRecord& taken) override {
    tables.taken[taken.id] = taken;
    return {};
  }
  Result<void> adopt(const ConnectionId& connection, Instant since, const WaveId& wave) override {
    for (auto& [id, row] : tables.taken) {
      if (row.connection == connection && row.at > since && !row.wave) row.wave = wave;
    }
    return {};
  }
  Result<std::vector<store::TakenRecord>> taken_in(const WaveId& wave, std::int64_t limit) override {
    auto found = *collect(tables.taken, [&](const auto& row) { return row.wave == wave; });
    std::sort(found.begin(), found.end(),
              [](const auto& a, const auto& b) { return std::tie(b.at, b.id) < std::tie(a.at, a.id); });
    if (found.size() > static_cast<std::size_t>(limit)) found.resize(static_cast<std::size_t>(limit));
    return found;
  }
  Result<std::int64_t> count_taken(const WaveId& wave) override {
    return std::count_if(tables.taken.begin(), tables.taken.end(),
                         [&](const auto& entry) { return entry.second.wave == wave; });
  }
  Result<void> forget_taken(const std::string& id) override {
    tables.taken.erase(id);
    return {};
  }
  Result<void> prune(const ConnectionId& connection, Instant window, Instant wave) override {
    std::erase_if(tables.losses,
                  [&](const auto& entry) { return entry.first.first == connection && entry.second.at <= window; });
    std::erase_if(tables.taken, [&](const auto& entry) {
      const auto& row = entry.second;
      return row.connection == connection && row.at <= (row.wave ? wave : window);
    });
    return {};
  }
  Result<void> insert_wave(const store::WaveRecord& wave) override {
    tables.waves[wave.id] = wave;
    return {};
  }
  Result<void> update_wave(const store::WaveRecord& wave) override {
    auto& stored = tables.waves.at(wave.id);
    stored.last = wave.last;
    stored.undone = wave.undone;
    stored.undone_by = wave.undone_by;
    return {};
  }
  Result<std::optional<store::WaveRecord>> find_wave(const WaveId& id) override { return look_up(tables.waves, id); }
  Result<std::vector<store::WaveRecord>> waves(const ConnectionId& connection, const WaveId& before,
                                               std::int64_t limit) override {
    auto found = *collect(tables.waves, [&](const auto& row) {
      return (connection.empty() || row.connection == connection) && (before.empty() || row.id < before);
    });
    std::reverse(found.begin(), found.end());
    if (found.size() > static_cast<std::size_t>(limit)) found.resize(static_cast<std::size_t>(limit));
    return found;
  }
  Result<std::int64_t> count_waves() override { return static_cast<std::int64_t>(tables.waves.size()); }
  Result<void> forget_waves(std::int64_t keep, Instant oldest) override {
    const auto surplus = static_cast<std::int64_t>(tables.waves.size()) - keep;
    std::int64_t place = 0;
    std::erase_if(tables.waves, [&](const auto& entry) {
      const bool is_old = place++ < surplus || entry.second.last < oldest;
      const auto is_of_it = [&](const auto& row) { return row.second.wave == entry.first; };
      const auto waits = [&](const auto& row) { return is_of_it(row) && row.second.state == store::HeldState::held; };
      return is_old && std::none_of(tables.taken.begin(), tables.taken.end(), is_of_it) &&
             std::none_of(tables.held.begin(), tables.held.end(), waits);
    });
    return {};
  }

 private:
  MemoryTables& tables;
};

class MemoryHeldChanges final : public store::HeldChangeRepository {
 public:
  explicit MemoryHeldChanges(MemoryTables& tables_in) : tables(tables_in) {}

  Result<void> insert(const store::HeldChangeRecord& change) override {
    tables.held[change.id] = change;
    return {};
  }
  Result<void> update(const store::HeldChangeRecord& change) override { return insert(change); }
  Result<std::optional<store::HeldChangeRecord>> find(const HeldChangeId& id) override {
    return look_up(tables.held, id);
  }
  Result<std::optional<store::HeldChangeRecord>> find_by_digest(const ConnectionId& connection,
                                                                const std::string& digest) override {
    const auto found =
        *collect(tables.held, [&](const auto& row) { return row.connection == connection && row.digest == digest; });
    return found.empty() ? std::optional<store::HeldChangeRecord>() : std::optional(found.back());
  }
  Result<std::vector<store::HeldChangeRecord>> list(const store::HeldFilter& filter, std::int64_t limit) override {
    return cut(matching(filter), limit);
  }
  Result<std::int64_t> count(const store::HeldFilter& filter) override {
    return static_cast<std::int64_t>(matching(filter).size());
  }
  Result<std::vector<store::HeldChangeRecord>> due(Instant now, std::int64_t limit) override {
    auto found = matching({store::HeldState::held, {}, {}, {}, {}});
    std::erase_if(found, [&](const auto& row) { return !row.due || *row.due > now; });
    std::sort(found.begin(), found.end(),
              [](const auto& a, const auto& b) { return std::tie(*a.due, a.id) < std::tie(*b.due, b.id); });
    return cut(std::move(found), limit);
  }
  Result<void> forget_decided(std::int64_t keep, Instant oldest) override {
    std::vector<Instant> times;
    for (const auto& [id, row] : tables.held) {
      if (row.decided) times.push_back(*row.decided);
    }
    std::sort(times.rbegin(), times.rend());
    const bool are_many = times.size() > static_cast<std::size_t>(keep);
    std::erase_if(tables.held, [&](const auto& entry) {
      const auto& row = entry.second;
      return row.state != store::HeldState::held && row.decided &&
             (*row.decided < oldest || (are_many && *row.decided <= times[static_cast<std::size_t>(keep)]));
    });
    return {};
  }

 private:
  std::vector<store::HeldChangeRecord> matching(const store::HeldFilter& filter) const {
    return *collect(tables.held, [&](const auto& row) {
      return (!filter.state || *filter.state == row.state) &&
             (filter.connection.empty() || filter.connection == row.connection) &&
             (filter.wave.empty() || filter.wave == row.wave) && (filter.type.empty() || filter.type == row.type) &&
             (filter.resource.empty() || filter.resource == row.resource) && filter.after < row.id;
    });
  }
  static std::vector<store::HeldChangeRecord> cut(std::vector<store::HeldChangeRecord> rows, std::int64_t limit) {
    if (rows.size() > static_cast<std::size_t>(limit)) rows.resize(static_cast<std::size_t>(limit));
    return rows;
  }

  MemoryTables& tables;
};

}  // namespace rolecall::testing_support
