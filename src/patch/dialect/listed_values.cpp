#include "rolecall/base/text.hpp"
#include "rolecall/json/write.hpp"
#include "rolecall/patch/path.hpp"
#include "rules.hpp"

// A removal that lists what it means in `value`, which RFC 7644 §3.5.2.2 does not know:
//   {"op":"remove","path":"members","value":[{"value":"11c4…"}]}
//   {"op":"remove","path":"emails","value":[{"type":"home","value":"a@b.example"}]}
// Read by the letter it would remove everything. It becomes one removal by filter for each: a member is known by its
// `value`, another element by all that is listed of it, where null is "has none".

namespace rolecall::patch::dialect {
namespace {

std::string equals(const std::string& name, const json::Value& value) { return name + " eq " + json::write(value); }

/// Can the value be compared with the attribute?
bool fits(const schema::Attribute& attribute, const json::Value& value) {
  switch (attribute.type) {
    case schema::Type::complex:
      return false;
    case schema::Type::boolean:
      return value.is_bool();
    case schema::Type::integer:
    case schema::Type::decimal:
      return value.is_number();
    default:
      return value.is_string();
  }
}

/// The filter that selects the listed element; none when nothing in it says which one is meant.
std::optional<std::string> filter_for(const schema::Attribute& attribute, bool is_members, const json::Value& element) {
  const schema::Attribute* value = attribute.find_sub_attribute("value");
  if (fits(value != nullptr ? *value : attribute, element)) return equals("value", element);
  if (!element.is_object() || attribute.type != schema::Type::complex) return std::nullopt;
  std::string tests;
  for (const auto& [name, listed] : *element.as_object()) {
    const schema::Attribute* sub = attribute.find_sub_attribute(name);
    if (sub == nullptr || (is_members && sub != value)) continue;
    if (!listed.is_null() && !fits(*sub, listed)) return std::nullopt;
    if (!tests.empty()) tests += " and ";
    tests += listed.is_null() ? "not (" + sub->name + " pr)" : equals(sub->name, listed);
  }
  return tests.empty() ? std::nullopt : std::optional(tests);
}

/// The removals that take the place of one; none when it is not of this kind or cannot be read.
std::optional<Operations> removals_for(const RawOperation& operation, const schema::ResourceType& type) {
  if (operation.op != Op::remove || !operation.path || !operation.value || operation.value->is_null()) return {};
  const auto path = parse_path(*operation.path, type);
  const bool is_list = path && path->kind == Path::Kind::attribute && path->attribute.sub_attribute == nullptr &&
                       path->attribute.attribute->multi_valued;
  if (!is_list) return {};
  const schema::Attribute& attribute = *path->attribute.attribute;
  const bool is_members = type.name == "Group" && attribute.name == "members";
  const json::Array single = operation.value->is_array() ? json::Array{} : json::Array{*operation.value};
  Operations removals;
  for (const json::Value& element : operation.value->is_array() ? *operation.value->as_array() : single) {
    const auto filter = filter_for(attribute, is_members, element);
    if (!filter) return {};
    removals.push_back({Op::remove, *operation.path + "[" + *filter + "]", std::nullopt});
  }
  return removals;
}

}  // namespace

bool listed_values(Operations& operations, const schema::ResourceType& type) {
  bool changed = false;
  Operations rewritten;
  for (RawOperation& operation : operations) {
    auto removals = removals_for(operation, type);
    if (!removals) {
      rewritten.push_back(std::move(operation));  // the standard engine refuses a remove with a value
      continue;
    }
    for (RawOperation& removal : *removals) rewritten.push_back(std::move(removal));
    changed = true;
  }
  operations = std::move(rewritten);
  return changed;
}

}  // namespace rolecall::patch::dialect
