#include "patch_reference.hpp"

#include <algorithm>

#include "rolecall/base/text.hpp"
#include "rolecall/json/write.hpp"

// What the RFC leaves open and what is done here, as in the engine:
// - null, "" and [] are "no value" (RFC 7643 §2.5): an add of it changes nothing, a replace by it removes.
// - An add of an element whose `value` and `type` are there already is merged into that element (RFC 7643 §2.4).
// - A sub-attribute of a multi-valued attribute named without a filter is that of every element; of a first one when
//   there is none.
// - An add with a filter that nothing satisfies makes the element that the filter describes, if it is `eq` tests joined
//   by `and` (erratum 8097). Otherwise, and for a replace, `noTarget`; a remove of what is not there succeeds.
// - An element or object that is left without sub-attributes goes.
// - An immutable sub-attribute holds its element as long as that stays; elements may be replaced as a whole.
// - `active` cannot be taken away, only set.

namespace rolecall::property {

namespace {

using Maybe = std::optional<json::Value>;
struct Fault {
  std::string type;
};

std::string mutability_of(const json::Value& definition) { return text_in(definition, "mutability", "readWrite"); }
bool is_list(const json::Value& definition) { return flag_in(definition, "multiValued"); }

json::Value single(const json::Value& definition) {
  json::Value copy = definition;
  copy.as_object()->set("multiValued", false);
  return copy;
}

bool is_empty(const json::Value& value) {
  return value.is_null() || (value.is_string() && value.as_string()->empty()) ||
         (value.is_array() && value.as_array()->empty()) || (value.is_object() && value.as_object()->empty());
}

bool is_primary(const json::Value& element) {
  const json::Value* flag = element.is_object() ? element.as_object()->find("primary") : nullptr;
  return flag != nullptr && *flag == json::Value(true);
}

std::string key(const json::Value& definition, const json::Value& value) {
  if (!value.is_string()) return json::write(value);
  return flag_in(definition, "caseExact") ? *value.as_string() : ascii_lower(*value.as_string());
}

/// The value as it is stored; none for "no value".
Maybe clean(const json::Value& definition, const json::Value& value) {
  if (is_list(definition)) {
    json::Array kept;
    for (const json::Value& item : value.is_array() ? *value.as_array() : json::Array{value}) {
      if (item.is_array()) throw Fault{"invalidValue"};
      const Maybe element = clean(single(definition), item);
      if (element && std::find(kept.begin(), kept.end(), *element) == kept.end()) kept.push_back(*element);
    }
    if (std::count_if(kept.begin(), kept.end(), is_primary) > 1) throw Fault{"invalidValue"};
    return kept.empty() ? Maybe() : Maybe(kept);
  }
  const std::string type = text_in(definition, "type", "string");
  if (value.is_null() || (value.is_array() && value.as_array()->empty())) return {};
  const bool is_text = type != "boolean" && type != "integer" && type != "decimal";
  if (type == "complex") {
    if (!value.is_object()) throw Fault{"invalidValue"};
    json::Object kept;
    for (const json::Value& sub : subs_of(definition)) {
      const std::string name = text_in(sub, "name");
      const json::Value* given = value.as_object()->find(name);
      const Maybe inner = given != nullptr && mutability_of(sub) != "readOnly" ? clean(sub, *given) : Maybe();
      if (inner) kept.set(name, *inner);
    }
    if (kept.empty()) return {};
    for (const json::Value& sub : subs_of(definition)) {
      if (flag_in(sub, "required") && kept.find(text_in(sub, "name")) == nullptr) throw Fault{"invalidValue"};
    }
    return kept;
  }
  if (is_text ? !value.is_string() : type == "boolean" ? !value.is_bool() : !value.is_number()) {
    throw Fault{"invalidValue"};
  }
  return is_empty(value) ? Maybe() : Maybe(value);
}

bool satisfies(const json::Value& definition, const json::Value& element, const ElementTest& test) {
  const json::Value* sub = definition_in(subs_of(definition), test.sub);
  const json::Value* value = element.is_object() ? element.as_object()->find(text_in(*sub, "name")) : &element;
  static const json::Value kNotPrimary(false);
  if (value == nullptr && test.sub == "primary" && test.op != "pr") value = &kNotPrimary;
  bool holds = value != nullptr;
  if (holds && test.op != "pr") {
    const json::Value& rule = sub != nullptr ? *sub : definition;
    const std::string have = key(rule, *value);
    const std::string want = key(rule, test.literal);
    holds = test.op == "eq"   ? have == want
            : test.op == "ne" ? have != want
            : test.op == "co" ? have.find(want) != std::string::npos
                              : have.starts_with(want);
  }
  return holds != test.is_negated;
}

bool is_selected(const json::Value& definition, const json::Value& element, const PatchStep& step) {
  const auto holds = [&](const ElementTest& test) { return satisfies(definition, element, test); };
  return step.is_any ? std::any_of(step.tests.begin(), step.tests.end(), holds)
                     : std::all_of(step.tests.begin(), step.tests.end(), holds);
}

bool is_same(const json::Value& definition, const json::Value& a, const json::Value& b) {
  if (a == b) return true;
  if (!a.is_object() || a.as_object()->find("value") == nullptr) return false;
  for (const char* name : {"value", "type"}) {
    const json::Value* sub = definition_in(subs_of(definition), name);
    const json::Value* left = a.as_object()->find(name);
    const json::Value* right = b.as_object()->find(name);
    if ((left == nullptr) != (right == nullptr)) return false;
    if (left != nullptr && key(*sub, *left) != key(*sub, *right)) return false;
  }
  return true;
}

/// Sets or takes away one sub-attribute of an object that stays.
void edit(json::Object& object, const json::Value& sub, const Maybe& value) {
  const std::string name = text_in(sub, "name");
  const json::Value* before = object.find(name);
  if (before != nullptr && mutability_of(sub) == "immutable" && value != Maybe(*before)) throw Fault{"mutability"};
  if (!value && flag_in(sub, "required")) throw Fault{"mutability"};
  if (value) {
    object.set(name, *value);
  } else {
    object.erase(name);
  }
}

void merge(const json::Value& definition, json::Object& object, const json::Object& values) {
  for (const auto& [name, value] : values) edit(object, *definition_in(subs_of(definition), name), value);
}

class Reference {
 public:
  Reference(const Definitions& definitions, json::Object stored)
      : definitions_(definitions), document_(std::move(stored)) {}

