#pragma once

#include <string_view>
#include <vector>

#include "rolecall/base/result.hpp"
#include "rolecall/json/value.hpp"
#include "rolecall/schema/registry.hpp"

namespace rolecall::resource {

/// Which attributes an answer shows (RFC 7644 §3.9): `attributes`, `excludedAttributes`, or by default what each
/// attribute's `returned` says. Immutable; valid as long as the resource type.
class Projection {
 public:
  /// Neither parameter was given and no attribute is `returned: request`: everything that is stored is shown.
  [[nodiscard]] bool is_default() const { return !has_attributes_ && excluded_.empty() && !hides_some_; }
  /// Will the answer show this top-level attribute at all? Ask before loading members or groups.
  [[nodiscard]] bool wants_attribute(std::string_view top_level_name) const;
  /// The same for an attribute of an extension; false where the resource type lacks it.
  [[nodiscard]] bool wants_attribute(std::string_view extension, std::string_view name) const;
  [[nodiscard]] json::Object apply(const json::Object& full) const;

  /// RFC 7643 §7: what is `returned: request` is shown by the answer of the write that named it.
  void reveal(const json::Object& sent);
  void reveal(const schema::AttributePath& written);

 private:
  friend Result<Projection> make_projection(const schema::ResourceType&, std::string_view, std::string_view);

  /// A path of the query; `attribute` is null for a whole extension.
  using Paths = std::vector<schema::AttributePath>;
  [[nodiscard]] bool shows(const schema::Schema* extension, const schema::Attribute& attribute) const;
  [[nodiscard]] json::Value project(const schema::Schema* extension, const schema::Attribute& attribute,
                                    const json::Value& value) const;
  [[nodiscard]] bool is_revealed(const schema::Attribute& attribute) const;
  [[nodiscard]] bool shows_sub(const schema::Schema* extension, const schema::Attribute& attribute,
                               const schema::Attribute& sub) const;

  const schema::ResourceType* type_ = nullptr;
  bool has_attributes_ = false;
  bool hides_some_ = false;
  Paths attributes_;
  Paths excluded_;
  std::vector<const schema::Attribute*> revealed_;
};

/// From the two query parameters, each a comma-separated list or empty. Unknown names are passed over. Both at once
/// fail with `invalid_value`: RFC 7644 §3.9 makes them mutually exclusive.
[[nodiscard]] Result<Projection> make_projection(const schema::ResourceType& type, std::string_view attributes,
                                                 std::string_view excluded_attributes);

}  // namespace rolecall::resource
