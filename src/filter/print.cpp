#include <vector>

#include "rolecall/filter/parse.hpp"
#include "rolecall/json/write.hpp"

namespace rolecall::filter {
namespace {

constexpr const char* kOperatorNames[] = {"eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le", "pr"};

const char* name_of(Operator op) { return kOperatorNames[static_cast<std::size_t>(op)]; }

std::string name_in_brackets(const schema::AttributePath& path) {
  return path.sub_attribute != nullptr ? path.sub_attribute->name : "value";
}

/// Marks the nodes below a value path: their names are sub-attributes only.
std::vector<bool> nodes_in_brackets(const Filter& filter) {
  std::vector<bool> inside(filter.nodes.size(), false);
  for (std::size_t i = filter.nodes.size(); i-- > 0;) {
    const Node& node = filter.nodes[i];
    if (!inside[i] && node.kind != Node::Kind::value_path) continue;
    for (const std::uint32_t child : node.children) inside[child] = true;
  }
  return inside;
}

/// Children stand before their parents in `nodes`, so one pass in order builds every text from finished ones.
template <typename Print>
std::string print_nodes(const Filter& filter, Print print) {
  const std::vector<bool> inside = nodes_in_brackets(filter);
  std::vector<std::string> texts(filter.nodes.size());
  for (std::size_t i = 0; i < filter.nodes.size(); ++i) texts[i] = print(filter.nodes[i], texts, inside[i]);
  return texts[filter.root];
}

std::string join(const std::vector<std::uint32_t>& children, const std::vector<std::string>& texts,
                 const std::string& separator) {
  std::string joined;
  for (const std::uint32_t child : children) {
    if (!joined.empty()) joined += separator;
    joined += texts[child];
  }
  return joined;
}

}  // namespace

std::string print(const Filter& filter) {
  return print_nodes(filter, [&](const Node& node, const std::vector<std::string>& texts, bool in_brackets) {
    switch (node.kind) {
      case Node::Kind::test: {
        std::string text = in_brackets ? name_in_brackets(node.test.path) : node.test.path.to_string();
        text += std::string(" ") + name_of(node.test.op);
        return node.test.op == Operator::pr ? text : text + " " + json::write(node.test.value);
      }
      case Node::Kind::conjunction:
        return "(" + join(node.children, texts, " and ") + ")";
      case Node::Kind::disjunction:
        return "(" + join(node.children, texts, " or ") + ")";
      case Node::Kind::negation:
        return "not (" + texts[node.children.front()] + ")";
      case Node::Kind::value_path:
        return node.test.path.to_string() + "[" + texts[node.children.front()] + "]";
    }
    return std::string();
  });
}

std::string print_tree(const Filter& filter) {
  return print_nodes(filter, [&](const Node& node, const std::vector<std::string>& texts, bool in_brackets) {
    switch (node.kind) {
      case Node::Kind::test: {
        std::string text = std::string("(") + name_of(node.test.op) + " ";
        text += in_brackets ? name_in_brackets(node.test.path) : node.test.path.to_string();
        if (node.test.op != Operator::pr) text += " " + json::write(node.test.value);
        return text + ")";
      }
      case Node::Kind::conjunction:
        return "(and " + join(node.children, texts, " ") + ")";
      case Node::Kind::disjunction:
        return "(or " + join(node.children, texts, " ") + ")";
      case Node::Kind::negation:
        return "(not " + texts[node.children.front()] + ")";
      case Node::Kind::value_path:
        return "(vp " + node.test.path.to_string() + " " + texts[node.children.front()] + ")";
    }
    return std::string();
  });
}

}  // namespace rolecall::filter