  ReferenceAnswer answer(const std::vector<PatchStep>& steps) {
    const json::Object before = document_;
    bool goes_on = true;
    for (const PatchStep& step : steps) {
      std::vector<PatchStep> parts;
      goes_on = attempt([&] { parts = parts_of(step); }) && goes_on;
      for (const PatchStep& part : parts) {
        const bool leads_somewhere = check_path(part);
        const bool is_right = attempt([&] { check_value(part); });
        // A path that selects nothing may be named before a wrong value is.
        goes_on = leads_somewhere && goes_on && attempt([&] { apply(part); }) && is_right;
      }
    }
    if (goes_on) attempt([&] { finish(before); });
    return {document_, errors_};
  }

 private:
  template <typename Action>
  bool attempt(Action action) {
    try {
      action();
      return true;
    } catch (const Fault& fault) {
      errors_.insert(fault.type);
      return false;
    }
  }

  const json::Array& attributes_of(const std::string& urn) const {
    for (const auto& [name, attributes] : definitions_.extensions) {
      if (equals_ignoring_ascii_case(name, urn)) return attributes;
    }
    return definitions_.core;
  }

  static PatchStep removal_of(const std::string& urn) {
    PatchStep step;
    step.op = "remove";
    step.urn = urn;
    return step;
  }

  /// A step without a path, or with the path of an extension, is one step for each attribute it names.
  std::vector<PatchStep> parts_of(const PatchStep& step) const {
    if (!step.attribute.empty() || (!step.urn.empty() && step.op == "remove")) return {step};
    if (!step.urn.empty() && step.value.is_null() && step.op == "replace") return {removal_of(step.urn)};
    const json::Object* values = step.value.as_object();
    if (values == nullptr || values->empty()) throw Fault{"invalidValue"};
    std::vector<PatchStep> parts;
    for (const auto& [name, value] : *values) {
      const bool is_extension = step.urn.empty() && &attributes_of(name) != &definitions_.core;
      if (!is_extension) {
        parts.push_back({step.op, step.urn, name, {}, false, "", value});
      } else if (value.is_null()) {
        if (step.op == "replace") parts.push_back(removal_of(name));
      } else {
        if (!value.is_object()) throw Fault{"invalidValue"};
        for (const auto& [inner, inner_value] : *value.as_object()) {
          parts.push_back({step.op, name, inner, {}, false, "", inner_value});
        }
      }
    }
    return parts;
  }

