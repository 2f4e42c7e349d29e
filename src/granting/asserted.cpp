#include "rolecall/granting/asserted.hpp"

#include <array>
#include <map>
#include <utility>

#include "rolecall/access/may_grant.hpp"
#include "rolecall/json/parse.hpp"

namespace rolecall::granting {
namespace {

constexpr std::array<std::string_view, 2> kAttributes{"roles", "entitlements"};

using Place = std::pair<std::string, std::int64_t>;  ///< index path, element

/// Most users assert nothing, and their document need not be parsed to know it: quotes within a value are escaped.
bool may_assert(std::string_view document) {
  return document.find(R"("roles":[)") != std::string_view::npos ||
         document.find(R"("entitlements":[)") != std::string_view::npos;
}

Result<json::Object> read_document(const store::ResourceRecord& user) {
  json::Limits limits;
  limits.bytes = user.document.size() + 1;
  limits.string_bytes = limits.bytes;
  limits.nodes = limits.bytes;
  auto parsed = json::parse(user.document, limits);
  if (!parsed || !parsed->is_object()) return internal_error("the stored document of User/" + user.id.value());
  return std::move(*parsed->as_object());
}

std::string text_of(const json::Value& element, std::string_view name) {
  const json::Object* object = element.as_object();
  const json::Value* value = object != nullptr ? object->find(name) : nullptr;
  return value != nullptr && value->is_string() ? *value->as_string() : std::string();
}

/// What each place in the index names. An id wins over a name, because nobody can choose one.
Result<std::map<Place, RoleId>> named_roles(store::Workspace& workspace, const ResourceId& user) {
  ROLECALL_TRY_ASSIGN(const auto rows, workspace.grants().named_roles_of(user));
  std::map<Place, RoleId> named;
  for (const auto& row : rows) {
    const Place place{row.path, row.element};
    const bool is_id = row.role.value() == row.key;
    if (is_id || named.count(place) == 0) named.insert_or_assign(place, row.role);
  }
  return named;
}

Assertion read_element(const std::string& attribute, const json::Value& element, std::int64_t number,
                       const std::map<Place, RoleId>& named) {
  Assertion assertion;
  assertion.attribute = attribute;
  for (const char* part : {"value", "display"}) {
    const std::string text = text_of(element, part);
    if (assertion.text.empty()) assertion.text = text;
    const auto role = named.find(Place{attribute + "." + part, number});
    if (role == named.end()) continue;
    assertion.text = text;
    assertion.role.emplace().id = role->second;
    break;
  }
  return assertion;
}

Result<std::vector<Assertion>> read_assertions(store::Workspace& workspace, const store::ResourceRecord& user) {
  ROLECALL_TRY_ASSIGN(const auto document, read_document(user));
  ROLECALL_TRY_ASSIGN(const auto named, named_roles(workspace, user.id));
  std::vector<Assertion> assertions;
  for (const std::string_view attribute : kAttributes) {
    const json::Value* value = document.find(attribute);
    const json::Array* elements = value != nullptr ? value->as_array() : nullptr;
    if (elements == nullptr) continue;
    std::int64_t number = 0;
    for (const json::Value& element : *elements) {
      assertions.push_back(read_element(std::string(attribute), element, number++, named));
    }
  }
  return assertions;
}

}  // namespace

Result<std::vector<Assertion>> assertions_of(store::Workspace& workspace, const store::ResourceRecord& user) {
  if (!may_assert(user.document)) return std::vector<Assertion>{};
  ROLECALL_TRY_ASSIGN(auto assertions, read_assertions(workspace, user));
  ROLECALL_TRY_ASSIGN(const auto connection, workspace.connections().find(user.connection));
  if (!connection) return internal_error("a user's connection is gone");
  ROLECALL_TRY_ASSIGN(auto ceiling, workspace.roles().find(connection->ceiling));
  const access::Grantor grantor{access::Grantor::Kind::connection, std::move(ceiling)};
  std::map<RoleId, access::Role> roles;
  for (Assertion& assertion : assertions) {
    if (!assertion.role) continue;
    const RoleId id = assertion.role->id;
    if (roles.count(id) == 0) {
      ROLECALL_TRY_ASSIGN(auto role, workspace.roles().find(id));
      if (!role) return internal_error("a role that an index row names is gone");
      roles.emplace(id, std::move(*role));
    }
    assertion.role = roles.at(id);
    if (connection->asserted_roles == store::AssertedRolePolicy::ignore) {
      assertion.outcome = Assertion::Outcome::ignored;
    } else if (access::may_grant(grantor, *assertion.role, access::GrantPath::asserted)) {
      assertion.outcome = Assertion::Outcome::granted;
    } else {
      assertion.outcome = Assertion::Outcome::not_allowed;
    }
  }
  return assertions;
}

bool assert_the_same(const json::Object& before, const json::Object& after) {
  for (const std::string_view attribute : kAttributes) {
    const json::Value* old = before.find(attribute);
    const json::Value* now = after.find(attribute);
    if ((old == nullptr) != (now == nullptr) || (old != nullptr && !(*old == *now))) return false;
  }
  return true;
}

}  // namespace rolecall::granting
