#include "rolecall/event/catalogue.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace rolecall::event {
namespace {

constexpr auto kTypes = std::to_array<Type>({
    {"user.created", "A User was created, or came back under the id it had."},
    {"user.updated", "Attributes of a User changed; their names are told, not their values."},
    {"user.deactivated", "A User was deactivated."},
    {"user.reactivated", "A User was activated again."},
    {"user.deleted", "A User was deleted."},
    {"user.credentials_revoked", "Tokens and sessions that stood for a User were ended; account and roles stay."},
    {"group.created", "A Group was created, or came back under the id it had."},
    {"group.updated", "Attributes of a Group changed."},
    {"group.deleted", "A Group was deleted."},
    {"group.member_added", "Somebody, or a Group, became a member of a Group."},
    {"group.member_removed", "Somebody, or a Group, is no longer a member of a Group."},
    {"role.granted", "A User has a role that they did not have."},
    {"role.revoked", "A User no longer has a role, by whatever cause."},
    {"access.revoked", "A User has lost all access: roles, and tokens and sessions that stood for them."},
    {"role.created", "A role was made."},
    {"role.updated", "A role changed."},
    {"role.deleted", "A role was removed."},
    {"link.created", "A group was linked to a role."},
    {"link.changed", "A link was paused, resumed, approved or orphaned."},
    {"link.removed", "A link was removed."},
    {"token.created", "A token was made."},
    {"token.revoked", "A token was revoked."},
    {"token.rotated", "The replacement of a token was started, completed or canceled."},
    {"session.created", "A User began a session with the admin API."},
    {"session.ended", "A session with the admin API was ended before its time."},
    {"connection.created", "A connection was made."},
    {"connection.changed", "The settings of a connection changed."},
    {"directory.created", "The API of an identity provider was connected."},
    {"directory.changed", "A directory was paused, resumed, authorized or reauthorized, or its scopes changed."},
    {"directory.removed", "A directory was removed."},
    {"directory.state_changed", "A directory began to work, or no longer works as it did."},
    {"action.requested", "Somebody asked for an action in a directory; it may wait for approval, or be held."},
    {"action.approved", "Somebody approved an action, or let one that was held go on."},
    {"action.approval_refused", "Somebody tried to judge an action who may not."},
    {"action.rejected", "An action will not be done: somebody said no, or it is no longer allowed."},
    {"action.cancelled", "An action was cancelled before anything was sent."},
    {"action.expired", "An action was not approved, or could not be done, in its time."},
    {"action.succeeded", "An action was done in its directory."},
    {"action.failed", "An action was not done: the provider refused it."},
    {"action.unknown", "Nobody knows whether an action was done; somebody has to look."},
    {"action.resolved", "Somebody said whether an action, of which nobody knew, was done."},
    {"guard.tripped", "So many people would have lost access at once that the guard stepped in."},
    {"guard.held", "A change is held until somebody decides."},
    {"guard.applied", "A held change was applied."},
    {"guard.rejected", "A held change was rejected."},
    {"guard.withdrawn", "A held change was taken back by whoever asked for it."},
    {"guard.undone", "What a wave of changes took was given back."},
    {"plan.applied", "A plan of links, roles and defaults was applied."},
});

/// Action of the audit → type. An action that ends in `*` stands for all that begin so; the first line that fits
/// counts.
constexpr auto kSources = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"user.created", "user.created"},
    {"user.returned", "user.created"},
    {"user.updated", "user.updated"},
    {"user.deactivated", "user.deactivated"},
    {"user.reactivated", "user.reactivated"},
    {"user.deleted", "user.deleted"},
    {"user.credentials_revoked", "user.credentials_revoked"},
    {"group.created", "group.created"},
    {"group.returned", "group.created"},
    {"group.updated", "group.updated"},
    {"group.deleted", "group.deleted"},
    {"group.member_added", "group.member_added"},
    {"group.member_removed", "group.member_removed"},
    {"grant.added", "role.granted"},
    {"grant.removed", "role.revoked"},
    {"access.revoked", "access.revoked"},
    {"role.created", "role.created"},
    {"role.updated", "role.updated"},
    {"role.removed", "role.deleted"},
    {"link.created", "link.created"},
    {"link.removed", "link.removed"},
    {"link.*", "link.changed"},
    {"token.created", "token.created"},
    {"token.revoked", "token.revoked"},
    {"token.rotation_*", "token.rotated"},
    {"api_token.created", "token.created"},
    {"api_token.revoked", "token.revoked"},
    {"session.created", "session.created"},
    {"session.ended", "session.ended"},
    {"connection.created", "connection.created"},
    {"connection.*", "connection.changed"},
    {"directory.created", "directory.created"},
    {"directory.removed", "directory.removed"},
    {"directory.state_changed", "directory.state_changed"},
    {"directory.paused", "directory.changed"},
    {"directory.resumed", "directory.changed"},
    {"directory.scopes_changed", "directory.changed"},
    {"directory.reauthorized", "directory.changed"},
    {"directory.authorized", "directory.changed"},
    {"action.requested", "action.requested"},
    {"action.approved", "action.approved"},
    {"action.released", "action.approved"},
    {"action.approval_refused", "action.approval_refused"},
    {"action.rejected", "action.rejected"},
    {"action.cancelled", "action.cancelled"},
    {"action.expired", "action.expired"},
    {"action.succeeded", "action.succeeded"},
    {"action.failed", "action.failed"},
    {"action.unknown", "action.unknown"},
    {"action.resolved", "action.resolved"},
    {"guard.tripped", "guard.tripped"},
    {"guard.held", "guard.held"},
    {"guard.applied", "guard.applied"},
    {"guard.rejected", "guard.rejected"},
    {"guard.withdrawn", "guard.withdrawn"},
    {"guard.undone", "guard.undone"},
    {"guard.changed", "connection.changed"},
    {"plan.applied", "plan.applied"},
    {"webhook.tested", kTestType},
});

bool fits(std::string_view pattern, std::string_view text) {
  if (!pattern.ends_with('*')) return pattern == text;
  return text.starts_with(pattern.substr(0, pattern.size() - 1));
}

}  // namespace

std::span<const Type> types() { return kTypes; }

bool is_type(std::string_view name) {
  return std::any_of(kTypes.begin(), kTypes.end(), [&](const Type& type) { return type.name == name; });
}

std::string_view type_of(std::string_view action) {
  const auto found =
      std::find_if(kSources.begin(), kSources.end(), [&](const auto& source) { return fits(source.first, action); });
  return found == kSources.end() ? std::string_view() : found->second;
}

bool wants(std::span<const std::string> subscription, std::string_view type) {
  return subscription.empty() || std::any_of(subscription.begin(), subscription.end(),
                                             [&](const std::string& entry) { return fits(entry, type); });
}

bool is_subscribable(std::string_view entry) {
  // One star, behind a whole word.
  if (entry.ends_with('*') && !entry.ends_with(".*")) return false;
  return std::any_of(kTypes.begin(), kTypes.end(), [&](const Type& type) { return fits(entry, type.name); });
}

}  // namespace rolecall::event
