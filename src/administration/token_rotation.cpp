#include <algorithm>

#include "lookup.hpp"
#include "rolecall/administration/token_directory.hpp"
#include "rolecall/administration/token_format.hpp"
#include "rolecall/administration/tokens.hpp"
#include "rolecall/base/timestamp.hpp"
#include "scope.hpp"
#include "token_room.hpp"

namespace rolecall::administration {
namespace {

std::string target_of(const TokenId& token) { return "Token/" + token.value(); }

Result<Rotation> find_rotation(Change& change, const TokenId& token) {
  ROLECALL_TRY_ASSIGN(const auto tokens, change.workspace.tokens().list());
  auto found = rotation_of(tokens, token, change.now);
  if (found) return std::move(*found);
  const bool is_known = std::any_of(tokens.begin(), tokens.end(), [&](const auto& known) { return known.id == token; });
  if (!is_known) return fail(ErrorCode::not_found, "There is no token “" + token.value() + "” in this workspace.");
  return fail_with_next(ErrorCode::conflict, "The token " + token.value() + " is not being replaced.",
                        "A rotation begins with rotate-start, and ends by itself when its overlap is over.");
}

Result<void> check_start(Change& change, const std::vector<store::TokenRecord>& tokens,
                         const store::TokenRecord& old_token) {
  if (rotation_of(tokens, old_token.id, change.now)) {
    return fail_with_next(ErrorCode::conflict, "The token " + old_token.id.value() + " is being replaced already.",
                          "Complete or cancel that first.");
  }
  return check_room(change, old_token.connection, old_token.user,
                    old_token.user ? "The user of this token" : "The connection of this token");
}

/// Both may be remembered as they were.
void forget(const Environment& environment, const Result<Rotation>& ended) {
  if (environment.tokens == nullptr || !ended) return;
  environment.tokens->forget(ended->old_token.id);
  environment.tokens->forget(ended->new_token.id);
}

enum class Survivor { successor, predecessor };

/// One of the two goes on alone, the other opens nothing from now on.
Result<Rotation> end_rotation(const Environment& environment, const WorkspaceId& workspace, const Actor& actor,
                              const TokenId& token, Survivor survivor) {
  const bool is_complete = survivor == Survivor::successor;
  auto ended = in_change(environment, workspace, actor, [&](Change& change) -> Result<Rotation> {
    ROLECALL_TRY_ASSIGN(auto rotation, find_rotation(change, token));
    store::TokenRecord& revoked = is_complete ? rotation.old_token : rotation.new_token;
    ROLECALL_TRY(change.workspace.tokens().set_rotation(rotation.old_token.id, std::nullopt, std::nullopt));
    ROLECALL_TRY(change.workspace.tokens().revoke(revoked.id, change.now));
    ROLECALL_TRY(change.trail.record(is_complete ? "token.rotation_completed" : "token.rotation_canceled",
                                     target_of(rotation.old_token.id),
                                     {{"successor", target_of(rotation.new_token.id)}}));
    revoked.revoked = change.now;
    rotation.old_token.successor.reset();
    rotation.old_token.retires.reset();
    return rotation;
  });
  forget(environment, ended);
  return ended;
}

}  // namespace

std::optional<Rotation> rotation_of(const std::vector<store::TokenRecord>& tokens, const TokenId& token, Instant now) {
  for (const store::TokenRecord& old_token : tokens) {
    if (!old_token.successor || !is_live(old_token, now)) continue;
    if (old_token.id != token && *old_token.successor != token) continue;
    const auto successor = std::find_if(tokens.begin(), tokens.end(), [&](const store::TokenRecord& other) {
      return other.id == *old_token.successor && is_live(other, now);
    });
    if (successor != tokens.end()) return Rotation{old_token, *successor};
  }
  return std::nullopt;
}

Result<StartedRotation> start_rotation(const Environment& environment, const WorkspaceId& workspace, const Actor& actor,
                                       const TokenId& token, std::chrono::seconds overlap) {
  if (overlap < std::chrono::seconds(1) || overlap > kLongestOverlap) {
    return fail(ErrorCode::invalid_value, "The overlap is 1 second to 30 days.", "overlap_seconds");
  }
  auto generated = generate_token(environment.random, environment.digest);
  auto started = in_change(environment, workspace, actor, [&](Change& change) -> Result<StartedRotation> {
    ROLECALL_TRY_ASSIGN(const auto tokens, change.workspace.tokens().list());
    const auto found = std::find_if(tokens.begin(), tokens.end(), [&](const auto& known) { return known.id == token; });
    if (found == tokens.end() || !is_live(*found, change.now)) {
      return fail(ErrorCode::not_found, "There is no live token “" + token.value() + "” in this workspace.");
    }
    store::TokenRecord old_token = *found;
    ROLECALL_TRY(check_start(change, tokens, old_token));
    store::TokenRecord successor = old_token;
    successor.id = generated.id;
    successor.digest = generated.digest;
    successor.created = change.now;
    successor.successor.reset();
    successor.retires.reset();
    if (old_token.expires) successor.expires = change.now + (*old_token.expires - old_token.created);
    old_token.successor = successor.id;
    old_token.retires = change.now + overlap;
    ROLECALL_TRY(change.workspace.tokens().insert(successor));
    ROLECALL_TRY(change.workspace.tokens().set_rotation(old_token.id, old_token.successor, old_token.retires));
    ROLECALL_TRY(change.trail.record(
        "token.created", target_of(successor.id),
        {{"connection", "Connection/" + successor.connection.value()}, {"replaces", target_of(old_token.id)}}));
    ROLECALL_TRY(
        change.trail.record("token.rotation_started", target_of(old_token.id),
                            {{"successor", target_of(successor.id)}, {"retires", to_timestamp(*old_token.retires)}}));
    return StartedRotation{{std::move(old_token), std::move(successor)}, generated.token};
  });
  if (environment.tokens != nullptr) environment.tokens->forget(token);
  if (environment.tokens != nullptr) environment.tokens->forget(generated.id);
  return started;
}

Result<Rotation> complete_rotation(const Environment& environment, const WorkspaceId& workspace, const Actor& actor,
                                   const TokenId& token) {
  return end_rotation(environment, workspace, actor, token, Survivor::successor);
}

Result<Rotation> cancel_rotation(const Environment& environment, const WorkspaceId& workspace, const Actor& actor,
                                 const TokenId& token) {
  return end_rotation(environment, workspace, actor, token, Survivor::predecessor);
}

}  // namespace rolecall::administration
