#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "rolecall/administration/environment.hpp"
#include "rolecall/administration/links.hpp"

namespace rolecall::administration {

struct GroupView {
  store::ResourceRecord record;
  std::string connection_name;
  std::string stands_for;  ///< name of the role whose own group this is; empty for others
  std::vector<LinkView> links;
  std::int64_t members = 0;
  std::int64_t parked = 0;  ///< members that wait for their User or Group; no SCIM answer shows them
};

struct GroupPage {
  std::vector<GroupView> groups;  ///< by displayName
  std::string next;               ///< pass as `after` for the next page; empty at the end
  std::int64_t total = 0;
};

struct MemberPage {
  std::vector<store::MemberRecord> members;
  ResourceId next;  ///< pass as `after` for the next page; empty at the end
  std::int64_t total = 0;
};

[[nodiscard]] Result<GroupPage> list_groups(const Environment& environment, const WorkspaceId& workspace,
                                            const std::string& after, std::int64_t limit);
/// By id or displayName; `connection` (name or id) when the displayName is in several.
[[nodiscard]] Result<GroupView> get_group(const Environment& environment, const WorkspaceId& workspace,
                                          const std::string& group, const std::string& connection = {});
[[nodiscard]] Result<MemberPage> list_members(const Environment& environment, const WorkspaceId& workspace,
                                              const std::string& group, const std::string& connection,
                                              const ResourceId& after, std::int64_t limit);

}  // namespace rolecall::administration
