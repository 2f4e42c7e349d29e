#include <algorithm>
#include <array>

#include "rolecall/patch/dialect.hpp"

namespace rolecall::patch {
namespace {

constexpr std::array<Rule, 21> kRules{{{"bare_message", &Dialect::bare_message},
                                       {"capital_ops", &Dialect::capital_ops},
                                       {"loose_schemas", &Dialect::loose_schemas},
                                       {"draft_urns", &Dialect::draft_urns},
                                       {"dotted_urns", &Dialect::dotted_urns},
                                       {"keys_as_paths", &Dialect::keys_as_paths},
                                       {"unknown_keys", &Dialect::unknown_keys},
                                       {"own_id", &Dialect::own_id},
                                       {"read_only_echo", &Dialect::read_only_echo},
                                       {"listed_values", &Dialect::listed_values},
                                       {"creates_on_replace", &Dialect::creates_on_replace},
                                       {"text_elements", &Dialect::text_elements},
                                       {"wrapped_values", &Dialect::wrapped_values},
                                       {"bare_values", &Dialect::bare_values},
                                       {"text_booleans", &Dialect::text_booleans},
                                       {"one_primary", &Dialect::one_primary},
                                       {"text_literals", &Dialect::text_literals},
                                       {"bare_words", &Dialect::bare_words},
                                       {"complex_as_value", &Dialect::complex_as_value},
                                       {"loose_bulk", &Dialect::loose_bulk},
                                       {"any_accept", &Dialect::any_accept}}};

constexpr std::array<std::string_view, 9> kNames{"strict",   "generic", "okta",      "entra", "jumpcloud",
                                                 "onelogin", "ping",    "sailpoint", "google"};

/// Everything that is understood without a meaning being lost: what each client adds to it is below.
Dialect generic_dialect() {
  Dialect dialect;
  for (const Rule& rule : kRules) dialect.*rule.is_on = true;
  dialect.name = "generic";
  dialect.text_elements = false;  // a text that looks like JSON may be one
  dialect.one_primary = false;    // which of two was meant is not known
  return dialect;
}

/// JumpCloud, OneLogin, SailPoint and Google send nothing beyond the generic rules, as far as anybody has published.
Dialect dialect_of(std::string_view name) {
  if (name == "strict") return strict_dialect();
  if (name == "okta") return okta_dialect();
  Dialect dialect = generic_dialect();
  dialect.name = name;
  dialect.text_elements = name == "entra";
  dialect.one_primary = name == "ping";
  return dialect;
}

}  // namespace

std::span<const Rule> rules() { return kRules; }

std::span<const std::string_view> dialect_names() { return kNames; }

std::string dialect_list() {
  std::string list;
  for (const std::string_view name : kNames) list.append(list.empty() ? "" : ", ").append(name);
  return list;
}

Dialect strict_dialect() {
  Dialect dialect;
  dialect.name = "strict";
  return dialect;
}

/// What Okta sends is known to the letter; a replace without match and an unreadable filter are mistakes there.
Dialect okta_dialect() {
  Dialect dialect = strict_dialect();
  dialect.name = "okta";
  dialect.capital_ops = dialect.loose_schemas = dialect.keys_as_paths = dialect.unknown_keys = true;
  dialect.own_id = dialect.read_only_echo = dialect.listed_values = true;
  dialect.bare_values = dialect.text_booleans = dialect.loose_bulk = true;
  return dialect;
}

Result<Dialect> find_dialect(std::string_view name) {
  if (std::find(kNames.begin(), kNames.end(), name) != kNames.end()) return dialect_of(name);
  return fail(ErrorCode::invalid_value,
              "No dialect is called \"" + std::string(name) + "\"; known are " + dialect_list() + ".", "dialect");
}

}  // namespace rolecall::patch
