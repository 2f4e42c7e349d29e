#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

namespace rolecall {

/// An opaque identifier that cannot be mixed up with another kind of identifier.
template <typename Tag>
class StrongId {
 public:
  StrongId() = default;
  explicit StrongId(std::string value) : value_(std::move(value)) {}

  [[nodiscard]] const std::string& value() const { return value_; }
  [[nodiscard]] bool empty() const { return value_.empty(); }
  auto operator<=>(const StrongId&) const = default;

 private:
  std::string value_;
};

using WorkspaceId = StrongId<struct WorkspaceTag>;    ///< the tenant; every row belongs to one
using ConnectionId = StrongId<struct ConnectionTag>;  ///< one IdP as seen by one workspace
using ResourceId = StrongId<struct ResourceTag>;      ///< `id` of a SCIM resource: User, Group, …
using RoleId = StrongId<struct RoleTag>;
using LinkId = StrongId<struct LinkTag>;
using PlanId = StrongId<struct PlanTag>;
using WaveId = StrongId<struct WaveTag>;              ///< a time in which the guard tripped
using HeldChangeId = StrongId<struct HeldChangeTag>;  ///< a change that waits for an administrator
using TokenId = StrongId<struct TokenTag>;            ///< public part of a token, printable, not a secret
using SessionId = StrongId<struct SessionTag>;        ///< likewise of the secret of a session
using WebhookId = StrongId<struct WebhookTag>;
using DirectoryId = StrongId<struct DirectoryTag>;  ///< an IdP's own API, as one workspace may call it
using SyncRunId = StrongId<struct SyncRunTag>;      ///< one read of a directory
using ActionId = StrongId<struct ActionTag>;        ///< something to be done in a directory
using ActionPolicyId = StrongId<struct ActionPolicyTag>;
using EventId = StrongId<struct EventTag>;      ///< what a receiver of a webhook knows an event by
using RequestId = StrongId<struct RequestTag>;  ///< one per HTTP request, in every log line and audit row

/// Revision of a resource: starts at 1 and grows by one whenever its representation changes (`meta.version`, ETag).
struct Version {
  std::int64_t number = 0;
  auto operator<=>(const Version&) const = default;
};

}  // namespace rolecall

template <typename Tag>
struct std::hash<rolecall::StrongId<Tag>> {
  std::size_t operator()(const rolecall::StrongId<Tag>& id) const noexcept {
    return std::hash<std::string>{}(id.value());
  }
};
