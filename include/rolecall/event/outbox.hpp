#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rolecall/base/result.hpp"
#include "rolecall/json/value.hpp"
#include "rolecall/store/store.hpp"

namespace rolecall::event {

/// Writes what happened for those who have subscribed to it, in the unit of work in which it happens. Where nobody has,
/// it costs one look into an empty table for each change and leaves no row. The workspace must outlive it.
class Outbox {
 public:
  explicit Outbox(store::Workspace& workspace) : workspace_(workspace) {}

  /// What the entry tells of, if it tells of anything; `details` are the entry's.
  [[nodiscard]] Result<void> add(const store::AuditRecord& row, const json::Object& details);

 private:
  [[nodiscard]] Result<std::vector<WebhookId>> who_wants(std::string_view type, const std::string& target);
  [[nodiscard]] Result<std::string> role_name(const RoleId& role);
  [[nodiscard]] Result<json::Value> shown(const std::string& text);
  [[nodiscard]] Result<json::Object> data_of(const json::Object& details);

  store::Workspace& workspace_;
  std::optional<std::vector<store::Subscription>> subscriptions_;
  std::map<RoleId, std::string> role_names_;
};

/// Details of a grant that say the user has, or had, the role by another cause as well: no role is granted or revoked
/// then.
inline constexpr std::string_view kHeldOtherwise = "held_otherwise";

/// What a receiver knows the event by; the same each time it is sent. It comes from the hash of the entry in the audit,
/// so two events never have the same one, not even after an old backup was put back.
[[nodiscard]] EventId id_of(const store::AuditRecord& row);

}  // namespace rolecall::event
