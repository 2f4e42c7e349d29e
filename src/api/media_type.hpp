#pragma once

#include "rolecall/base/result.hpp"
#include "rolecall/http/message.hpp"
#include "rolecall/patch/dialect.hpp"

namespace rolecall::api {

/// `unsupported_media_type` unless Content-Type is absent, application/scim+json or application/json, with any
/// parameters except a charset that is not UTF-8 (RFC 8259 §8.1).
[[nodiscard]] Result<void> check_content_type(const http::Request& request);

/// `not_acceptable` when the client says that it takes neither of the two types. An absent Accept takes everything.
/// The rule any_accept of the dialect passes over the header: the test of Entra ID's connection comes like a browser,
///   GET /Users?filter=userName+eq+"7d42…" with Accept: text/html
/// and takes the SCIM answer, but not a 406 (RFC 9110 §12.5.1 leaves that to the server).
[[nodiscard]] Result<void> check_accept(const http::Request& request, const patch::Dialect& dialect,
                                        patch::AppliedRules& applied);

}  // namespace rolecall::api
