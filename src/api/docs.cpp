#include "docs.hpp"

#include <algorithm>

#include "answer.hpp"
#include "docs_page.hpp"
#include "rolecall/base/encoding.hpp"
#include "rolecall/json/parse.hpp"

namespace rolecall::api {
namespace {

/// What stands between the style tags, as a policy names it (CSP Level 3 §2.3.1).
std::string hash_source(const Digest& digest, std::string_view text) {
  std::string hash = to_base64url(digest.sha256(text));
  std::replace(hash.begin(), hash.end(), '-', '+');
  std::replace(hash.begin(), hash.end(), '_', '/');
  return "'sha256-" + hash + "='";
}

http::Response cached(http::Response response) {
  response.headers.add("Cache-Control", "no-cache");
  return response;
}

}  // namespace

Docs::Docs(std::string_view openapi, const Digest& digest) : openapi_(openapi) {
  const auto parsed = json::parse(openapi);
  if (parsed && parsed->is_object()) page_ = docs_page(*parsed->as_object());
  policy_ = "default-src 'none'; style-src " + hash_source(digest, kDocsStyle) +
            "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
}

http::Response Docs::file() const { return cached(answer(200, kJsonType, std::string(openapi_))); }

http::Response Docs::page() const {
  http::Response response = cached(answer(200, "text/html; charset=utf-8", page_));
  response.headers.add("Content-Security-Policy", policy_);
  return response;
}

}  // namespace rolecall::api
