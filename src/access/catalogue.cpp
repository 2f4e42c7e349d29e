#include <algorithm>
#include <limits>
#include <set>

#include "catalogue_file.hpp"
#include "rolecall/access/role.hpp"
#include "rolecall/json/write.hpp"
#include "scope_reader.hpp"

namespace rolecall::access {
namespace {

constexpr const char* kPermissionsFile = "schemas/permissions.json";
constexpr const char* kRolesFile = "schemas/roles.json";
constexpr const char* kOwnFile = "the permissions file";

Result<void> read_feature(std::string_view file, const json::Value& value, std::vector<Permission>& permissions) {
  const json::Object* feature = value.as_object();
  if (feature == nullptr) return wrong(file, "a feature must be an object.");
  ROLECALL_TRY(only_members(file, *feature, {"name", "title", "permissions"}));
  ROLECALL_TRY_ASSIGN(const auto name, name_in(file, *feature, "name"));
  const json::Value* verbs = feature->find("permissions");
  if (verbs == nullptr || !verbs->is_array()) return wrong(file, name + " needs the array permissions.");
  for (const json::Value& entry : *verbs->as_array()) {
    const json::Object* verb = entry.as_object();
    if (verb == nullptr) return wrong(file, "a permission of " + name + " must be an object.");
    ROLECALL_TRY(only_members(file, *verb, {"verb", "description"}));
    ROLECALL_TRY_ASSIGN(const auto verb_name, name_in(file, *verb, "verb"));
    ROLECALL_TRY_ASSIGN(auto description, text_of(file, *verb, "description"));
    permissions.push_back({name + "." + verb_name, name, std::move(description)});
  }
  return {};
}

Result<void> read_permissions(std::string_view file, std::string_view text, bool is_shipped, Catalogue& catalogue) {
  ROLECALL_TRY_ASSIGN(const auto root, object_of(file, text));
  ROLECALL_TRY(only_members(file, root, {"features", "scopes"}));
  ROLECALL_TRY_ASSIGN(const auto features, array_of(file, root, "features", is_shipped));
  for (const json::Value& feature : features) ROLECALL_TRY(read_feature(file, feature, catalogue.permissions));
  ROLECALL_TRY_ASSIGN(const auto scopes, array_of(file, root, "scopes", false));
  for (const json::Value& value : scopes) {
    ROLECALL_TRY_ASSIGN(auto scope, read_scope(file, value));
    if (catalogue.find_scope(scope.name) != nullptr) return wrong(file, "the scope " + scope.name + " is there twice.");
    catalogue.scopes.push_back(std::move(scope));
  }
  return {};
}

/// `requests.view`, every verb of a feature `requests.*`, or everything `*`.
bool matches(std::string_view pattern, const Permission& permission) {
  if (pattern == "*" || pattern == permission.name) return true;
  constexpr std::string_view kEveryVerb = ".*";
  return pattern.size() > kEveryVerb.size() && pattern.substr(pattern.size() - kEveryVerb.size()) == kEveryVerb &&
         pattern.substr(0, pattern.size() - kEveryVerb.size()) == permission.feature;
}

/// The permissions that the patterns in `member` stand for. A pattern without a match is a typing error.
Result<std::set<std::string>> expand(const std::vector<Permission>& known, const json::Object& role,
                                     std::string_view member) {
  std::set<std::string> names;
  const json::Value* patterns = role.find(member);
  if (patterns == nullptr) return names;
  if (!patterns->is_array()) return wrong(kRolesFile, std::string(member) + " must be an array.");
  for (const json::Value& entry : *patterns->as_array()) {
    if (!entry.is_string()) return wrong(kRolesFile, std::string(member) + " must hold texts.");
    const std::string& pattern = *entry.as_string();
    bool is_found = false;
    for (const Permission& permission : known) {
      if (!matches(pattern, permission)) continue;
      names.insert(permission.name);
      is_found = true;
    }
    if (!is_found) return wrong(kRolesFile, "no permission matches " + pattern + ".");
  }
  return names;
}

Result<Catalogue::ShippedRole> read_role(const json::Value& value, const std::vector<Permission>& known) {
  const json::Object* object = value.as_object();
  if (object == nullptr) return wrong(kRolesFile, "a role must be an object.");
  ROLECALL_TRY(only_members(kRolesFile, *object,
                            {"name", "description", "rank", "protected", "default", "permissions", "without"}));
  Catalogue::ShippedRole shipped;
  shipped.role.origin = RoleOrigin::shipped;
  ROLECALL_TRY_ASSIGN(shipped.role.name, text_of(kRolesFile, *object, "name"));
  ROLECALL_TRY_ASSIGN(shipped.role.description, text_of(kRolesFile, *object, "description"));
  ROLECALL_TRY_ASSIGN(shipped.role.is_protected, flag_of(kRolesFile, *object, "protected"));
  ROLECALL_TRY_ASSIGN(shipped.is_default, flag_of(kRolesFile, *object, "default"));
  const json::Value* rank = object->find("rank");
  const auto number = rank != nullptr && rank->is_number() ? json::to_integer(*rank->as_number()) : std::nullopt;
  if (!number || *number < 0 || *number > std::numeric_limits<int>::max()) {
    return wrong(kRolesFile, shipped.role.name + " needs a whole number rank.");
  }
  shipped.role.rank = static_cast<int>(*number);
  ROLECALL_TRY_ASSIGN(auto permissions, expand(known, *object, "permissions"));
  ROLECALL_TRY_ASSIGN(const auto without, expand(known, *object, "without"));
  for (const std::string& name : without) permissions.erase(name);
  shipped.role.permissions.assign(permissions.begin(), permissions.end());
  return shipped;
}

Result<void> check_permissions(const std::vector<Permission>& permissions) {
  std::set<std::string_view> names;
  for (const Permission& permission : permissions) {
    if (!names.insert(permission.name).second) return wrong(kPermissionsFile, permission.name + " stands there twice.");
  }
  return {};
}

Result<void> check_roles(const std::vector<Catalogue::ShippedRole>& roles) {
  std::set<std::string_view> names;
  const Catalogue::ShippedRole* default_role = nullptr;
  for (const auto& shipped : roles) {
    if (!names.insert(shipped.role.name).second) return wrong(kRolesFile, shipped.role.name + " stands there twice.");
    if (!shipped.is_default) continue;
    if (default_role != nullptr) return wrong(kRolesFile, "only one role can be the default.");
    default_role = &shipped;
  }
  if (default_role == nullptr) return wrong(kRolesFile, "one role must be the default.");
  if (default_role->role.is_protected) return wrong(kRolesFile, "the default role must not be protected.");
  for (const auto& shipped : roles) {
    if (shipped.role.permissions.size() < default_role->role.permissions.size()) {
      return wrong(kRolesFile,
                   "the default role must have the fewest permissions; " + shipped.role.name + " has fewer.");
    }
  }
  return {};
}

}  // namespace

Result<Catalogue> load_catalogue(std::string_view permissions_json, std::string_view roles_json,
                                 std::string_view own_json) {
  Catalogue catalogue;
  ROLECALL_TRY(read_permissions(kPermissionsFile, permissions_json, true, catalogue));
  if (!own_json.empty()) ROLECALL_TRY(read_permissions(kOwnFile, own_json, false, catalogue));
  ROLECALL_TRY(check_permissions(catalogue.permissions));
  ROLECALL_TRY_ASSIGN(const auto root, object_of(kRolesFile, roles_json));
  ROLECALL_TRY_ASSIGN(const auto roles, array_of(kRolesFile, root, "roles", true));
  for (const json::Value& role : roles) {
    ROLECALL_TRY_ASSIGN(auto shipped, read_role(role, catalogue.permissions));
    catalogue.roles.push_back(std::move(shipped));
  }
  ROLECALL_TRY(check_roles(catalogue.roles));
  std::stable_sort(catalogue.roles.begin(), catalogue.roles.end(),
                   [](const auto& a, const auto& b) { return a.role.rank < b.role.rank; });
  return catalogue;
}

}  // namespace rolecall::access
