#include <algorithm>
#include <limits>
#include <set>

#include "rolecall/access/role.hpp"
#include "rolecall/json/parse.hpp"
#include "rolecall/json/write.hpp"

namespace rolecall::access {
namespace {

constexpr const char* kPermissionsFile = "schemas/permissions.json";
constexpr const char* kRolesFile = "schemas/roles.json";

tl::unexpected<Error> wrong(std::string_view file, const std::string& what) {
  return fail(ErrorCode::invalid_value, std::string(file) + ": " + what);
}

/// The array `member` of a file that is an object.
Result<json::Array> array_of(std::string_view file, std::string_view text, std::string_view member) {
  auto parsed = json::parse(text);
  if (!parsed) return wrong(file, parsed.error().detail);
  const json::Object* root = parsed->as_object();
  json::Value* value = root == nullptr ? nullptr : parsed->as_object()->find(member);
  if (value == nullptr || !value->is_array()) return wrong(file, "needs the array " + std::string(member) + ".");
  return std::move(*value->as_array());
}

Result<std::string> text_of(std::string_view file, const json::Object& object, std::string_view member) {
  const json::Value* value = object.find(member);
  if (value == nullptr || !value->is_string() || value->as_string()->empty()) {
    return wrong(file, "every entry needs a text " + std::string(member) + ": " + json::write(json::Value(object)));
  }
  return *value->as_string();
}

/// False when absent.
Result<bool> flag_of(std::string_view file, const json::Object& object, std::string_view member) {
  const json::Value* value = object.find(member);
  if (value == nullptr) return false;
  if (!value->is_bool()) return wrong(file, std::string(member) + " must be true or false.");
  return *value->as_bool();
}

Result<void> only_members(std::string_view file, const json::Object& object,
                          std::initializer_list<std::string_view> known) {
  for (const auto& [name, value] : object) {
    if (std::find(known.begin(), known.end(), name) == known.end()) return wrong(file, "unknown member " + name + ".");
  }
  return {};
}

Result<void> read_feature(const json::Value& value, std::vector<Permission>& permissions) {
  const json::Object* feature = value.as_object();
  if (feature == nullptr) return wrong(kPermissionsFile, "a feature must be an object.");
  ROLECALL_TRY(only_members(kPermissionsFile, *feature, {"name", "title", "permissions"}));
  ROLECALL_TRY_ASSIGN(const auto name, text_of(kPermissionsFile, *feature, "name"));
  const json::Value* verbs = feature->find("permissions");
  if (verbs == nullptr || !verbs->is_array()) return wrong(kPermissionsFile, name + " needs the array permissions.");
  for (const json::Value& entry : *verbs->as_array()) {
    const json::Object* verb = entry.as_object();
    if (verb == nullptr) return wrong(kPermissionsFile, "a permission of " + name + " must be an object.");
    ROLECALL_TRY(only_members(kPermissionsFile, *verb, {"verb", "description"}));
    ROLECALL_TRY_ASSIGN(const auto verb_name, text_of(kPermissionsFile, *verb, "verb"));
    ROLECALL_TRY_ASSIGN(auto description, text_of(kPermissionsFile, *verb, "description"));
    permissions.push_back({name + "." + verb_name, name, std::move(description)});
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

Result<Catalogue> load_catalogue(std::string_view permissions_json, std::string_view roles_json) {
  Catalogue catalogue;
  ROLECALL_TRY_ASSIGN(const auto features, array_of(kPermissionsFile, permissions_json, "features"));
  for (const json::Value& feature : features) ROLECALL_TRY(read_feature(feature, catalogue.permissions));
  ROLECALL_TRY(check_permissions(catalogue.permissions));
  ROLECALL_TRY_ASSIGN(const auto roles, array_of(kRolesFile, roles_json, "roles"));
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
