#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rolecall/base/text.hpp"
#include "rolecall/json/value.hpp"
#include "rolecall/schema/registry.hpp"

namespace rolecall::resource {

/// The comparison key of one value: bytewise equality and order of keys is SCIM equality and order of values (RFC 7644
/// §3.4.2.2). Strings: the bytes, folded when `caseExact` is false. dateTime: the instant as fixed-width digits.
/// Numbers: an order-preserving encoding. Booleans: "false" < "true". None for a value of the wrong type.
[[nodiscard]] std::optional<std::string> key_of(const schema::Attribute& attribute, const json::Value& value,
                                                const TextFolder& folder);

/// One row of the store's attribute index. Rows with the same `element` of the same multi-valued attribute belong to
/// one element; single-valued attributes use element 0.
struct IndexEntry {
  std::string path;  ///< AttributePath::to_string()
  int element = 0;
  std::string key;
  bool operator==(const IndexEntry&) const = default;
};

/// The index rows of a resource: one per value of each path in `type.indexed`.
[[nodiscard]] std::vector<IndexEntry> index_of(const schema::ResourceType& type, const json::Object& resource,
                                               const TextFolder& folder);

}  // namespace rolecall::resource
