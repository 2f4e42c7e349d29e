#pragma once

#include <string>
#include <string_view>

#include "rolecall/base/error.hpp"
#include "rolecall/base/ids.hpp"
#include "rolecall/base/result.hpp"
#include "rolecall/http/message.hpp"
#include "rolecall/json/value.hpp"

namespace rolecall::api {

inline constexpr std::string_view kScimType = "application/scim+json";
inline constexpr std::string_view kJsonType = "application/json";

[[nodiscard]] http::Response answer(int status, std::string_view content_type, std::string body);
[[nodiscard]] http::Response json_answer(int status, const json::Value& body);

/// Adds to the sentence of a fault of ours the id by which an operator finds it in the log.
void name_request(Error& error, const http::Request& request);

/// RFC 7644 §3.12.
[[nodiscard]] http::Response scim_error(const Error& error);
/// `application/problem+json` (RFC 9457). `request` is left out by the byte layer, which refuses what never became one.
[[nodiscard]] http::Response problem(const Error& error, const RequestId& request = {});
/// The sentence alone, a JSON string: AuthZEN Authorization API 1.0 §10.1.4.
[[nodiscard]] http::Response message(const Error& error);

[[nodiscard]] Error method_not_allowed(std::string_view method, std::string_view allowed);

}  // namespace rolecall::api
