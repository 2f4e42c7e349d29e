#include "patch_cases.hpp"

#include "rolecall/json/write.hpp"

namespace rolecall::property {
namespace {

const std::vector<std::string>& words() {
  static const std::vector<std::string> kWords{"work", "Work", "home", "a@x", "A@X", "b@x", "q\"]x", "w"};
  return kWords;
}

}  // namespace

const json::Array& PatchCases::attributes_of(const std::string& urn) const {
  for (const auto& [name, attributes] : definitions_.extensions) {
    if (name == urn) return attributes;
  }
  return definitions_.core;
}

std::string PatchCases::in_any_case(std::string text) {
  if (!random_.one_in(8)) return text;
  for (char& c : text) {
    if (c >= 'a' && c <= 'z' && random_.one_in(2)) c = static_cast<char>(c - 'a' + 'A');
  }
  return text;
}

json::Value PatchCases::simple_of(const json::Value& definition) {
  static const std::vector<std::string> kUris{"https://a.example/x", "https://a.example/X", "urn:x:y"};
  static const std::vector<std::string> kBytes{"AAEC", "aaec", "/+8="};
  static const std::vector<std::string> kInstants{"2026-01-31T10:00:00Z", "2026-02-01T10:00:00Z"};
  const std::string type = text_in(definition, "type", "string");
  if (type == "boolean") return random_.one_in(2);
  if (type == "integer") return static_cast<int>(random_.below(3));
  if (type == "decimal") return json::Value(json::Number{random_.one_in(2) ? "0.5" : "1.5"});
  if (type == "reference") return random_.of(kUris);
  if (type == "binary") return random_.of(kBytes);
  if (type == "dateTime") return random_.of(kInstants);
  return random_.of(words());
}

json::Value PatchCases::element_of(const json::Value& definition) {
  if (subs_of(definition).empty()) return simple_of(definition);
  json::Object element;
  for (const json::Value& sub : subs_of(definition)) {
    if (text_in(sub, "mutability") == "readOnly") continue;
    const std::string name = text_in(sub, "name");
    const bool is_primary = name == "primary";
    if (flag_in(sub, "required") || random_.one_in(is_primary ? 4 : 2)) {
      element.set(name, is_primary ? json::Value(!random_.one_in(3)) : simple_of(sub));
    }
  }
  return element;
}

json::Value PatchCases::value_of(const json::Value& definition) {
  if (!flag_in(definition, "multiValued")) return element_of(definition);
  json::Array elements;
  bool has_primary = false;
  for (std::size_t i = random_.below(4); i > 0; --i) {
    json::Value element = element_of(definition);
    json::Object* object = element.as_object();
    const json::Value* primary = object != nullptr ? object->find("primary") : nullptr;
    if (primary != nullptr && *primary == json::Value(true)) {
      if (has_primary) object->erase("primary");
      has_primary = true;
    }
    elements.push_back(std::move(element));
  }
  return elements;
}

json::Object PatchCases::values_of(const json::Array& attributes, std::size_t one_in) {
  json::Object values;
  for (const json::Value& definition : attributes) {
    if (text_in(definition, "mutability") == "readOnly") continue;
    if (flag_in(definition, "required") || random_.one_in(one_in)) {
      json::Value value = value_of(definition);
      const bool is_needed = flag_in(definition, "required");
      while (is_needed &&
             ((value.is_array() && value.as_array()->empty()) || (value.is_object() && value.as_object()->empty()))) {
        value = value_of(definition);
      }
      values.set(text_in(definition, "name"), std::move(value));
    }
  }
  return values;
}

json::Object PatchCases::document() {
  json::Object document = values_of(definitions_.core, 2);
  for (const auto& [urn, attributes] : definitions_.extensions) {
    if (random_.one_in(2)) document.set(urn, values_of(attributes, 2));
  }
  return document;
}

json::Value PatchCases::given_for(const json::Value& definition) {
  const bool is_complex = !subs_of(definition).empty();
  switch (random_.below(40)) {
    case 0:
      return {};
    case 1:
      return json::Array{};
    case 2:
      return is_complex ? json::Value(json::Object{}) : json::Value(json::Object{{"value", "x"}});
    case 3:
      return is_complex ? json::Value("bare") : json::Value(json::Array{json::Array{}});
    case 4:
      return text_in(definition, "type") == "boolean" ? json::Value("true") : json::Value(7);
    case 5:
      return is_complex ? json::Value(json::Object{{"nonsense", "x"}}) : json::Value(true);
    case 6: {
      if (!is_complex) return json::Array{simple_of(definition), simple_of(definition)};
      json::Value element = element_of(definition);
      if (!element.as_object()->empty()) element.as_object()->begin()->second = json::Value();
      return element;
    }
    case 7:
    case 8:
    case 9:
      return element_of(definition);
    default:
      return value_of(definition);
  }
}

json::Object PatchCases::given_for_all(const std::string& urn) {
  const json::Array& attributes = attributes_of(urn);
  json::Object values;
  for (std::size_t i = random_.below(4); i > 0; --i) {
    const json::Value& definition = attributes[random_.below(attributes.size())];
    values.set(text_in(definition, "name"), given_for(definition));
  }
  if (random_.one_in(20)) values.set("nonsense", "x");
  return values;
}

void PatchCases::add_tests(PatchStep& step, const json::Value& definition) {
  static const std::vector<std::string> kOperators{"eq", "eq", "eq", "eq", "ne", "co", "sw", "pr"};
  static const std::vector<std::string> kForFlags{"eq", "eq", "ne", "pr"};
  const json::Array& subs = subs_of(definition);
  step.is_any = random_.one_in(4);
  for (std::size_t i = random_.one_in(3) ? 2 : 1; i > 0; --i) {
    const json::Value& sub = subs.empty() ? definition : subs[random_.below(subs.size())];
    ElementTest test;
    test.sub = subs.empty() ? "value" : text_in(sub, "name");
    const std::string type = text_in(sub, "type", "string");
    test.op = random_.of(type == "string" || type == "reference" ? kOperators : kForFlags);
    test.literal = simple_of(sub);
    test.is_negated = random_.one_in(8);
    if (random_.one_in(60)) test.sub = "nonsense";
    step.tests.push_back(std::move(test));
  }
}

PatchStep PatchCases::step() {
  static const std::vector<std::string> kOps{"add", "remove", "replace"};
  PatchStep step;
  step.op = random_.of(kOps);
  if (random_.one_in(4) && !urns_.extensions.empty()) step.urn = random_.of(urns_.extensions);
  const std::size_t form = random_.below(10);
  if (form == 0) {  // an object of attributes
    if (step.op == "remove" && step.urn.empty()) step.op = "add";
    json::Object values = given_for_all(step.urn);
    if (step.urn.empty() && random_.one_in(3) && !urns_.extensions.empty()) {
      const std::string& urn = random_.of(urns_.extensions);
      values.set(urn, random_.one_in(4) ? json::Value() : json::Value(given_for_all(urn)));
    }
    step.value = random_.one_in(20) ? json::Value("text") : json::Value(std::move(values));
    return step;
  }
  const json::Array& attributes = attributes_of(step.urn);
  const json::Value& definition = attributes[random_.below(attributes.size())];
  const json::Array& subs = subs_of(definition);
  const bool is_list = flag_in(definition, "multiValued");
  step.attribute = random_.one_in(60) ? "nonsense" : text_in(definition, "name");
  if ((is_list && form <= 5) || random_.one_in(60)) add_tests(step, definition);
  if (!subs.empty() && (is_list ? form == 1 || form == 2 || form == 6 : form <= 5)) {
    const json::Value& sub = subs[random_.below(subs.size())];
    step.sub = random_.one_in(40) ? "nonsense" : text_in(sub, "name");
    step.value = given_for(sub);
    return step;
  }
  step.value = step.tests.empty() ? given_for(definition) : element_of(definition);
  if (!step.tests.empty() && random_.one_in(12)) step.value = random_.one_in(2) ? json::Value() : json::Value(7);
  return step;
}

std::vector<PatchStep> PatchCases::steps() {
  std::vector<PatchStep> steps;
  for (std::size_t i = 1 + (random_.one_in(2) ? random_.below(4) : 0); i > 0; --i) steps.push_back(step());
  return steps;
}

std::string PatchCases::path_of(const PatchStep& step) {
  std::string path = step.urn;
  if (path.empty() && random_.one_in(10)) path = urns_.core;
  if (!path.empty() && !step.attribute.empty()) path += ":";
  path += step.attribute;
  if (!step.tests.empty()) {
    path += "[";
    for (const ElementTest& test : step.tests) {
      if (&test != &step.tests.front()) path += step.is_any ? " or " : " and ";
      std::string text = test.sub + " " + test.op;
      if (test.op != "pr") text += " " + json::write(test.literal);
      path += test.is_negated ? "not (" + text + ")" : text;
    }
    path += "]";
  }
  if (!step.sub.empty()) path += "." + step.sub;
  return path;
}

patch::RawOperation PatchCases::written(const PatchStep& step) {
  patch::RawOperation operation;
  operation.op = step.op == "add" ? patch::Op::add : step.op == "remove" ? patch::Op::remove : patch::Op::replace;
  // Texts in brackets are compared, so their case is left alone.
  if (step.has_path()) operation.path = step.tests.empty() ? in_any_case(path_of(step)) : path_of(step);
  if (step.op != "remove") operation.value = step.value;
  return operation;
}

}  // namespace rolecall::property
