#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "rolecall/base/result.hpp"
#include "rolecall/base/value_checks.hpp"
#include "rolecall/json/value.hpp"
#include "rolecall/schema/registry.hpp"

namespace rolecall::resource {

struct ValidationOptions {
  bool lenient_booleans = true;         ///< "True" and "False" as text, which older clients send, are booleans
  std::size_t string_bytes = 1024;      ///< one string
  std::size_t large_bytes = 64 * 1024;  ///< one reference or binary (photos, certificates)
  std::size_t elements = 1'000;         ///< of one multi-valued attribute
  std::size_t members = 100'000;        ///< of one Group in one request
  /// Refuses values that are not in the format RFC 7643 names where nothing here depends on it (time zones, countries,
  /// languages, absolute addresses). For the dialect strict: elsewhere a person must not be locked out by one.
  bool checks_formats = false;
  ValueChecks checks;

  /// For a document that was accepted before: what a rule of another day let in must not block a deactivation.
  [[nodiscard]] ValidationOptions without_formats() const {
    ValidationOptions options = *this;
    options.checks_formats = false;
    options.checks = {};
    return options;
  }
};

/// A member as a client names it. `type` may be empty.
struct MemberReference {
  std::string value;
  std::string type;
  std::string endpoint = {};  ///< "/Users", as its `$ref` says; may be empty
};

/// Turns a client's representation (a POST body) into the canonical one: names spelled as in the schema, attributes in
/// schema order, read-only ones (id, meta, groups …) and unknown ones passed over, null, "" and [] taken as "no value"
/// (RFC 7643 §2.5), types, lengths and `required` checked, equal elements of a multi-valued attribute kept once, at
/// most one `primary`, `password` checked and dropped, `schemas` recomputed. Fails with `invalid_value` and the
/// attribute. Pure.
[[nodiscard]] Result<json::Object> canonicalize(const schema::Registry& registry, const schema::ResourceType& type,
                                                const json::Object& input, const ValidationOptions& options);

/// What the stored representation becomes when `input` replaces it (RFC 7644 §3.5.1): absent readWrite attributes are
/// cleared, except `active`, whose absence must not reactivate anybody; immutable ones stay and fail with `mutability`
/// when the input names another value.
[[nodiscard]] Result<json::Object> replace(const schema::Registry& registry, const schema::ResourceType& type,
                                           const json::Object& stored, const json::Object& input,
                                           const ValidationOptions& options);

/// The canonical form of one attribute's value, none for "no value". `shown` names it in errors.
[[nodiscard]] Result<std::optional<json::Value>> canonical_value(const schema::Attribute& attribute,
                                                                 const json::Value& value, const std::string& shown,
                                                                 const ValidationOptions& options);

/// Removes `members` from a canonical Group; none when the client did not name them (which differs from naming none).
[[nodiscard]] std::optional<std::vector<MemberReference>> take_members(json::Object& canonical);

/// Reads a `members` value as PATCH and POST carry it: an array or one element, each an object with `value` or a bare
/// id.
[[nodiscard]] Result<std::vector<MemberReference>> read_members(const json::Value& value,
                                                                const ValidationOptions& options);

}  // namespace rolecall::resource
