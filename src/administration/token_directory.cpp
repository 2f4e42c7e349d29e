#include "rolecall/administration/token_directory.hpp"

#include "rolecall/administration/token_format.hpp"

namespace rolecall::administration {
namespace {

tl::unexpected<Error> refuse() {
  return fail(ErrorCode::unauthenticated,
              "The API token is missing or not valid. Check that the whole token was pasted, and that it was not "
              "revoked and has not expired.");
}

}  // namespace

Result<AuthenticatedToken> TokenDirectory::authenticate(std::string_view presented, Instant now) {
  const auto parsed = parse_token(presented);
  std::optional<store::TokenRecord> record;
  if (parsed) {
    ROLECALL_TRY_ASSIGN(record, find(parsed->id));
  }
  if (!record) {
    // The same work as for a known id; over-long input costs no more than a token.
    const store::TokenRecord nobody{{}, {}, {}, {}, std::string(32, '\0'), {}, {}, {}, {}};
    static_cast<void>(verify_token(nobody, presented.substr(0, kTokenLength), now, digest_));
    return refuse();
  }
  if (!constant_time_equal(digest_.sha256(presented), record->digest)) return refuse();
  if (!admits(record->id, is_live(*record, now))) return refuse();
  if (record->user) {
    ROLECALL_TRY_ASSIGN(const bool is_holder_active, is_active(*record));
    if (!is_holder_active) return refuse();
  }
  return AuthenticatedToken{record->id, record->workspace, record->connection, record->user};
}

/// Asked each time: a leaver's token ends with the request that made him one. A deletion revokes it, which is not told
/// to this directory; without a look at the row it would open again once the user has returned.
Result<bool> TokenDirectory::is_active(const store::TokenRecord& token) {
  return store::read(store_, [&](store::UnitOfWork& unit) -> Result<bool> {
    ROLECALL_TRY_ASSIGN(const auto user,
                        unit.workspace(token.workspace).resources().find(token.connection, "User", *token.user));
    if (!user || !user->is_active) return false;
    ROLECALL_TRY_ASSIGN(const auto stored, unit.find_token(token.id));
    return stored && !stored->revoked;
  });
}

Result<std::optional<store::TokenRecord>> TokenDirectory::find(const TokenId& token) {
  std::uint64_t generation = 0;
  {
    const std::shared_lock lock(mutex_);
    if (const auto known = known_.find(token); known != known_.end()) return std::optional(known->second);
    if (unknown_.count(token) != 0) return std::optional<store::TokenRecord>();
    generation = generation_;
  }
  ROLECALL_TRY_ASSIGN(auto record,
                      store::read_one(store_, [&](store::UnitOfWork& unit) { return unit.find_token(token); }));
  if (!remembers_) return record;
  const std::unique_lock lock(mutex_);
  if (generation == generation_) {
    if (record) {
      if (known_.size() >= kKnownLimit) known_.clear();
      known_.emplace(token, *record);
    } else {
      if (unknown_.size() >= kUnknownLimit) unknown_.clear();
      unknown_.insert(token);
    }
  }
  return record;
}

bool TokenDirectory::admits(const TokenId& token, bool is_alive) {
  {
    const std::shared_lock lock(mutex_);
    if (ended_.count(token) != 0) return false;
  }
  if (is_alive) return true;
  const std::unique_lock lock(mutex_);
  if (ended_.size() >= kEndedLimit) ended_.clear();
  ended_.insert(token);
  return false;
}

void TokenDirectory::forget(const TokenId& token) {
  const std::unique_lock lock(mutex_);
  ++generation_;
  ended_.erase(token);
  known_.erase(token);
  unknown_.erase(token);
}

void TokenDirectory::clear() {
  const std::unique_lock lock(mutex_);
  ++generation_;
  known_.clear();
  unknown_.clear();
}

}  // namespace rolecall::administration