  /// Does the path lead to something that may be written, whatever the document holds?
  bool check_path(const PatchStep& step) {
    if (step.attribute.empty()) return true;
    const json::Value* definition = definition_in(attributes_of(step.urn), step.attribute);
    if (definition == nullptr) return note("invalidPath");
    bool is_right = step.tests.empty() || is_list(*definition) || note("invalidPath");
    if (mutability_of(*definition) == "readOnly") is_right = note("mutability");
    for (const ElementTest& test : step.tests) {
      const bool is_simple = subs_of(*definition).empty() && test.sub == "value";
      const bool is_known = is_simple || definition_in(subs_of(*definition), test.sub) != nullptr;
      if (!is_known) is_right = note("invalidFilter");
    }
    const json::Value* sub = definition_in(subs_of(*definition), step.sub);
    if (!step.sub.empty() && sub == nullptr) is_right = note("invalidPath");
    if (sub != nullptr && mutability_of(*sub) == "readOnly") is_right = note("mutability");
    return is_right;
  }
  bool note(const char* fault) {
    errors_.insert(fault);
    return false;
  }

  void check_value(const PatchStep& step) const {
    if (step.attribute.empty() || step.op == "remove") return;
    const json::Value* definition = definition_in(attributes_of(step.urn), step.attribute);
    if (definition == nullptr) return;
    const json::Value* sub = definition_in(subs_of(*definition), step.sub);
    if (sub != nullptr) {
      (void)clean(*sub, step.value);
    } else if (step.tests.empty()) {
      (void)clean(*definition, step.value);
    } else if (!clean(single(*definition), step.value)) {
      throw Fault{"invalidValue"};
    }
  }

  void apply(const PatchStep& step) {
    if (step.attribute.empty()) {
      for (const auto& [urn, attributes] : definitions_.extensions) {
        if (equals_ignoring_ascii_case(urn, step.urn)) document_.erase(urn);
      }
      return;
    }
    const json::Value& definition = *definition_in(attributes_of(step.urn), step.attribute);
    if (text_in(definition, "returned") == "never") return;  // password: accepted, not kept
    json::Object* holder = &document_;
    if (!step.urn.empty()) {
      if (document_.find_ignoring_case(step.urn) == nullptr) document_.set(step.urn, json::Object());
      holder = document_.find_ignoring_case(step.urn)->as_object();
    }
    const std::string name = text_in(definition, "name");
    const Maybe before = holder->find(name) != nullptr ? Maybe(*holder->find(name)) : Maybe();
    Maybe after = changed(definition, before, step);
    if (after && is_empty(*after)) after.reset();
    if (before && mutability_of(definition) == "immutable" && after != before) throw Fault{"mutability"};
    if (!after && before && flag_in(definition, "required")) throw Fault{"mutability"};
    if (!after && !before && flag_in(definition, "required") && step.op != "add") throw Fault{"mutability"};
    if (after) {
      holder->set(name, *after);
    } else {
      holder->erase(name);
    }
    if (holder != &document_ && holder->empty()) document_.erase(step.urn);
  }

  static Maybe changed(const json::Value& definition, const Maybe& before, const PatchStep& step) {
    if (step.tests.empty() && step.sub.empty()) return whole(definition, before, step);
    const json::Value* sub = definition_in(subs_of(definition), step.sub);
    const bool removes = step.op == "remove";
    json::Array elements = !before ? json::Array() : is_list(definition) ? *before->as_array() : json::Array{*before};
    std::vector<std::size_t> selected;
    for (std::size_t i = 0; i < elements.size(); ++i) {
      if (is_selected(definition, elements[i], step)) selected.push_back(i);
    }
    const bool makes = selected.empty() && !removes;
    if (makes) {
      json::Object made;
      if (!step.tests.empty()) made = described(definition, step);
      if (step.op == "add" && sub != nullptr && !clean(*sub, step.value)) return before;
      elements.emplace_back(made);
      selected.push_back(elements.size() - 1);
    }
    for (const std::size_t i : selected) {
      if (sub != nullptr) {
        const Maybe value = removes ? Maybe() : clean(*sub, step.value);
        if (value || step.op != "add") edit(*elements[i].as_object(), *sub, value);
      } else if (removes) {
        elements[i] = json::Value();
      } else {
        const Maybe value = clean(single(definition), step.value);
        if (!value) throw Fault{"invalidValue"};  // selected values are not replaced by nothing
        if (step.op == "add" && value->is_object()) {
          merge(definition, *elements[i].as_object(), *value->as_object());
        } else {
          elements[i] = *value;
        }
      }
    }
    if (makes && !step.tests.empty()) elements.back() = clean(single(definition), elements.back()).value_or(nullptr);
    one_primary(elements, selected);
    std::erase_if(elements, is_empty);
    if (elements.empty()) return {};
    return is_list(definition) ? Maybe(elements) : Maybe(elements.front());
  }

