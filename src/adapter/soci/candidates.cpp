#include <algorithm>

#include "rolecall/schema/value_key.hpp"
#include "workspace.hpp"

namespace rolecall::adapter::soci {
namespace {

constexpr Sql kAll{"resources.ids",
                   "SELECT id FROM resources WHERE workspace = ? AND type = ? AND id > ? "
                   "ORDER BY id LIMIT ?",
                   "t"};
constexpr Sql kById{"resources.ids_by_id",
                    "SELECT id FROM resources WHERE workspace = ? AND type = ? AND id = ? AND id > ? LIMIT ?", "t"};
/// The concatenation keeps the engine from walking along the ids where the key finds the few.
constexpr Sql kByKey{"resources.ids_by_key",
                     "SELECT id FROM resources WHERE workspace = ? AND type = ? AND unique_key = ? AND id || '' > ? "
                     "ORDER BY id || '' LIMIT ?",
                     "t"};
constexpr Sql kByExternalId{"resources.ids_by_external_id",
                            "SELECT id FROM resources WHERE workspace = ? AND type = ? AND external_id = ? "
                            "AND external_id <> '' AND id || '' > ? ORDER BY id || '' LIMIT ?",
                            "t"};
/// Rows of one value lie in order of id. Those of other types with an attribute of that name are among them.
constexpr Sql kByValue{"resource_index.ids",
                       "SELECT DISTINCT resource FROM resource_index WHERE workspace = ? AND path = ? AND key = ? "
                       "AND resource > ? ORDER BY resource LIMIT ?",
                       "t"};

}  // namespace

Result<std::vector<ResourceId>> ResourceRepository::candidates(const schema::ResourceType& type,
                                                               const std::optional<store::AttributeValue>& wanted,
                                                               const ResourceId& after, std::int64_t limit) {
  std::vector<ResourceId> found;
  const auto read = [&](const Sql& sql, Params params) -> Result<std::vector<ResourceId>> {
    ROLECALL_TRY(scope_.session.select(sql, params, [&](Row& row) { found.push_back(row.id<ResourceId>(0)); }));
    return std::move(found);
  };
  const WorkspaceId& workspace = scope_.workspace;
  if (!wanted) return read(kAll, {workspace, type.name, after, limit});
  const auto key = schema::key_of(wanted->path.leaf(), wanted->value, scope_.folder);
  if (!key) return found;
  const std::string path = wanted->path.to_string();
  if (path == "id") return read(kById, {workspace, type.name, *key, after, limit});
  if (path == "externalId") return read(kByExternalId, {workspace, type.name, *key, after, limit});
  if (type.name == "User" && path == "userName") return read(kByKey, {workspace, type.name, *key, after, limit});
  const bool is_indexed = std::find(type.indexed.begin(), type.indexed.end(), path) != type.indexed.end();
  if (is_indexed) return read(kByValue, {workspace, path, *key, after, limit});
  return read(kAll, {workspace, type.name, after, limit});
}

}  // namespace rolecall::adapter::soci
