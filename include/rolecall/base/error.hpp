#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace rolecall {

/// Why something could not be done. Closed: client faults come first, our own last. One table in `api/` maps each code
/// to an HTTP status, a SCIM `scimType` (RFC 7644 §3.12, table 9) and a log level.
enum class ErrorCode {
  // The request is at fault.
  invalid_syntax,          // 400 invalidSyntax
  invalid_filter,          // 400 invalidFilter
  invalid_path,            // 400 invalidPath
  invalid_value,           // 400 invalidValue
  no_target,               // 400 noTarget
  mutability,              // 400 mutability
  too_many,                // 400 tooMany
  invalid_cursor,          // 400 invalidCursor, also for one that is not yours: the words must not differ
  expired_cursor,          // 400 expiredCursor
  invalid_count,           // 400 invalidCount
  bad_request,             // 400 without a scimType: HTTP framing, unusable query parameters
  unauthenticated,         // 401
  sensitive,               // 403 sensitive
  forbidden,               // 403
  not_found,               // 404, also for "exists but not yours": the words must not differ
  method_not_allowed,      // 405
  not_acceptable,          // 406
  request_timeout,         // 408
  uniqueness,              // 409 uniqueness
  conflict,                // 409
  stale_plan,              // 409: what a plan was computed on has changed
  precondition_failed,     // 412
  payload_too_large,       // 413
  uri_too_long,            // 414
  unsupported_media_type,  // 415
  key_reused,              // 422, an Idempotency-Key that came with another request before
  precondition_required,   // 428
  rate_limited,            // 429, retry_after is set
  headers_too_large,       // 431
  // Nobody is at fault: the guard against mass removal does not let it pass.
  held,  // 503, retry_after is set
  // We are at fault, or not able just now.
  internal,         // 500
  not_implemented,  // 501
  unavailable,      // 503, retry_after is set
};

/// A failure as a value. `detail` is written for the caller (an IdP admin reads it word for word in Okta's task list)
/// and never holds a secret or another tenant's data; `note` goes to our log only.
struct Error {
  ErrorCode code = ErrorCode::internal;
  std::string detail;
  std::string attribute;  ///< SCIM attribute path at fault, empty when none
  std::string note;       ///< for the log, never for the caller
  std::optional<std::chrono::seconds> retry_after;
  std::string next =
      {};  ///< what to do about it, as a sentence of its own; for administrators, never needed by a SCIM client

  bool operator==(const Error&) const = default;
};

/// Stable lower-case name of a code, used in logs, metrics and problem+json ("invalid_filter").
[[nodiscard]] const char* name_of(ErrorCode code);

}  // namespace rolecall
