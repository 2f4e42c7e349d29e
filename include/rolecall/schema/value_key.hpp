#pragma once

#include <optional>
#include <string>

#include "rolecall/base/text.hpp"
#include "rolecall/json/value.hpp"
#include "rolecall/schema/attribute.hpp"

namespace rolecall::schema {

/// The comparison key of one value: bytewise equality and order of keys is SCIM equality and order of values (RFC 7644
/// §3.4.2.2). Strings: the bytes, folded when `caseExact` is false. dateTime: the instant as fixed-width digits.
/// Numbers: an order-preserving encoding. Booleans: "false" < "true". None for a value of the wrong type.
[[nodiscard]] std::optional<std::string> key_of(const Attribute& attribute, const json::Value& value,
                                                const TextFolder& folder);

}  // namespace rolecall::schema
