#pragma once

#include <string_view>

namespace rolecall::resource {

// Formats that RFC 7643 names for values, as predicates. All take any bytes.

/// Nothing but white space, in any script.
[[nodiscard]] bool is_blank(std::string_view text);

/// A URI or a relative reference (RFC 3986), or an IRI: characters beyond ASCII pass, as clients send them. Brackets
/// pass in a query, where many write them.
[[nodiscard]] bool is_uri_reference(std::string_view text);
/// "https" of "HTTPS://acme.example", as written; empty for a relative reference.
[[nodiscard]] std::string_view scheme_of(std::string_view uri);

/// The value of Accept-Language (RFC 9110 §12.5.4): "da, en-gb;q=0.8".
[[nodiscard]] bool is_language_ranges(std::string_view text);
/// A well-formed language tag (RFC 5646 §2.1); an underscore counts as hyphen, as in the example of RFC 7643 §4.1.1.
[[nodiscard]] bool is_language_tag(std::string_view text);
/// A code of ISO 3166-1 alpha-2 that is assigned.
[[nodiscard]] bool is_country(std::string_view text);

}  // namespace rolecall::resource
