#pragma once

#include "rolecall/store/store.hpp"
#include "session.hpp"

namespace rolecall::adapter::soci {

struct Scope;

/// Of sessions of users; a Session here is one of the database.
class AdminSessionRepository final : public store::AdminSessionRepository {
 public:
  explicit AdminSessionRepository(const Scope& scope) : scope_(scope) {}
  [[nodiscard]] static Result<std::optional<store::AdminSessionRecord>> find_anywhere(Session& session,
                                                                                      const SessionId& id);
  [[nodiscard]] Result<void> insert(const store::AdminSessionRecord& record) override;
  [[nodiscard]] Result<std::vector<store::AdminSessionRecord>> list() override;
  [[nodiscard]] Result<std::vector<store::AdminSessionRecord>> of_user(const ResourceId& user) override;
  [[nodiscard]] Result<std::optional<ResourceId>> end(const SessionId& id, Instant at) override;
  [[nodiscard]] Result<std::vector<SessionId>> end_of_token(const TokenId& token, Instant at) override;
  [[nodiscard]] Result<std::vector<SessionId>> end_of_user(const ResourceId& user, Instant at) override;
  [[nodiscard]] Result<void> note_use(const SessionId& id, Instant at, Instant before) override;
  [[nodiscard]] Result<void> remove(const SessionId& id) override;
  [[nodiscard]] Result<std::int64_t> forget_expired(Instant now, std::int64_t limit) override;

 private:
  [[nodiscard]] Result<std::vector<SessionId>> end_all(std::vector<SessionId> found, Instant at);

  const Scope& scope_;
};

}  // namespace rolecall::adapter::soci
