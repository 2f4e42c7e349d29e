#include "facts.hpp"

#include <algorithm>

#include "lookup.hpp"
#include "rolecall/json/parse.hpp"
#include "rolecall/json/write.hpp"
#include "rolecall/schema/value_key.hpp"

namespace rolecall::decision {
namespace {

using Values = std::vector<const json::Value*>;

/// Elements in place of their array.
Values flattened(const Values& values) {
  Values flat;
  for (const json::Value* value : values) {
    if (const json::Array* elements = value->as_array()) {
      for (const json::Value& element : *elements) flat.push_back(&element);
    } else {
      flat.push_back(value);
    }
  }
  return flat;
}

/// The values of the member `name` of all objects among `values`.
Values step(const Values& values, std::string_view name) {
  Values found;
  for (const json::Value* value : flattened(values)) {
    const json::Object* object = value->as_object();
    const json::Value* member = object != nullptr ? object->find(name) : nullptr;
    if (member != nullptr) found.push_back(member);
  }
  return found;
}

std::vector<Fact> facts_of(const Values& values, const schema::Attribute* attribute) {
  std::vector<Fact> facts;
  for (const json::Value* value : flattened(values)) {
    if (!value->is_null() && !value->is_array() && !value->is_object()) facts.push_back({*value, attribute});
  }
  return facts;
}

/// `owner.id` of what was sent, or a member of that whole name.
std::vector<Fact> sent_values(const json::Object& properties, std::string_view name,
                              const schema::Attribute* attribute) {
  if (const json::Value* whole = properties.find(name)) return facts_of({whole}, attribute);
  const auto dot = name.find('.');
  const json::Value* first = dot != std::string_view::npos ? properties.find(name.substr(0, dot)) : nullptr;
  if (first == nullptr) return {};
  Values values{first};
  for (std::string_view rest = name.substr(dot + 1); !rest.empty() && !values.empty();) {
    const auto end = rest.find('.');
    values = step(values, rest.substr(0, end));
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  }
  return facts_of(values, attribute);
}

bool are_equal_as_json(const json::Value& a, const json::Value& b) {
  if (a == b) return true;
  if (!a.is_number() || !b.is_number()) return false;
  const auto left = json::to_double(*a.as_number());
  const auto right = json::to_double(*b.as_number());
  return left && right && *left == *right;
}

}  // namespace

bool are_equal(const Fact& a, const Fact& b, const TextFolder& folder) {
  if (a.attribute == nullptr && b.attribute == nullptr) return are_equal_as_json(a.value, b.value);
  for (const schema::Attribute* attribute : {a.attribute, b.attribute}) {
    if (attribute == nullptr) continue;
    const auto left = schema::key_of(*attribute, a.value, folder);
    const auto right = schema::key_of(*attribute, b.value, folder);
    if (!left || !right || *left != *right) return false;
  }
  return true;
}

const schema::ResourceType* scim_type_of(const schema::Registry& registry, std::string_view type) {
  for (const auto& known : registry.types()) {
    if (equals_ignoring_ascii_case(known->name, type)) return known.get();
  }
  return nullptr;
}

std::optional<schema::AttributePath> path_of(const schema::ResourceType& type, std::string_view name) {
  auto path = type.resolve(name);
  if (!path) return std::nullopt;
  if (path->sub_attribute == nullptr && path->attribute->type == schema::Type::complex) {
    path->sub_attribute = path->attribute->find_sub_attribute("value");
    if (path->sub_attribute == nullptr) return std::nullopt;
  }
  return *path;
}

std::string_view name_attribute_of(const schema::ResourceType& type) {
  return type.name == "User" ? "userName" : "externalId";
}

std::string id_of(const store::ResourceRecord& record) {
  if (record.type == "User") return record.display;
  return record.type == "Group" || record.external_id.empty() ? record.id.value() : record.external_id;
}

void Facts::set_user(const store::ResourceRecord& user) { user_ = Stored{user.id, user.document, {}}; }

void Facts::set_resource(const store::ResourceRecord& resource) {
  resource_ = Stored{resource.id, resource.document, {}};
  is_resource_looked_up_ = true;
}

Result<std::vector<Fact>> Facts::values_of(const access::Term& term) {
  switch (term.source) {
    case access::Term::Source::subject:
      return subject_values(term.name);
    case access::Term::Source::resource:
      return resource_values(term.name);
    case access::Term::Source::action:
      return sent_values(question_.action.properties, term.name, nullptr);
    case access::Term::Source::context:
      return sent_values(question_.context, term.name, nullptr);
  }
  return std::vector<Fact>();
}

Result<std::vector<Fact>> Facts::stored_values(Stored& stored, const schema::AttributePath& path) {
  if (path.extension == nullptr && path.attribute->name == "id") {
    return std::vector<Fact>{{json::Value(stored.id.value()), path.attribute}};
  }
  if (!stored.document) {
    json::Limits limits;
    limits.bytes = limits.string_bytes = limits.nodes = stored.text.size() + 1;
    auto parsed = json::parse(stored.text, limits);
    if (!parsed || !parsed->is_object())
      return internal_error("a stored document is not readable: " + stored.id.value());
    stored.document = std::move(*parsed->as_object());
  }
  const json::Object* container = &*stored.document;
  if (path.extension != nullptr) {
    const json::Value* extension = container->find(path.extension->id);
    container = extension != nullptr ? extension->as_object() : nullptr;
  }
  const json::Value* value = container != nullptr ? container->find(path.attribute->name) : nullptr;
  if (value == nullptr) return std::vector<Fact>();
  Values values{value};
  if (path.sub_attribute != nullptr) values = step(values, path.sub_attribute->name);
  return facts_of(values, &path.leaf());
}

Result<std::vector<Fact>> Facts::subject_values(std::string_view name) {
  if (!user_) return std::vector<Fact>();
  const schema::ResourceType* type = environment_.registry.find_type("User");
  const auto path = type != nullptr ? path_of(*type, name) : std::nullopt;
  if (path) return stored_values(*user_, *path);
  return sent_values(question_.subject.properties, name, nullptr);
}

Result<std::vector<Fact>> Facts::resource_values(std::string_view name) {
  const schema::ResourceType* type = scim_type_of(environment_.registry, question_.resource.type);
  const auto path = type != nullptr ? path_of(*type, name) : std::nullopt;
  if (name == "id") {
    std::vector<Fact> ids;
    if (!question_.resource.id.empty()) ids.push_back({json::Value(question_.resource.id), nullptr});
    return ids;
  }
  auto sent = sent_values(question_.resource.properties, name, path ? &path->leaf() : nullptr);
  if (!sent.empty() || !path || question_.resource.properties.find(name) != nullptr) return sent;
  ROLECALL_TRY(look_up_resource());
  if (!resource_) return sent;
  return stored_values(*resource_, *path);
}

Result<void> Facts::look_up_resource() {
  if (is_resource_looked_up_) return {};
  is_resource_looked_up_ = true;
  const schema::ResourceType* type = scim_type_of(environment_.registry, question_.resource.type);
  if (type == nullptr) return {};
  ROLECALL_TRY_ASSIGN(const auto found, find_resource(workspace_, environment_.folder, *type, question_.resource.id));
  if (found) set_resource(*found);
  return {};
}

Result<bool> Facts::satisfy(const access::DataScope& scope) {
  for (const access::Condition& condition : scope.all) {
    ROLECALL_TRY_ASSIGN(const bool is_satisfied, satisfy(condition));
    if (!is_satisfied) return false;
  }
  return true;
}

Result<bool> Facts::satisfy(const access::Condition& condition) {
  std::vector<Fact> wanted;
  for (const json::Value& literal : condition.in) wanted.push_back({literal, nullptr});
  for (const access::Term& term : condition.equals) {
    ROLECALL_TRY_ASSIGN(auto values, values_of(term));
    std::move(values.begin(), values.end(), std::back_inserter(wanted));
  }
  for (const access::Term& term : condition.one_of) {
    ROLECALL_TRY_ASSIGN(const auto values, values_of(term));
    for (const Fact& value : values) {
      const auto equals_value = [&](const Fact& other) { return are_equal(value, other, environment_.folder); };
      if (std::any_of(wanted.begin(), wanted.end(), equals_value)) return true;
    }
  }
  return false;
}

}  // namespace rolecall::decision
