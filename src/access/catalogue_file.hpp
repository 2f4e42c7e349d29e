#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "rolecall/base/result.hpp"
#include "rolecall/json/value.hpp"

// Reading the catalogue's files; every error begins with the name of the file.

namespace rolecall::access {

[[nodiscard]] tl::unexpected<Error> wrong(std::string_view file, const std::string& what);

[[nodiscard]] Result<json::Object> object_of(std::string_view file, std::string_view text);
/// The array `member`; empty when it may be absent and is.
[[nodiscard]] Result<json::Array> array_of(std::string_view file, const json::Object& root, std::string_view member,
                                           bool is_needed);
[[nodiscard]] Result<std::string> text_of(std::string_view file, const json::Object& object, std::string_view member);
/// A text made of letters, digits and a few signs: what a permission is called is part of addresses and of patterns.
[[nodiscard]] Result<std::string> name_in(std::string_view file, const json::Object& object, std::string_view member);
/// False when absent.
[[nodiscard]] Result<bool> flag_of(std::string_view file, const json::Object& object, std::string_view member);
[[nodiscard]] Result<void> only_members(std::string_view file, const json::Object& object,
                                        std::initializer_list<std::string_view> known);

}  // namespace rolecall::access
