#include "rolecall/api/error_table.hpp"

namespace rolecall::api {

ErrorRow row_of(ErrorCode code) {
  using log::Level;
  // No default: a code without a row is a warning, and warnings are errors.
  switch (code) {
    case ErrorCode::invalid_syntax:
      return {400, "invalidSyntax", Level::info};
    case ErrorCode::invalid_filter:
      return {400, "invalidFilter", Level::info};
    case ErrorCode::invalid_path:
      return {400, "invalidPath", Level::info};
    case ErrorCode::invalid_value:
      return {400, "invalidValue", Level::info};
    case ErrorCode::no_target:
      return {400, "noTarget", Level::info};
    case ErrorCode::mutability:
      return {400, "mutability", Level::info};
    case ErrorCode::too_many:
      return {400, "tooMany", Level::info};
    case ErrorCode::invalid_cursor:
      return {400, "invalidCursor", Level::info};
    case ErrorCode::expired_cursor:
      return {400, "expiredCursor", Level::info};
    case ErrorCode::invalid_count:
      return {400, "invalidCount", Level::info};
    case ErrorCode::bad_request:
      return {400, "", Level::info};
    case ErrorCode::unauthenticated:
      return {401, "", Level::info};
    case ErrorCode::sensitive:
      return {403, "sensitive", Level::info};
    case ErrorCode::forbidden:
      return {403, "", Level::info};
    case ErrorCode::not_found:
      return {404, "", Level::info};
    case ErrorCode::method_not_allowed:
      return {405, "", Level::info};
    case ErrorCode::not_acceptable:
      return {406, "", Level::info};
    case ErrorCode::request_timeout:
      return {408, "", Level::info};
    case ErrorCode::uniqueness:
      return {409, "uniqueness", Level::info};
    case ErrorCode::conflict:
      return {409, "", Level::info};
    case ErrorCode::stale_plan:
      return {409, "", Level::info};
    case ErrorCode::precondition_failed:
      return {412, "", Level::info};
    case ErrorCode::payload_too_large:
      return {413, "", Level::info};
    case ErrorCode::uri_too_long:
      return {414, "", Level::info};
    case ErrorCode::unsupported_media_type:
      return {415, "", Level::info};
    case ErrorCode::key_reused:
      return {422, "", Level::info};
    case ErrorCode::precondition_required:
      return {428, "", Level::info};
    case ErrorCode::rate_limited:
      return {429, "", Level::warn};
    case ErrorCode::headers_too_large:
      return {431, "", Level::info};
    case ErrorCode::held:
      return {503, "", Level::info};
    case ErrorCode::internal:
      return {500, "", Level::error};
    case ErrorCode::not_implemented:
      return {501, "", Level::info};
    case ErrorCode::unavailable:
      return {503, "", Level::warn};
  }
  return {500, "", Level::error};
}

std::string_view reason_of(int status) {
  switch (status) {
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 422:
      return "Unprocessable Content";
    case 428:
      return "Precondition Required";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    default:
      return "Error";
  }
}

ErrorCode code_for_status(int status) {
  switch (status) {
    case 404:
      return ErrorCode::not_found;
    case 405:
      return ErrorCode::method_not_allowed;
    case 408:
      return ErrorCode::request_timeout;
    case 413:
      return ErrorCode::payload_too_large;
    case 414:
      return ErrorCode::uri_too_long;
    case 415:
      return ErrorCode::unsupported_media_type;
    case 429:
      return ErrorCode::rate_limited;
    case 431:
      return ErrorCode::headers_too_large;
    case 501:
      return ErrorCode::not_implemented;
    case 503:
      return ErrorCode::unavailable;
    default:
      return status >= 500 ? ErrorCode::internal : ErrorCode::bad_request;
  }
}

}  // namespace rolecall::api
