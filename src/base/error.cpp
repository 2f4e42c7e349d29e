#include "rolecall/base/error.hpp"

namespace rolecall {

const char* name_of(ErrorCode code) {
  // No default: a new code without a name is a compile error.
  switch (code) {
    case ErrorCode::invalid_syntax:
      return "invalid_syntax";
    case ErrorCode::invalid_filter:
      return "invalid_filter";
    case ErrorCode::invalid_path:
      return "invalid_path";
    case ErrorCode::invalid_value:
      return "invalid_value";
    case ErrorCode::no_target:
      return "no_target";
    case ErrorCode::mutability:
      return "mutability";
    case ErrorCode::too_many:
      return "too_many";
    case ErrorCode::invalid_cursor:
      return "invalid_cursor";
    case ErrorCode::expired_cursor:
      return "expired_cursor";
    case ErrorCode::invalid_count:
      return "invalid_count";
    case ErrorCode::bad_request:
      return "bad_request";
    case ErrorCode::unauthenticated:
      return "unauthenticated";
    case ErrorCode::sensitive:
      return "sensitive";
    case ErrorCode::forbidden:
      return "forbidden";
    case ErrorCode::not_found:
      return "not_found";
    case ErrorCode::method_not_allowed:
      return "method_not_allowed";
    case ErrorCode::not_acceptable:
      return "not_acceptable";
    case ErrorCode::request_timeout:
      return "request_timeout";
    case ErrorCode::uniqueness:
      return "uniqueness";
    case ErrorCode::conflict:
      return "conflict";
    case ErrorCode::stale_plan:
      return "stale_plan";
    case ErrorCode::precondition_failed:
      return "precondition_failed";
    case ErrorCode::payload_too_large:
      return "payload_too_large";
    case ErrorCode::uri_too_long:
      return "uri_too_long";
    case ErrorCode::unsupported_media_type:
      return "unsupported_media_type";
    case ErrorCode::key_reused:
      return "key_reused";
    case ErrorCode::precondition_required:
      return "precondition_required";
    case ErrorCode::rate_limited:
      return "rate_limited";
    case ErrorCode::headers_too_large:
      return "headers_too_large";
    case ErrorCode::held:
      return "held";
    case ErrorCode::internal:
      return "internal";
    case ErrorCode::not_implemented:
      return "not_implemented";
    case ErrorCode::unavailable:
      return "unavailable";
  }
  return "internal";
}

}  // namespace rolecall
