#pragma once

#include <string>
#include <string_view>

#include "rolecall/base/digest.hpp"
#include "rolecall/http/message.hpp"
#include "rolecall/json/value.hpp"

namespace rolecall::api::admin {

/// A strong entity tag (RFC 9110 §8.8.3): the digest of what the answer says. Names of roles and groups in it belong to
/// what an administrator has read, so a rename elsewhere changes it too.
[[nodiscard]] std::string strong_tag(const Digest& digest, const json::Value& body);

/// Whether If-Match (RFC 9110 §13.1.1), which may come in several fields, is `*` or lists this tag. Weak tags match
/// nothing.
[[nodiscard]] bool is_matched(const http::Request& request, std::string_view tag);

}  // namespace rolecall::api::admin
