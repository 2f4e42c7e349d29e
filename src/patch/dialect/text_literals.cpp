#include "rolecall/base/text.hpp"
#include "rules.hpp"

// Booleans as text in filters. Entra ID's mapping SingleAppRoleAssignment has one in every PATCH, people type the
// others:
//   {"op":"Add","path":"roles[primary eq \"True\"].value","value":"Agent"}
//   GET /Users?filter=active eq True
// RFC 7644 §3.4.2.2 has true and false, bare and in lower case.

namespace rolecall::patch::dialect {

std::optional<Replacement> text_literals(const Comparison& comparison) {
  if (comparison.path.leaf().type != schema::Type::boolean) return std::nullopt;
  std::string_view word = comparison.literal;
  if (word.size() >= 2 && word.front() == '"' && word.back() == '"') word = word.substr(1, word.size() - 2);
  for (const std::string_view meant : {"true", "false"}) {
    if (comparison.literal != meant && equals_ignoring_ascii_case(word, meant)) {
      return Replacement{std::string(comparison.name), std::string(meant)};
    }
  }
  return std::nullopt;
}

}  // namespace rolecall::patch::dialect