  static Maybe whole(const json::Value& definition, const Maybe& before, const PatchStep& step) {
    if (step.op == "remove") return {};
    const Maybe value = clean(definition, step.value);
    if (!is_list(definition) && before && before->is_object() && step.value.is_object()) {
      json::Object object = *before->as_object();
      if (value) merge(definition, object, *value->as_object());
      for (const auto& [name, given] : *step.value.as_object()) {
        const json::Value* sub = definition_in(subs_of(definition), name);
        const bool goes =
            step.op == "replace" && sub != nullptr && is_empty(given) && mutability_of(*sub) != "readOnly";
        if (goes) edit(object, *sub, {});
      }
      return object;
    }
    if (step.op == "replace") return value;
    if (!value) return before;
    if (!is_list(definition)) return value;
    json::Array elements = before ? *before->as_array() : json::Array();
    std::vector<std::size_t> touched;
    for (const json::Value& element : *value->as_array()) {
      const auto same = std::find_if(elements.begin(), elements.end(),
                                     [&](const json::Value& other) { return is_same(definition, other, element); });
      if (same == elements.end()) {
        touched.push_back(elements.size());
        elements.push_back(element);
      } else if (*same != element) {
        touched.push_back(static_cast<std::size_t>(same - elements.begin()));
        merge(definition, *same->as_object(), *element.as_object());
      }
    }
    one_primary(elements, touched);
    return elements;
  }

  /// The element that a filter of `eq` tests joined by `and` asks for.
  static json::Object described(const json::Value& definition, const PatchStep& step) {
    json::Object made;
    for (const ElementTest& test : step.tests) {
      const json::Value* sub = definition_in(subs_of(definition), test.sub);
      const bool is_fixed = test.op == "eq" && !test.is_negated && (!step.is_any || step.tests.size() == 1);
      if (step.op != "add" || !is_fixed || sub == nullptr) throw Fault{"noTarget"};
      made.set(text_in(*sub, "name"), test.literal);
    }
    return made;
  }

  /// RFC 7644 §3.5.2: whoever becomes primary takes it from the others.
  static void one_primary(json::Array& elements, const std::vector<std::size_t>& touched) {
    const auto is_touched = [&](std::size_t i) {
      return std::find(touched.begin(), touched.end(), i) != touched.end();
    };
    if (std::none_of(touched.begin(), touched.end(), [&](std::size_t i) { return is_primary(elements[i]); })) return;
    for (std::size_t i = 0; i < elements.size(); ++i) {
      if (is_primary(elements[i]) && !is_touched(i)) elements[i].as_object()->set("primary", false);
    }
  }

  /// The result must be a valid resource.
  void finish(const json::Object& before) {
    finish(document_, definitions_.core);
    for (const auto& [urn, attributes] : definitions_.extensions) {
      json::Value* values = document_.find(urn);
      if (values != nullptr) finish(*values->as_object(), attributes);
    }
    if (document_.find("active") == nullptr && before.find("active") != nullptr) {
      document_.set("active", *before.find("active"));
    }
  }
  static void finish(json::Object& object, const json::Array& definitions) {
    for (const json::Value& definition : definitions) {
      json::Value* value = object.find(text_in(definition, "name"));
      if (value != nullptr) *value = clean(definition, *value).value();
    }
  }

  const Definitions& definitions_;
  json::Object document_;
  std::set<std::string> errors_;
};

}  // namespace

ReferenceAnswer patch_by_reference(const Definitions& definitions, const json::Object& stored,
                                   const std::vector<PatchStep>& steps) {
  return Reference(definitions, stored).answer(steps);
}

}  // namespace rolecall::property
