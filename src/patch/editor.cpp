#include "editor.hpp"

#include <algorithm>
#include <vector>

#include "rolecall/filter/evaluate.hpp"
#include "rolecall/schema/value_key.hpp"

namespace rolecall::patch {
namespace {

tl::unexpected<Error> cannot_remove(const schema::AttributePath& path) {
  return fail(ErrorCode::mutability, "The attribute \"" + path.to_string() + "\" is required and cannot be removed.",
              path.to_string());
}

Result<void> check_immutable(const schema::AttributePath& path, const json::Value* before, const json::Value* after) {
  if (path.leaf().mutability != schema::Mutability::immutable || before == nullptr) return {};
  if (after != nullptr && *before == *after) return {};
  return fail(ErrorCode::mutability, "The attribute \"" + path.to_string() + "\" cannot be changed once it is set.",
              path.to_string());
}

bool has_true_primary(const json::Value& element) {
  const json::Object* object = element.as_object();
  const json::Value* primary = object != nullptr ? object->find("primary") : nullptr;
  return primary != nullptr && primary->is_bool() && *primary->as_bool();
}

/// RFC 7644 §3.5.2: an operation that makes an element primary makes the others not so. `touched` says which elements
/// the operation wrote.
void keep_one_primary(json::Array& elements, const std::vector<bool>& touched) {
  bool is_set = false;
  for (std::size_t i = 0; i < elements.size(); ++i) is_set = is_set || (touched[i] && has_true_primary(elements[i]));
  if (!is_set) return;
  for (std::size_t i = 0; i < elements.size(); ++i) {
    if (!touched[i] && has_true_primary(elements[i])) elements[i].as_object()->set("primary", json::Value(false));
  }
}

json::Array& elements_of(json::Object& container, const std::string& name) {
  if (container.find(name) == nullptr) container.set(name, json::Value(json::Array{}));
  return *container.find(name)->as_array();
}

void drop_if_empty(json::Object& container, const std::string& name) {
  const json::Value* value = container.find(name);
  if (value == nullptr) return;
  const bool is_empty =
      (value->is_array() && value->as_array()->empty()) || (value->is_object() && value->as_object()->empty());
  if (is_empty) container.erase(name);
}

/// Do both elements carry this sub-attribute with the same value, or neither?
bool agree_on(const schema::Attribute& sub, const json::Object& a, const json::Object& b, const TextFolder& folder) {
  const json::Value* in_a = a.find(sub.name);
  const json::Value* in_b = b.find(sub.name);
  if (in_a == nullptr || in_b == nullptr) return in_a == in_b;
  return schema::key_of(sub, *in_a, folder) == schema::key_of(sub, *in_b, folder);
}

/// RFC 7643 §2.4: one type and value is one element, whatever else the two say.
bool is_same_element(const schema::Attribute& attribute, const json::Value& a, const json::Value& b,
                     const TextFolder& folder) {
  if (a == b) return true;
  const schema::Attribute* value = attribute.find_sub_attribute("value");
  const schema::Attribute* type = attribute.find_sub_attribute("type");
  if (value == nullptr || !a.is_object() || !b.is_object()) return false;
  const json::Object& left = *a.as_object();
  const json::Object& right = *b.as_object();
  if (left.find("value") == nullptr || !agree_on(*value, left, right, folder)) return false;
  return type == nullptr || agree_on(*type, left, right, folder);
}

/// Into an object that stays: what is immutable in it keeps its value.
Result<void> merge(const schema::AttributePath& path, json::Object& into, const json::Object& from) {
  for (const auto& [name, value] : from) {
    schema::AttributePath inner{path.extension, path.attribute, path.attribute->find_sub_attribute(name)};
    if (inner.sub_attribute != nullptr) ROLECALL_TRY(check_immutable(inner, into.find(name), &value));
    into.set(name, value);
  }
  return {};
}

/// The sub-attributes that a filter of `eq` tests joined by `and` fixes; nothing for any other filter.
std::optional<json::Object> fixed_by(const filter::Filter& filter) {
  json::Object fixed;
  const auto take = [&](const filter::Node& node) {
    const bool is_equality = node.kind == filter::Node::Kind::test && node.test.op == filter::Operator::eq &&
                             node.test.path.sub_attribute != nullptr;
    if (is_equality) fixed.set(node.test.path.sub_attribute->name, node.test.value);
    return is_equality;
  };
  const filter::Node& root = filter.node(filter.root);
  if (root.kind == filter::Node::Kind::conjunction) {
    for (const std::uint32_t child : root.children) {
      if (!take(filter.node(child))) return std::nullopt;
    }
    return fixed;
  }
  if (!take(root)) return std::nullopt;
  return fixed;
}

}  // namespace

Result<void> Editor::apply(const Operation& operation) {
  const Path& path = operation.path;
  if (path.kind == Path::Kind::extension) {  // only a remove arrives here
    document_.erase(path.attribute.extension->id);
    return {};
  }
  json::Object* container = &document_;
  if (path.attribute.extension != nullptr) {
    const std::string& urn = path.attribute.extension->id;
    if (document_.find(urn) == nullptr) {
      if (operation.op == Op::remove) return {};
      document_.set(urn, json::Value(json::Object{}));
    }
    container = document_.find(urn)->as_object();
    if (container == nullptr) return internal_error("a stored extension is not an object");
  }
  const schema::AttributePath whole{path.attribute.extension, path.attribute.attribute, nullptr};
  const schema::Attribute& attribute = *whole.attribute;
  const json::Value* value = container->find(attribute.name);
  std::optional<json::Value> before;
  if (value != nullptr && attribute.mutability == schema::Mutability::immutable) before = *value;
  if (path.kind == Path::Kind::selection) {
    ROLECALL_TRY(apply_to_selection(*container, operation));
  } else if (path.attribute.sub_attribute != nullptr) {
    ROLECALL_TRY(apply_to_sub_attribute(*container, operation));
  } else {
    ROLECALL_TRY(apply_to_attribute(*container, operation));
  }
  value = container->find(attribute.name);
  if (before) ROLECALL_TRY(check_immutable(whole, &*before, value));
  const bool must_stay = attribute.required && attribute.mutability != schema::Mutability::write_only;
  if (must_stay && value == nullptr && operation.op != Op::add) return cannot_remove(whole);
  if (path.attribute.extension != nullptr) drop_if_empty(document_, path.attribute.extension->id);
  return {};
}

Result<void> Editor::apply_to_attribute(json::Object& container, const Operation& operation) {
  const schema::AttributePath& path = operation.path.attribute;
  const schema::Attribute& attribute = *path.attribute;
  json::Value* before = container.find(attribute.name);
  std::optional<json::Value> value;
  if (operation.op != Op::remove) {
    ROLECALL_TRY_ASSIGN(value, resource::canonical_value(attribute, operation.value, path.to_string(), options_));
    if (!value && operation.op == Op::add) return {};
  }
  const bool merges =
      !attribute.multi_valued && before != nullptr && before->is_object() && operation.value.is_object();
  if (merges) return merge_complex(container, operation, value ? value->as_object() : nullptr);
  if (!value) {  // remove, or replace with "no value"
    container.erase(attribute.name);
    return {};
  }
  if (attribute.returned == schema::Returned::never) return {};  // password: checked, not stored
  if (attribute.multi_valued && operation.op == Op::add) {
    json::Array& elements = elements_of(container, attribute.name);
    std::vector<bool> touched(elements.size(), false);
    for (json::Value& element : *value->as_array()) {
      const auto same = std::find_if(elements.begin(), elements.end(), [&](const json::Value& other) {
        return is_same_element(attribute, other, element, folder_);
      });
      if (same == elements.end()) {
        elements.push_back(std::move(element));
        touched.push_back(true);
      } else if (*same != element) {
        ROLECALL_TRY(merge(path, *same->as_object(), *element.as_object()));
        touched[static_cast<std::size_t>(same - elements.begin())] = true;
      }
    }
    keep_one_primary(elements, touched);
    return {};
  }
  if (value->is_object() && before != nullptr && before->is_object()) {  // a bare text that meant `value`
    return merge(path, *before->as_object(), *value->as_object());
  }
  container.set(attribute.name, std::move(*value));
  return {};
}

/// RFC 7644 §3.5.2.3: sub-attributes that are not named stay as they are. A replace by nothing clears those it names.
Result<void> Editor::merge_complex(json::Object& container, const Operation& operation, const json::Object* named) {
  const schema::AttributePath& path = operation.path.attribute;
  json::Object& object = *container.find(path.attribute->name)->as_object();
  if (named != nullptr) ROLECALL_TRY(merge(path, object, *named));
  for (const auto& [name, value] : *operation.value.as_object()) {
    const schema::Attribute* sub = path.attribute->find_sub_attribute(name);
    const bool is_nothing = value.is_null() || (value.is_string() && value.as_string()->empty());
    if (sub == nullptr || !is_nothing || operation.op != Op::replace) continue;
    if (sub->mutability == schema::Mutability::read_only) continue;
    const schema::AttributePath inner{path.extension, path.attribute, sub};
    ROLECALL_TRY(check_immutable(inner, object.find(sub->name), nullptr));
    if (sub->required) return cannot_remove(inner);
    object.erase(sub->name);
  }
  drop_if_empty(container, path.attribute->name);
  return {};
}

Result<void> Editor::change_element(json::Value& element, const Operation& operation) {
  const schema::AttributePath& path = operation.path.attribute;
  if (path.sub_attribute == nullptr) {
    schema::Attribute single = *path.attribute;
    single.multi_valued = false;
    ROLECALL_TRY_ASSIGN(auto value, resource::canonical_value(single, operation.value, path.to_string(), options_));
    if (!value) return fail(ErrorCode::invalid_value, "A selected value cannot be replaced by nothing; remove it.");
    if (operation.op == Op::add && element.is_object() && value->is_object()) {
      return merge(path, *element.as_object(), *value->as_object());
    }
    element = std::move(*value);
    return {};
  }
  json::Object* object = element.as_object();
  if (object == nullptr) return internal_error("a stored element is not an object");
  const std::string& name = path.sub_attribute->name;
  ROLECALL_TRY_ASSIGN(auto value,
                      resource::canonical_value(*path.sub_attribute, operation.value, path.to_string(), options_));
  if (!value && operation.op == Op::add) return {};
  ROLECALL_TRY(check_immutable(path, object->find(name), value ? &*value : nullptr));
  if (value) {
    object->set(name, std::move(*value));
    return {};
  }
  if (path.sub_attribute->required) return cannot_remove(path);
  object->erase(name);
  return {};
}

Result<void> Editor::apply_to_sub_attribute(json::Object& container, const Operation& operation) {
  const schema::AttributePath& path = operation.path.attribute;
  const std::string& name = path.attribute->name;
  const std::string& sub_name = path.sub_attribute->name;
  json::Value* value = container.find(name);
  if (operation.op == Op::remove) {
    if (value == nullptr) return {};
    if (path.sub_attribute->required) return cannot_remove(path);
    if (json::Object* object = value->as_object()) {
      ROLECALL_TRY(check_immutable(path, object->find(sub_name), nullptr));
      object->erase(sub_name);
    } else if (json::Array* elements = value->as_array()) {
      for (json::Value& element : *elements) {
        if (!element.is_object()) continue;
        ROLECALL_TRY(check_immutable(path, element.as_object()->find(sub_name), nullptr));
        element.as_object()->erase(sub_name);
      }
      std::erase_if(*elements, [](const json::Value& e) { return e.is_object() && e.as_object()->empty(); });
    }
    drop_if_empty(container, name);
    return {};
  }
  if (!path.attribute->multi_valued) {
    if (value == nullptr) {
      container.set(name, json::Value(json::Object{}));
      value = container.find(name);
    }
    ROLECALL_TRY(change_element(*value, operation));
    drop_if_empty(container, name);
    return {};
  }
  // Without a filter the path means that sub-attribute of every element; with no element yet, of a first one.
  json::Array& elements = elements_of(container, name);
  if (elements.empty()) elements.emplace_back(json::Object{});
  for (json::Value& element : elements) ROLECALL_TRY(change_element(element, operation));
  std::erase_if(elements, [](const json::Value& e) { return e.is_object() && e.as_object()->empty(); });
  drop_if_empty(container, name);
  return {};
}

/// `schemas[value eq "urn:…"]` (erratum 7122): a schema leaves `schemas` when its extension leaves the resource.
Result<void> Editor::apply_to_schemas(const Operation& operation) {
  if (operation.op != Op::remove) {
    return fail(ErrorCode::mutability, "The attribute \"schemas\" follows from what the resource holds.", "schemas");
  }
  const auto is_meant = [&](const std::string& urn) {
    return filter::matches_element(*operation.path.filter, json::Value(urn), folder_);
  };
  if (is_meant(type_.schema->id)) return cannot_remove(operation.path.attribute);
  for (const schema::SchemaExtension& extension : type_.extensions) {
    if (is_meant(extension.schema->id)) document_.erase(extension.schema->id);
  }
  return {};
}

Result<void> Editor::apply_to_selection(json::Object& container, const Operation& operation) {
  const schema::AttributePath& path = operation.path.attribute;
  const std::string& name = path.attribute->name;
  if (name == "schemas" && path.extension == nullptr) return apply_to_schemas(operation);
  json::Array* elements = container.find(name) != nullptr ? container.find(name)->as_array() : nullptr;
  std::vector<bool> selected(elements != nullptr ? elements->size() : 0);
  for (std::size_t i = 0; i < selected.size(); ++i) {
    selected[i] = filter::matches_element(*operation.path.filter, (*elements)[i], folder_);
  }
  const bool is_any = std::find(selected.begin(), selected.end(), true) != selected.end();
  if (!is_any) {
    // A removal of what is not there is a success: clients repeat themselves (RFC 7644 §3.5.2.2).
    return operation.op == Op::remove ? Result<void>{} : create_selected(container, operation);
  }
  if (operation.op == Op::remove) {
    if (path.sub_attribute != nullptr && path.sub_attribute->required) return cannot_remove(path);
    json::Array kept;
    for (std::size_t i = 0; i < selected.size(); ++i) {
      json::Value& element = (*elements)[i];
      if (selected[i] && path.sub_attribute != nullptr && element.is_object()) {
        ROLECALL_TRY(check_immutable(path, element.as_object()->find(path.sub_attribute->name), nullptr));
        element.as_object()->erase(path.sub_attribute->name);
      }
      const bool goes =
          selected[i] && (path.sub_attribute == nullptr || (element.is_object() && element.as_object()->empty()));
      if (!goes) kept.push_back(std::move(element));
    }
    *elements = std::move(kept);
    drop_if_empty(container, name);
    return {};
  }
  for (std::size_t i = 0; i < selected.size(); ++i) {
    if (selected[i]) ROLECALL_TRY(change_element((*elements)[i], operation));
  }
  keep_one_primary(*elements, selected);
  return {};
}

/// `add emails[type eq "work"].value` where no work address is: the element the filter describes is made. Unspecified
/// by the RFC (erratum 8097) and what clients expect.
Result<void> Editor::create_selected(json::Object& container, const Operation& operation) {
  const Path& path = operation.path;
  auto fixed = fixed_by(*path.filter);
  if (operation.op != Op::add || !fixed || path.attribute.attribute->type != schema::Type::complex) {
    return fail(ErrorCode::no_target,
                "No value of \"" + path.attribute.attribute->name + "\" matches the filter in the path.",
                path.attribute.attribute->name);
  }
  json::Value element{*fixed};
  if (path.attribute.sub_attribute != nullptr) {
    ROLECALL_TRY_ASSIGN(const auto value, resource::canonical_value(*path.attribute.sub_attribute, operation.value,
                                                                    path.attribute.to_string(), options_));
    if (!value) return {};
  }
  ROLECALL_TRY(change_element(element, operation));
  schema::Attribute single = *path.attribute.attribute;
  single.multi_valued = false;
  const schema::AttributePath whole{path.attribute.extension, path.attribute.attribute, nullptr};
  ROLECALL_TRY_ASSIGN(auto made, resource::canonical_value(single, element, whole.to_string(), options_));
  if (!made) return {};
  json::Array& elements = elements_of(container, path.attribute.attribute->name);
  std::vector<bool> touched(elements.size(), false);
  elements.push_back(std::move(*made));
  touched.push_back(true);
  keep_one_primary(elements, touched);
  return {};
}

}  // namespace rolecall::patch
