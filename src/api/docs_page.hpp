#pragma once

#include <string>
#include <string_view>

#include "rolecall/json/value.hpp"

namespace rolecall::api {

/// A page for people, made from an OpenAPI document: every operation with what it needs, takes and answers, and every
/// code of a refusal under the anchor `error-CODE`. One file without script or anything from elsewhere; `kDocsStyle` is
/// all that its policy has to allow.
[[nodiscard]] std::string docs_page(const json::Object& openapi);

extern const std::string_view kDocsStyle;

}  // namespace rolecall::api
