#include <algorithm>

#include "rolecall/patch/path.hpp"
#include "rules.hpp"

// Entra ID and SailPoint replace part of an element that may not exist yet:
//   {"op":"Replace","path":"emails[type eq \"work\"].value","value":"ana@acme.example"}
// RFC 7644 §3.5.2.3 answers noTarget when there is no work address, and the client loses data. As an `add` it makes the
// element that the filter describes (erratum 8097) and does the same as before to one that exists.

namespace rolecall::patch::dialect {
namespace {

/// Only `eq` tests joined by `and` describe an element.
bool describes_element(const filter::Filter& filter) {
  return std::all_of(filter.nodes.begin(), filter.nodes.end(), [](const filter::Node& node) {
    return node.kind == filter::Node::Kind::conjunction ||
           (node.kind == filter::Node::Kind::test && node.test.op == filter::Operator::eq);
  });
}

/// A replace by nothing clears; an add of nothing would do nothing.
bool is_nothing(const json::Value& value) {
  return value.is_null() || (value.is_string() && value.as_string()->empty()) ||
         (value.is_array() && value.as_array()->empty());
}

}  // namespace

bool creates_on_replace(Operations& operations, const schema::ResourceType& type) {
  bool changed = false;
  for (RawOperation& operation : operations) {
    const bool is_candidate = operation.op == Op::replace && operation.path && operation.value &&
                              operation.path->find('[') != std::string::npos && !is_nothing(*operation.value);
    if (!is_candidate) continue;
    const auto path = parse_path(*operation.path, type);
    if (!path || path->kind != Path::Kind::selection || path->attribute.sub_attribute == nullptr) continue;
    if (!describes_element(*path->filter)) continue;
    operation.op = Op::add;
    changed = true;
  }
  return changed;
}

}  // namespace rolecall::patch::dialect
