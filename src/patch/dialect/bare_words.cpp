#include "rolecall/json/write.hpp"
#include "rules.hpp"

// A literal without quotation marks, as Microsoft's own examples have it:
//   GET /Users?filter=externalId eq jyoung
// RFC 7644 §3.4.2.2 wants a JSON string. One word can be nothing else where a string is compared; `null` keeps its
// meaning.

namespace rolecall::patch::dialect {

std::optional<Replacement> bare_words(const Comparison& comparison) {
  const std::string_view word = comparison.literal;
  if (word.empty() || word.front() == '"' || word.front() == '\'' || word == "null") return std::nullopt;
  const schema::Attribute* leaf = &comparison.path.leaf();
  if (leaf->type == schema::Type::complex) leaf = leaf->find_sub_attribute("value");
  const bool is_text =
      leaf != nullptr && (leaf->type == schema::Type::string || leaf->type == schema::Type::reference ||
                          leaf->type == schema::Type::date_time || leaf->type == schema::Type::binary);
  if (!is_text) return std::nullopt;
  return Replacement{std::string(comparison.name), json::write(json::Value(word))};
}

}  // namespace rolecall::patch::dialect
