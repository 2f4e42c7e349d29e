#pragma once

#include "rolecall/store/store.hpp"
#include "session.hpp"

namespace rolecall::adapter::soci {

struct Scope;

class GuardRepository final : public store::GuardRepository {
 public:
  explicit GuardRepository(const Scope& scope) : scope_(scope) {}
  [[nodiscard]] Result<std::optional<access::GuardSettings>> settings(const ConnectionId& connection) override;
  [[nodiscard]] Result<void> set_settings(const ConnectionId& connection,
                                          const access::GuardSettings& settings) override;
  [[nodiscard]] Result<void> count_loss(const ConnectionId& connection, const ResourceId& user, Instant at,
                                        bool ends_access) override;
  [[nodiscard]] Result<bool> is_counted(const ConnectionId& connection, const ResourceId& user, Instant since) override;
  [[nodiscard]] Result<std::vector<ResourceId>> counted_of(const ConnectionId& connection,
                                                           const std::vector<ResourceId>& users,
                                                           Instant since) override;
  [[nodiscard]] Result<std::int64_t> losses(const ConnectionId& connection, Instant since) override;
  [[nodiscard]] Result<std::int64_t> active_users(const ConnectionId& connection, Instant since) override;
  [[nodiscard]] Result<void> mark_restored(const ConnectionId& connection, const ResourceId& user) override;
  [[nodiscard]] Result<void> note_taken(const store::TakenRecord& taken) override;
  [[nodiscard]] Result<void> adopt(const ConnectionId& connection, Instant since, const WaveId& wave) override;
  [[nodiscard]] Result<std::vector<store::TakenRecord>> taken_in(const WaveId& wave, std::int64_t limit) override;
  [[nodiscard]] Result<std::int64_t> count_taken(const WaveId& wave) override;
  [[nodiscard]] Result<void> forget_taken(const std::string& id) override;
  [[nodiscard]] Result<void> prune(const ConnectionId& connection, Instant window, Instant wave) override;
  [[nodiscard]] Result<void> insert_wave(const store::WaveRecord& wave) override;
  [[nodiscard]] Result<void> update_wave(const store::WaveRecord& wave) override;
  [[nodiscard]] Result<std::optional<store::WaveRecord>> find_wave(const WaveId& id) override;
  [[nodiscard]] Result<std::vector<store::WaveRecord>> waves(const ConnectionId& connection, const WaveId& before,
                                                             std::int64_t limit) override;
  [[nodiscard]] Result<std::int64_t> count_waves() override;
  [[nodiscard]] Result<void> forget_waves(std::int64_t keep, Instant oldest) override;

 private:
  const Scope& scope_;
};

class HeldChangeRepository final : public store::HeldChangeRepository {
 public:
  explicit HeldChangeRepository(const Scope& scope) : scope_(scope) {}
  [[nodiscard]] Result<void> insert(const store::HeldChangeRecord& change) override;
  [[nodiscard]] Result<void> update(const store::HeldChangeRecord& change) override;
  [[nodiscard]] Result<std::optional<store::HeldChangeRecord>> find(const HeldChangeId& id) override;
  [[nodiscard]] Result<std::optional<store::HeldChangeRecord>> find_by_digest(const ConnectionId& connection,
                                                                              const std::string& digest) override;
  [[nodiscard]] Result<std::vector<store::HeldChangeRecord>> list(const store::HeldFilter& filter,
                                                                  std::int64_t limit) override;
  [[nodiscard]] Result<std::int64_t> count(const store::HeldFilter& filter) override;
  [[nodiscard]] Result<std::vector<store::HeldChangeRecord>> due(Instant now, std::int64_t limit) override;
  [[nodiscard]] Result<void> forget_decided(std::int64_t keep, Instant oldest) override;

 private:
  const Scope& scope_;
};

}  // namespace rolecall::adapter::soci
