#include <algorithm>
#include <array>
#include <unordered_set>

#include "formats.hpp"
#include "rolecall/base/encoding.hpp"
#include "rolecall/base/random.hpp"
#include "rolecall/base/text.hpp"
#include "rolecall/base/timestamp.hpp"
#include "rolecall/json/write.hpp"
#include "rolecall/resource/validate.hpp"

namespace rolecall::resource {
namespace {

using Canonical = Result<std::optional<json::Value>>;

tl::unexpected<Error> refuse(const std::string& shown, const std::string& rule) {
  return fail(ErrorCode::invalid_value, "The attribute \"" + shown + "\" " + rule + ".", shown);
}

bool is_base64(std::string_view text) {
  const std::size_t length = text.find_last_not_of('=') == std::string_view::npos ? 0 : text.find_last_not_of('=') + 1;
  // Padding may be missing (RFC 7643 §2.3.6); six bits left over make no byte.
  return text.size() - length <= 2 && length % 4 != 1 &&
         text.substr(0, length).find_first_not_of(
             "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_") == std::string_view::npos;
}

/// The bytes of base64 in either alphabet, padded or not.
std::string bytes_of(std::string text) {
  while (text.ends_with('=')) text.pop_back();
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  return parse_base64url(text).value_or(std::string());
}

/// What a browser would run or show as if it came from here, and what is no place to fetch from (RFC 7643 §4.1.2).
constexpr std::array<std::string_view, 3> kNoAddresses{"javascript", "vbscript", "data"};

/// Why the text is no address that the attribute may hold; empty when it is one.
std::string_view reference_fault(const schema::Attribute& attribute, std::string_view text,
                                 const ValidationOptions& options) {
  if (!is_uri_reference(text)) return "must be a URI";
  const auto& types = attribute.reference_types;
  if (std::find(types.begin(), types.end(), "external") == types.end()) return {};
  const std::string_view scheme = scheme_of(text);
  if (std::any_of(kNoAddresses.begin(), kNoAddresses.end(),
                  [&](std::string_view other) { return equals_ignoring_ascii_case(scheme, other); })) {
    return "must be the address of something, such as an https URL, not the thing itself";
  }
  return options.checks_formats && scheme.empty() ? "must be an absolute URL" : std::string_view();
}

/// Why the text is not in the format of the attribute; empty when it is.
std::string_view format_fault(const schema::Attribute& attribute, const std::string& text,
                              const ValidationOptions& options) {
  const ValueChecks& checks = options.checks;
  if (attribute.format == schema::Format::user_name) {
    return checks.user_name_fault != nullptr ? checks.user_name_fault(text) : std::string_view();
  }
  if (attribute.format == schema::Format::certificate) {
    const bool is_wrong = checks.is_certificate != nullptr && !checks.is_certificate(bytes_of(text));
    return is_wrong ? "must be exactly one X.509 certificate, as base64 of its DER form without PEM lines"
                    : std::string_view();
  }
  if (!options.checks_formats) return {};
  switch (attribute.format) {
    case schema::Format::language_ranges:
      return is_language_ranges(text) ? "" : "must be a language as in Accept-Language, such as \"en-US\"";
    case schema::Format::language_tag:
      return is_language_tag(text) ? "" : "must be a language tag such as \"en-US\"";
    case schema::Format::time_zone:
      if (checks.is_time_zone == nullptr || checks.is_time_zone(text)) return {};
      return "must be a name of the IANA time zone database, such as \"Europe/Berlin\"";
    case schema::Format::country:
      return is_country(text) ? "" : "must be a country code of two letters (ISO 3166-1), such as \"US\"";
    default:
      return {};
  }
}

Canonical canonical_string(const schema::Attribute& attribute, const json::Value& value, const std::string& shown,
                           const ValidationOptions& options) {
  const std::string* text = value.as_string();
  if (text == nullptr) return refuse(shown, "must be a string");
  if (text->empty()) return std::optional<json::Value>();
  if (attribute.required && is_blank(*text)) return refuse(shown, "is required and must not be blank");
  const bool may_be_large = attribute.type != schema::Type::string && attribute.type != schema::Type::date_time;
  const std::size_t limit = may_be_large ? options.large_bytes : options.string_bytes;
  if (text->size() > limit) return refuse(shown, "is longer than " + std::to_string(limit) + " bytes");
  if (attribute.type == schema::Type::date_time && !parse_timestamp(*text)) {
    return refuse(shown, "must be a dateTime such as \"2026-01-31T10:00:00Z\"");
  }
  if (attribute.type == schema::Type::binary && !is_base64(*text)) return refuse(shown, "must be base64");
  const std::string_view fault = attribute.type == schema::Type::reference ? reference_fault(attribute, *text, options)
                                                                           : format_fault(attribute, *text, options);
  if (!fault.empty()) return refuse(shown, std::string(fault));
  return std::optional<json::Value>(value);
}

Canonical canonical_boolean(const json::Value& value, const std::string& shown, const ValidationOptions& options) {
  if (value.is_bool()) return std::optional<json::Value>(value);
  const std::string* text = value.as_string();
  if (options.lenient_booleans && text != nullptr) {
    if (text->empty()) return std::optional<json::Value>();
    if (equals_ignoring_ascii_case(*text, "true")) return std::optional<json::Value>(json::Value(true));
    if (equals_ignoring_ascii_case(*text, "false")) return std::optional<json::Value>(json::Value(false));
  }
  return refuse(shown, "must be true or false");
}

Canonical canonical_simple(const schema::Attribute& attribute, const json::Value& value, const std::string& shown,
                           const ValidationOptions& options) {
  switch (attribute.type) {
    case schema::Type::boolean:
      return canonical_boolean(value, shown, options);
    case schema::Type::integer:
      if (!value.is_number() || !json::to_integer(*value.as_number())) return refuse(shown, "must be an integer");
      return std::optional<json::Value>(value);
    case schema::Type::decimal:
      if (!value.is_number()) return refuse(shown, "must be a number");
      return std::optional<json::Value>(value);
    default:
      return canonical_string(attribute, value, shown, options);
  }
}

/// `$ref` beside an id of ours is shown, not stored (resource/document.hpp): it starts with whatever address the next
/// reader uses.
void drop_own_reference(json::Object& manager) {
  const json::Value* value = manager.find("value");
  const json::Value* reference = manager.find("$ref");
  if (value == nullptr || reference == nullptr || !is_generated_id(*value->as_string())) return;
  if (reference->as_string()->ends_with("/" + *value->as_string())) manager.erase("$ref");
}

Canonical canonical_complex(const schema::Attribute& attribute, const json::Value& value, const std::string& shown,
                            const ValidationOptions& options) {
  json::Object wrapped;
  const json::Object* object = value.as_object();
  if (object == nullptr) {
    // `"emails": ["a@b.example"]` and `"manager": "id"` are sent by several clients; the bare value can only be
    // `value`.
    if (!value.is_string() || attribute.find_sub_attribute("value") == nullptr) {
      return refuse(shown, "must be an object");
    }
    if (value.as_string()->empty()) return std::optional<json::Value>();
    wrapped.append("value", value);
    object = &wrapped;
  }
  json::Object canonical;
  for (const schema::Attribute& sub : attribute.sub_attributes) {
    if (sub.mutability == schema::Mutability::read_only) continue;
    const json::Value* given = object->find_ignoring_case(sub.name);
    if (given == nullptr) continue;
    const std::string sub_shown = shown + "." + sub.name;
    ROLECALL_TRY_ASSIGN(auto sub_value, given->is_null() ? Canonical(std::optional<json::Value>())
                                                         : canonical_simple(sub, *given, sub_shown, options));
    if (sub_value) canonical.append(sub.name, std::move(*sub_value));
  }
  if (attribute.format == schema::Format::manager) drop_own_reference(canonical);
  if (canonical.empty()) return std::optional<json::Value>();
  for (const schema::Attribute& sub : attribute.sub_attributes) {
    if (sub.required && sub.mutability != schema::Mutability::read_only && canonical.find(sub.name) == nullptr) {
      return refuse(shown + "." + sub.name, "is required");
    }
  }
  return std::optional<json::Value>(json::Value(std::move(canonical)));
}

Canonical canonical_element(const schema::Attribute& attribute, const json::Value& value, const std::string& shown,
                            const ValidationOptions& options) {
  if (value.is_null()) return std::optional<json::Value>();
  if (value.is_array()) return refuse(shown, "must not be an array here");
  return attribute.type == schema::Type::complex ? canonical_complex(attribute, value, shown, options)
                                                 : canonical_simple(attribute, value, shown, options);
}

bool is_primary(const json::Value& element) {
  const json::Object* object = element.as_object();
  const json::Value* primary = object != nullptr ? object->find("primary") : nullptr;
  return primary != nullptr && primary->is_bool() && *primary->as_bool();
}

}  // namespace

Canonical canonical_value(const schema::Attribute& attribute, const json::Value& value, const std::string& shown,
                          const ValidationOptions& options) {
  if (value.is_null()) return std::optional<json::Value>();
  if (!attribute.multi_valued) {
    if (value.is_array() && value.as_array()->empty()) return std::optional<json::Value>();
    return canonical_element(attribute, value, shown, options);
  }
  const json::Array single{value};
  const json::Array& given = value.is_array() ? *value.as_array() : single;
  const std::size_t limit = attribute.format == schema::Format::members ? options.members : options.elements;
  if (given.size() > limit) return refuse(shown, "has more than " + std::to_string(limit) + " values");
  json::Array elements;
  elements.reserve(given.size());
  std::unordered_set<std::string> seen;
  std::size_t primaries = 0;
  for (const json::Value& item : given) {
    ROLECALL_TRY_ASSIGN(auto element, canonical_element(attribute, item, shown, options));
    if (!element || !seen.insert(json::write(*element)).second) continue;
    if (is_primary(*element) && ++primaries > 1) {
      return refuse(shown, "has more than one primary value");  // RFC 7643 §2.4
    }
    elements.push_back(std::move(*element));
  }
  if (elements.empty()) return std::optional<json::Value>();
  return std::optional<json::Value>(json::Value(std::move(elements)));
}

}  // namespace rolecall::resource
