#pragma once

#include "rolecall/base/result.hpp"
#include "rolecall/http/message.hpp"

namespace rolecall::api {

/// `unsupported_media_type` unless Content-Type is absent, application/scim+json or application/json, with any
/// parameters except a charset that is not UTF-8 (RFC 8259 §8.1).
[[nodiscard]] Result<void> check_content_type(const http::Request& request);

/// `not_acceptable` when the client says that it takes neither of the two types. An absent Accept takes everything.
[[nodiscard]] Result<void> check_accept(const http::Request& request);

}  // namespace rolecall::api
