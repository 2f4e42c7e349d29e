#pragma once

#include <string>
#include <vector>

#include "rolecall/base/text.hpp"
#include "rolecall/json/value.hpp"
#include "rolecall/schema/registry.hpp"
#include "rolecall/schema/value_key.hpp"

namespace rolecall::resource {

/// See schema/value_key.hpp.
using schema::key_of;

/// One row of the store's attribute index. Rows with the same `element` of the same multi-valued attribute belong to
/// one element; single-valued attributes use element 0.
struct IndexEntry {
  std::string path;  ///< AttributePath::to_string()
  int element = 0;
  std::string key;
  bool is_unique = false;  ///< no other resource of the type may have this key (RFC 7643 §7, `uniqueness`)
  bool operator==(const IndexEntry&) const = default;
};

/// The index rows of a resource: one per value of each path in `type.indexed`.
[[nodiscard]] std::vector<IndexEntry> index_of(const schema::ResourceType& type, const json::Object& resource,
                                               const TextFolder& folder);

}  // namespace rolecall::resource
