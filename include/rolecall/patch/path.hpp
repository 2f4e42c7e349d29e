#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "rolecall/base/result.hpp"
#include "rolecall/filter/tree.hpp"
#include "rolecall/schema/registry.hpp"

namespace rolecall::patch {

/// A resolved PATCH path (RFC 7644 §3.5.2, figure 7).
struct Path {
  enum class Kind {
    attribute,  ///< `attribute` and maybe its sub-attribute
    selection,  ///< elements of `attribute` that satisfy `filter`; `attribute.sub_attribute` names a part of them
    extension,  ///< the whole object of `attribute.extension`
  };
  Kind kind = Kind::attribute;
  schema::AttributePath attribute;
  std::optional<filter::Filter> filter;
};

/// Fails with `invalid_path` outside brackets, `invalid_filter` inside them, `mutability` for a read-only target.
[[nodiscard]] Result<Path> parse_path(std::string_view text, const schema::ResourceType& type);

/// Tree notation of the case files: `(attr name.familyName)`, `(sel emails (eq type "work") value)`, `(ext urn:…)`.
[[nodiscard]] std::string print_tree(const Path& path);

}  // namespace rolecall::patch
