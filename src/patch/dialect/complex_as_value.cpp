#include "rules.hpp"

// Entra ID asks who has which manager before it changes one:
//   GET /Users?attributes=id&filter=id eq "u1" and manager eq "u9"
// RFC 7644 §3.4.2.2 lets the name of a complex attribute stand for its `value` where it has many values only. It can
// mean nothing else where it has one.

namespace rolecall::patch::dialect {

std::optional<Replacement> complex_as_value(const Comparison& comparison) {
  const schema::Attribute& attribute = *comparison.path.attribute;
  const bool is_meant = !comparison.literal.empty() && comparison.path.sub_attribute == nullptr &&
                        attribute.type == schema::Type::complex && !attribute.multi_valued &&
                        attribute.find_sub_attribute("value") != nullptr;
  if (!is_meant) return std::nullopt;
  return Replacement{std::string(comparison.name) + ".value", std::string(comparison.literal)};
}

}  // namespace rolecall::patch::dialect
