#include <array>
#include <utility>

#include "parser.hpp"
#include "rolecall/base/text.hpp"
#include "rolecall/base/timestamp.hpp"

namespace rolecall::filter {
namespace {

constexpr std::array<std::pair<std::string_view, Operator>, 10> kOperators{{{"eq", Operator::eq},
                                                                            {"ne", Operator::ne},
                                                                            {"co", Operator::co},
                                                                            {"sw", Operator::sw},
                                                                            {"ew", Operator::ew},
                                                                            {"gt", Operator::gt},
                                                                            {"ge", Operator::ge},
                                                                            {"lt", Operator::lt},
                                                                            {"le", Operator::le},
                                                                            {"pr", Operator::pr}}};

bool is_substring(Operator op) { return op == Operator::co || op == Operator::sw || op == Operator::ew; }
bool is_order(Operator op) {
  return op == Operator::gt || op == Operator::ge || op == Operator::lt || op == Operator::le;
}

struct TypeRule {
  std::string_view name;
  bool substrings = false;
  bool order = false;
};

TypeRule rule_of(schema::Type type) {
  switch (type) {
    case schema::Type::string:
    case schema::Type::reference:
      return {"a string", true, true};
    case schema::Type::boolean:
      return {"true or false", false, false};
    case schema::Type::integer:
    case schema::Type::decimal:
      return {"a number", false, true};
    case schema::Type::date_time:
      return {"a dateTime string such as \"2026-01-31T10:00:00Z\"", false, true};
    case schema::Type::binary:
      return {"a base64 string", false, false};
    case schema::Type::complex:
      break;
  }
  return {"nothing", false, false};
}

bool literal_fits(schema::Type type, const json::Value& literal) {
  switch (type) {
    case schema::Type::boolean:
      return literal.is_bool();
    case schema::Type::integer:
    case schema::Type::decimal:
      return literal.is_number();
    case schema::Type::date_time:
      return literal.is_string() && parse_timestamp(*literal.as_string()).has_value();
    case schema::Type::string:
    case schema::Type::reference:
    case schema::Type::binary:
      return literal.is_string();
    case schema::Type::complex:
      break;
  }
  return false;
}

tl::unexpected<Error> refuse(std::string_view shown, const std::string& why) {
  return fail(ErrorCode::invalid_filter, "The filter compares \"" + std::string(shown) + "\": " + why + ".");
}

}  // namespace

std::optional<Operator> parse_operator(std::string_view word) {
  for (const auto& [name, op] : kOperators) {
    if (equals_ignoring_ascii_case(name, word)) return op;
  }
  return std::nullopt;
}

Result<Comparison> make_comparison(schema::AttributePath path, std::string_view shown, Operator op,
                                   const json::Value& literal) {
  if (op == Operator::pr) return Comparison{{path, Operator::pr, {}}, false};
  if (path.leaf().type == schema::Type::complex) {
    // RFC 7644 §3.4.2.2: a multi-valued complex attribute named alone means its `value`.
    const schema::Attribute* value = path.sub_attribute == nullptr && path.attribute->multi_valued
                                         ? path.attribute->find_sub_attribute("value")
                                         : nullptr;
    if (value == nullptr) return refuse(shown, "it is complex, name one of its sub-attributes");
    path.sub_attribute = value;
  }
  if (literal.is_null()) {
    if (op != Operator::eq && op != Operator::ne) return refuse(shown, "null goes with eq and ne only");
    return Comparison{{path, Operator::pr, {}}, op == Operator::eq};
  }
  const schema::Attribute& leaf = path.leaf();
  const TypeRule rule = rule_of(leaf.type);
  if ((is_substring(op) && !rule.substrings) || (is_order(op) && !rule.order)) {
    return refuse(shown, "this operator is not defined for its type");
  }
  if (leaf.returned == schema::Returned::never && op != Operator::eq) return refuse(shown, "only eq is allowed for it");
  if (!literal_fits(leaf.type, literal)) return refuse(shown, "its value must be " + std::string(rule.name));
  return Comparison{{path, op, literal}, false};
}

}  // namespace rolecall::filter
