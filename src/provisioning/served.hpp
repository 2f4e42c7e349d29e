#pragma once

#include <optional>
#include <vector>

#include "rolecall/provisioning/provisioning.hpp"

// Resources that are not stored as such (schema::ResourceType::is_read_only): the roles that a connection may grant,
// and the permissions that these may hold. There are few; they are made anew for each request.

namespace rolecall::provisioning {

/// All that the connection sees, in order of id. A version is a digest of what it is the version of.
[[nodiscard]] Result<std::vector<store::ResourceRecord>> served_records(const Environment& environment,
                                                                        store::Workspace& workspace,
                                                                        const ConnectionId& connection,
                                                                        const schema::ResourceType& type);

[[nodiscard]] std::optional<store::ResourceRecord> find_served(const std::vector<store::ResourceRecord>& records,
                                                               const ResourceId& id);

/// What store::ResourceRepository::query answers of rows, of these records.
[[nodiscard]] Result<store::ResourcePage> query_served(const std::vector<store::ResourceRecord>& records,
                                                       const store::ResourceQuery& query, const TextFolder& folder);

}  // namespace rolecall::provisioning
