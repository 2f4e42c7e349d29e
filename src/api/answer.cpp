#include "answer.hpp"

#include <algorithm>
#include <utility>

#include "rolecall/api/error_table.hpp"
#include "rolecall/json/write.hpp"

namespace rolecall::api {
namespace {

/// Header fields that belong to a refusal, whatever its body looks like.
void add_error_headers(http::Response& response, const Error& error) {
  if (error.code == ErrorCode::unauthenticated) {
    response.headers.add("WWW-Authenticate", "Bearer realm=\"rolecall\"");
  }
  if (error.retry_after) {
    // Whole seconds only: Okta takes anything else, an HTTP date included, for five minutes.
    response.headers.add("Retry-After", std::to_string(std::max<std::int64_t>(1, error.retry_after->count())));
  }
}

/// A JSON pointer (RFC 6901) for `subject.id`.
std::string pointer_of(std::string_view attribute) {
  std::string pointer = "/";
  for (const char letter : attribute) {
    if (letter == '.') {
      pointer += '/';
    } else if (letter == '~' || letter == '/') {
      pointer += letter == '~' ? "~0" : "~1";
    } else {
      pointer += letter;
    }
  }
  return pointer;
}

}  // namespace

http::Response answer(int status, std::string_view content_type, std::string body) {
  http::Response response;
  response.status = status;
  response.headers.add("Content-Type", std::string(content_type));
  response.body = std::move(body);
  return response;
}

http::Response json_answer(int status, const json::Value& body) {
  http::Response response = answer(status, kJsonType, json::write(body));
  response.headers.add("Cache-Control", "no-store");
  return response;
}

void name_request(Error& error, const http::Request& request) {
  if (error.code != ErrorCode::internal) return;
  error.detail += " The operator finds the cause in the log under the request " + request.id.value() + ".";
}

http::Response scim_error(const Error& error) {
  const ErrorRow row = row_of(error.code);
  std::string body = R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":")";
  body += std::to_string(row.status);
  body += '"';
  if (!row.scim_type.empty()) {
    body += R"(,"scimType":")";
    body += row.scim_type;
    body += '"';
  }
  body += R"(,"detail":)";
  json::write_string_to(body, error.detail);
  body += '}';
  http::Response response = answer(row.status, kScimType, std::move(body));
  add_error_headers(response, error);
  return response;
}

http::Response problem(const Error& error, const RequestId& request) {
  const ErrorRow row = row_of(error.code);
  // The type is an address that a person can open: the page says what the code means and how to get past it.
  json::Object body{{"type", std::string("/docs#error-") + name_of(error.code)},
                    {"title", reason_of(row.status)},
                    {"status", row.status},
                    {"detail", error.detail},
                    {"code", name_of(error.code)}};
  if (!request.empty()) body.append("request", request.value());
  if (!error.attribute.empty()) body.append("pointer", pointer_of(error.attribute));
  if (!error.next.empty()) body.append("next", error.next);
  http::Response response = answer(row.status, "application/problem+json", json::write(std::move(body)));
  response.headers.add("Cache-Control", "no-store");
  add_error_headers(response, error);
  return response;
}

http::Response message(const Error& error) {
  http::Response response = json_answer(row_of(error.code).status, error.detail);
  add_error_headers(response, error);
  return response;
}

Error method_not_allowed(std::string_view method, std::string_view allowed) {
  return Error{ErrorCode::method_not_allowed,
               "The method " + std::string(method.substr(0, 20)) +
                   " is not offered at this address. Offered: " + std::string(allowed) + ".",
               {},
               {},
               {}};
}

}  // namespace rolecall::api
