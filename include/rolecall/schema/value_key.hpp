#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "rolecall/base/text.hpp"
#include "rolecall/json/value.hpp"
#include "rolecall/schema/attribute.hpp"

namespace rolecall::schema {

/// The comparison key of one value: bytewise equality and order of keys is SCIM equality and order of values (RFC 7644
/// §3.4.2.2). Strings: the bytes, folded when `caseExact` is false; a userName as RFC 8265 prepares it. dateTime: the
/// instant as fixed-width digits. Numbers: an order-preserving encoding. Booleans: "false" < "true". None for a value
/// of the wrong type.
[[nodiscard]] std::optional<std::string> key_of(const Attribute& attribute, const json::Value& value,
                                                const TextFolder& folder);

/// The key of an integer, and of a dateTime in microseconds since 1970.
[[nodiscard]] std::string key_of_integer(std::int64_t number);
/// The way back; none for what is no such key.
[[nodiscard]] std::optional<std::int64_t> integer_of_key(std::string_view key);

}  // namespace rolecall::schema
