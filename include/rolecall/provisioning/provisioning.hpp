#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "rolecall/access/guard.hpp"
#include "rolecall/access/role.hpp"
#include "rolecall/base/clock.hpp"
#include "rolecall/base/digest.hpp"
#include "rolecall/base/ids.hpp"
#include "rolecall/base/random.hpp"
#include "rolecall/base/result.hpp"
#include "rolecall/base/text.hpp"
#include "rolecall/json/value.hpp"
#include "rolecall/patch/resolve.hpp"
#include "rolecall/resource/validate.hpp"
#include "rolecall/schema/registry.hpp"
#include "rolecall/store/query.hpp"
#include "rolecall/store/store.hpp"

// The use cases behind SCIM, one function per verb; each runs in one unit of work. All are thread-safe.

namespace rolecall::provisioning {

/// Who asks, as the token said.
struct Caller {
  WorkspaceId workspace;
  ConnectionId connection;
  TokenId token;
  RequestId request;
  bool checks_formats = false;  ///< resource::ValidationOptions, of the connection's dialect
  std::string actor = {};       ///< for the audit, when it is not the token
};

/// The guard against mass removal found too much, for the first time in a wave.
struct GuardTrip {
  WorkspaceId workspace;
  std::string connection;  ///< name
  WaveId wave;
  access::GuardMode mode = access::GuardMode::hold;
  std::int64_t losses = 0;  ///< users, in the window
  std::int64_t limit = 0;
  RequestId request;
};

/// What every use case needs; the references outlive it.
struct Environment {
  store::Store& store;
  const schema::Registry& registry;
  const TextFolder& folder;
  const Clock& clock;
  IdGenerator& ids;
  const Digest& digest;
  resource::ValidationOptions validation;
  const access::Catalogue* catalogue = nullptr;  ///< the permissions under /Entitlements; none without it
  /// How long a deleted User or Group gets its id back when it returns; 0: never.
  std::chrono::seconds tombstones_kept = std::chrono::hours(24 * 30);
  std::int64_t parked_members = 1'000;                 ///< of one Group
  std::int64_t held_changes = 10'000;                  ///< of one connection, while nobody decides
  std::function<void(const GuardTrip&)> on_trip = {};  ///< called after the commit

  /// The same on another store, whose commits are not its own: it tells nobody of a trip.
  [[nodiscard]] Environment over(store::Store& other) const {
    Environment copy{other, registry, folder, clock, ids, digest, validation, catalogue, tombstones_kept};
    copy.parked_members = parked_members;
    copy.held_changes = held_changes;
    return copy;
  }
};

/// What the answer will show besides the record; nothing is loaded that was not asked for.
struct Need {
  bool groups = false;   ///< User.groups
  bool members = false;  ///< Group.members
  bool roles = false;    ///< effectiveRoles of a User
};

struct View {
  store::ResourceRecord record;
  std::vector<store::MembershipRecord> groups;
  std::vector<store::MemberRecord> members;
  std::vector<store::HeldRoleRecord> roles;
};

/// As store::ResourcePage.
struct ViewPage {
  std::int64_t total = 0;
  std::vector<View> views;
  std::vector<store::Position> positions;
  bool has_before = false;
  bool has_after = false;
};

/// Things an admin should hear of although the request succeeded ("2 of 3 members are unknown"); logged with the
/// request.
struct Notices {
  std::vector<std::string> texts;
  bool took_access = false;  ///< somebody lost a role, or all access
};

[[nodiscard]] Result<View> get(const Environment& environment, const Caller& caller, const schema::ResourceType& type,
                               const ResourceId& id, Need need);

[[nodiscard]] Result<ViewPage> list(const Environment& environment, const Caller& caller,
                                    const store::ResourceQuery& query, Need need);
/// Positions of a list over several types are merged, and so held, up to the page that is asked for.
inline constexpr std::int64_t kDeepestMerge = 10'000;

/// One list over several types (RFC 7644 §3.4.2.1): the queries differ in their types and in how these read filter and
/// sort attribute. There is at least one. `too_many` for a page by index that begins behind kDeepestMerge and before
/// the end of the list; a walk has no such end.
[[nodiscard]] Result<ViewPage> list_all(const Environment& environment, const Caller& caller,
                                        const std::vector<store::ResourceQuery>& queries, Need need);

/// POST. `uniqueness` when userName or displayName is taken. A User or Group that this connection deleted, and that no
/// role stood for, gets its id back within `tombstones_kept`; nothing else of it comes back: no role, no membership.
/// Created is now, and the version goes on from the last one, so that no ETag of before matches.
[[nodiscard]] Result<View> create(const Environment& environment, const Caller& caller,
                                  const schema::ResourceType& type, const json::Object& body, Need need,
                                  Notices& notices);

/// PUT. What takes access from too many users is held by the connection's guard (held_changes.hpp), as with PATCH and
/// DELETE: then it fails with `held`, or succeeds without effect where the connection wants that. `forbidden`
/// when somebody would lose a protected role. `precondition_failed` when `expected` is given and not the stored
/// version.
[[nodiscard]] Result<View> replace(const Environment& environment, const Caller& caller,
                                   const schema::ResourceType& type, const ResourceId& id, const json::Object& body,
                                   std::optional<Version> expected, Need need, Notices& notices);

/// PATCH. A patch that changes nothing succeeds and leaves version and lastModified alone.
[[nodiscard]] Result<View> patch(const Environment& environment, const Caller& caller, const schema::ResourceType& type,
                                 const ResourceId& id, const patch::ResolvedPatch& patch,
                                 std::optional<Version> expected, Need need, Notices& notices);

/// DELETE.
[[nodiscard]] Result<void> remove(const Environment& environment, const Caller& caller,
                                  const schema::ResourceType& type, const ResourceId& id,
                                  std::optional<Version> expected, Notices& notices);

}  // namespace rolecall::provisioning
