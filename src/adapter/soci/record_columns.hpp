#pragma once

#include <string_view>

#include "rolecall/store/records.hpp"
#include "sql.hpp"

// The columns of a ResourceRecord, for every statement that reads one. `r` is the alias of resources.
#define ROLECALL_RECORD_COLUMNS                                                                  \
  "r.id, r.type, r.connection, r.version, r.created, r.last_modified, r.unique_key, r.display, " \
  "r.external_id, r.is_active, r.default_role, r.document"

namespace rolecall::adapter::soci {

inline constexpr const char* kRecordKinds = "tttnnntttntt";

[[nodiscard]] inline store::ResourceRecord record_of(Row& row) {
  store::ResourceRecord record;
  record.id = row.id<ResourceId>(0);
  record.type = row.text(1);
  record.connection = row.id<ConnectionId>(2);
  record.version = Version{row.number(3)};
  record.created = row.instant(4);
  record.last_modified = row.instant(5);
  record.unique_key = row.text(6);
  record.display = row.text(7);
  record.external_id = row.text(8);
  record.is_active = row.flag(9);
  record.default_role = row.text(10);
  record.document = row.text(11);
  return record;
}

/// True for a path whose value has a column of its own in `resources` and hence no index rows.
[[nodiscard]] inline bool has_column(std::string_view type, std::string_view path) {
  return path == "externalId" || (type == "User" && path == "userName") || (type == "Group" && path == "displayName");
}

}  // namespace rolecall::adapter::soci
