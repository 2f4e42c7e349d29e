#pragma once

#include <optional>
#include <unordered_map>
#include <vector>

#include "rolecall/administration/adoption.hpp"
#include "scope.hpp"

namespace rolecall::administration {

/// Hands Users and Groups to a connection, within one change: first `take` each, then `settle` once.
class Handover {
 public:
  Handover(Change& change, const store::ConnectionRecord& to, bool keep_roles)
      : change_(change), to_(to), keep_roles_(keep_roles) {}

  /// For the report, where nothing may be taken.
  void name_origin(const std::string& connection) { done_.from = connection; }
  [[nodiscard]] Result<void> take(const store::ResourceRecord& record);
  /// What follows once all belong to the connection: memberships that would cross, roles, parked members.
  [[nodiscard]] Result<Adoption> settle();

 private:
  [[nodiscard]] Result<void> check_links(const store::ResourceRecord& group);
  [[nodiscard]] Result<void> leave_foreign_groups(const store::ResourceRecord& member);
  [[nodiscard]] Result<void> join_group_of_role(const ResourceId& left, const store::ResourceRecord& member);
  [[nodiscard]] Result<void> drop_foreign_members(const store::ResourceRecord& group);
  [[nodiscard]] Result<void> admit_who_is_parked(const store::ResourceRecord& group);
  [[nodiscard]] Result<void> end(const ResourceId& group, const store::ResourceRecord& member);
  [[nodiscard]] Result<void> note_roles(const store::ResourceRecord& user);
  [[nodiscard]] Result<std::vector<std::string>> roles_of(const ResourceId& user);
  [[nodiscard]] Result<void> count_step();

  Change& change_;
  const store::ConnectionRecord& to_;
  bool keep_roles_;
  std::vector<store::ResourceRecord> taken_;
  std::unordered_map<ResourceId, std::vector<std::string>> roles_before_;
  std::vector<access::Role> roles_;  ///< by rank
  std::int64_t steps_ = 0;
  Adoption done_;
};

}  // namespace rolecall::administration
