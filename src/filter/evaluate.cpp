#include "rolecall/filter/evaluate.hpp"

#include <algorithm>
#include <vector>

#include "rolecall/schema/value_key.hpp"

namespace rolecall::filter {
namespace {

bool is_present(const json::Value& value) {
  if (value.is_null()) return false;
  if (const std::string* text = value.as_string()) return !text->empty();
  if (const json::Array* items = value.as_array()) {
    return std::any_of(items->begin(), items->end(), [](const json::Value& item) {
      if (const json::Object* object = item.as_object()) return !object->empty();
      return !item.is_null();
    });
  }
  if (const json::Object* object = value.as_object()) {
    return std::any_of(object->begin(), object->end(), [](const auto& member) { return !member.second.is_null(); });
  }
  return true;
}

bool compare(Operator op, const std::string& value, const std::string& literal) {
  switch (op) {
    case Operator::eq:
      return value == literal;
    case Operator::ne:
      return value != literal;
    case Operator::co:
      return value.find(literal) != std::string::npos;
    case Operator::sw:
      return value.starts_with(literal);
    case Operator::ew:
      return value.ends_with(literal);
    case Operator::gt:
      return value > literal;
    case Operator::ge:
      return value >= literal;
    case Operator::lt:
      return value < literal;
    case Operator::le:
      return value <= literal;
    case Operator::pr:
      break;
  }
  return false;
}

/// One evaluation context: a whole resource, or one element inside a value path.
class Evaluation {
 public:
  Evaluation(const Filter& filter, const TextFolder& folder) : filter_(filter), folder_(folder) {
    first_.resize(filter.nodes.size());
    literals_.resize(filter.nodes.size());
    for (std::size_t i = 0; i < filter.nodes.size(); ++i) {
      const Node& node = filter.nodes[i];
      first_[i] = static_cast<std::uint32_t>(i);
      for (const std::uint32_t child : node.children) first_[i] = std::min(first_[i], first_[child]);
      if (node.kind == Node::Kind::test && node.test.op != Operator::pr) {
        literals_[i] = schema::key_of(node.test.path.leaf(), node.test.value, folder);
      }
    }
  }

  bool holds_for_resource(const json::Object& resource) const {
    return run(
        0, filter_.root, [&](std::uint32_t index) { return test_resource(index, resource); },
        [&](const Node& node) { return any_element(node, resource); });
  }

  bool holds_for_element(std::uint32_t from, std::uint32_t root, const json::Value& element) const {
    return run(
        from, root, [&](std::uint32_t index) { return test_element(index, element); },
        [](const Node&) { return false; });
  }

 private:
  /// Children stand before their parents, so one pass over the nodes up to `root` is a post-order walk without
  /// recursion.
  template <typename TestHolds, typename ValuePathHolds>
  bool run(std::uint32_t from, std::uint32_t root, TestHolds test_holds, ValuePathHolds value_path_holds) const {
    std::vector<bool> holds(root - from + 1);
    const auto of = [&](std::uint32_t child) -> bool { return holds[child - from]; };
    for (std::uint32_t i = from; i <= root; ++i) {
      const Node& node = filter_.nodes[i];
      bool result = false;
      switch (node.kind) {
        case Node::Kind::test:
          result = test_holds(i);
          break;
        case Node::Kind::conjunction:
          result = std::all_of(node.children.begin(), node.children.end(), of);
          break;
        case Node::Kind::disjunction:
          result = std::any_of(node.children.begin(), node.children.end(), of);
          break;
        case Node::Kind::negation:
          result = !of(node.children.front());
          break;
        case Node::Kind::value_path:
          result = value_path_holds(node);
          break;
      }
      holds[i - from] = result;
    }
    return holds[root - from];
  }

  static const json::Value* attribute_in(const schema::AttributePath& path, const json::Object& resource) {
    const json::Object* container = &resource;
    if (path.extension != nullptr) {
      const json::Value* extension = resource.find(path.extension->id);
      container = extension != nullptr ? extension->as_object() : nullptr;
    }
    return container != nullptr ? container->find(path.attribute->name) : nullptr;
  }

  bool test_value(std::uint32_t index, const json::Value& value) const {
    const Test& test = filter_.nodes[index].test;
    if (test.op == Operator::pr) return is_present(value);
    if (!is_present(value) || !literals_[index]) return false;
    const auto key = schema::key_of(test.path.leaf(), value, folder_);
    return key && compare(test.op, *key, *literals_[index]);
  }

  bool test_element(std::uint32_t index, const json::Value& element) const {
    const schema::AttributePath& path = filter_.nodes[index].test.path;
    if (path.sub_attribute == nullptr) return test_value(index, element);
    const json::Object* object = element.as_object();
    const json::Value* value = object != nullptr ? object->find(path.sub_attribute->name) : nullptr;
    if (value != nullptr) return test_value(index, *value);
    // RFC 7643 §2.4: an element that does not say it is primary is not.
    const bool is_primary = object != nullptr && path.attribute->multi_valued &&
                            path.sub_attribute->type == schema::Type::boolean && path.sub_attribute->name == "primary";
    return is_primary && filter_.nodes[index].test.op != Operator::pr && test_value(index, json::Value(false));
  }

  bool test_resource(std::uint32_t index, const json::Object& resource) const {
    const schema::AttributePath& path = filter_.nodes[index].test.path;
    const json::Value* value = attribute_in(path, resource);
    if (value == nullptr) return false;
    const json::Array* elements = value->as_array();
    if (elements == nullptr) return test_element(index, *value);
    return std::any_of(elements->begin(), elements->end(),
                       [&](const json::Value& element) { return test_element(index, element); });
  }

  bool any_element(const Node& node, const json::Object& resource) const {
    const json::Value* value = attribute_in(node.test.path, resource);
    const json::Array* elements = value != nullptr ? value->as_array() : nullptr;
    if (elements == nullptr) return false;
    const std::uint32_t root = node.children.front();
    return std::any_of(elements->begin(), elements->end(),
                       [&](const json::Value& element) { return holds_for_element(first_[root], root, element); });
  }

  const Filter& filter_;
  const TextFolder& folder_;
  std::vector<std::uint32_t> first_;                  ///< lowest node of each subtree
  std::vector<std::optional<std::string>> literals_;  ///< key of each test's literal
};

}  // namespace

bool matches(const Filter& filter, const json::Object& resource, const TextFolder& folder) {
  return Evaluation(filter, folder).holds_for_resource(resource);
}

bool matches_element(const Filter& filter, const json::Value& element, const TextFolder& folder) {
  return Evaluation(filter, folder).holds_for_element(0, filter.root, element);
}

}  // namespace rolecall::filter
