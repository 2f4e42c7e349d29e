#pragma once

#include "rolecall/store/store.hpp"
#include "session.hpp"

namespace rolecall::adapter::soci {

struct Scope;

class ApiTokenRepository final : public store::ApiTokenRepository {
 public:
  explicit ApiTokenRepository(const Scope& scope) : scope_(scope) {}
  [[nodiscard]] static Result<std::optional<store::ApiTokenRecord>> find_anywhere(Session& session, const TokenId& id);
  [[nodiscard]] Result<void> insert(const store::ApiTokenRecord& token) override;
  [[nodiscard]] Result<std::optional<store::ApiTokenRecord>> find(const TokenId& id) override;
  [[nodiscard]] Result<std::vector<store::ApiTokenRecord>> list() override;
  [[nodiscard]] Result<bool> revoke(const TokenId& id, Instant at) override;
  [[nodiscard]] Result<std::vector<TokenId>> revoke_of(const ResourceId& user, Instant at) override;

 private:
  const Scope& scope_;
};

}  // namespace rolecall::adapter::soci
