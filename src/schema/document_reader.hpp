#pragma once

#include "rolecall/schema/registry.hpp"

namespace rolecall::schema {

[[nodiscard]] tl::unexpected<Error> broken(const std::string& file, const std::string& rule);
[[nodiscard]] Result<json::Object> parse_file(const Registry::Source& source);
/// A member that must be a non-empty string.
[[nodiscard]] Result<std::string> text_of(const json::Object& object, std::string_view name, const std::string& file);
/// A member that may be a string; "" when it is none.
[[nodiscard]] std::string optional_text_of(const json::Object& object, std::string_view name);

}  // namespace rolecall::schema
