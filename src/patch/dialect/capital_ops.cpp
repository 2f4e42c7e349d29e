#include <array>

#include "rolecall/base/text.hpp"
#include "rules.hpp"

// Entra ID without its flag writes operations with a capital:
//   {"op":"Replace","path":"active","value":"False"}
// RFC 7644 §3.5.2 knows "add", "remove" and "replace". The word becomes that.

namespace rolecall::patch::dialect {
namespace {

constexpr std::array<std::string_view, 3> kOps{"add", "remove", "replace"};

/// The word that `op` is a spelling of, when it is not that word itself.
std::string_view meant_by(const json::Value& op) {
  if (!op.is_string()) return {};
  for (const std::string_view known : kOps) {
    if (equals_ignoring_ascii_case(*op.as_string(), known) && *op.as_string() != known) return known;
  }
  return {};
}

}  // namespace

bool capital_ops(json::Object& message) {
  json::Value* operations = message.find_ignoring_case("Operations");
  if (operations == nullptr || !operations->is_array()) return false;
  bool changed = false;
  for (json::Value& operation : *operations->as_array()) {
    json::Value* op = operation.is_object() ? operation.as_object()->find_ignoring_case("op") : nullptr;
    const std::string_view meant = op != nullptr ? meant_by(*op) : std::string_view();
    if (meant.empty()) continue;
    *op = json::Value(meant);
    changed = true;
  }
  return changed;
}

Result<void> check_capital_ops(const json::Object& message) {
  const json::Value* operations = message.find_ignoring_case("Operations");
  if (operations == nullptr || !operations->is_array()) return {};
  for (const json::Value& operation : *operations->as_array()) {
    const json::Value* op = operation.is_object() ? operation.as_object()->find_ignoring_case("op") : nullptr;
    if (op == nullptr || meant_by(*op).empty()) continue;
    return fail(ErrorCode::invalid_syntax, "The \"op\" \"" + *op->as_string() +
                                               "\" is not one of add, remove and replace, which are written in "
                                               "lower case.");
  }
  return {};
}

}  // namespace rolecall::patch::dialect
