#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rolecall/patch/dialect.hpp"

namespace rolecall::patch::dialect {

// Each rule rewrites in place and says whether it changed anything. `check_…` is the same rule switched off, for
// oddities that the standard engine would pass over.

using Operations = std::vector<RawOperation>;

// The message.
[[nodiscard]] bool bare_message(json::Object& message);
[[nodiscard]] bool capital_ops(json::Object& message);
[[nodiscard]] Result<void> check_capital_ops(const json::Object& message);

// Names.
[[nodiscard]] bool loose_schemas(json::Object& resource, const schema::ResourceType& type);
[[nodiscard]] Result<void> check_schemas(const json::Object& resource, const schema::ResourceType& type);
[[nodiscard]] bool draft_urns(Operations& operations, const schema::ResourceType& type);
[[nodiscard]] bool draft_urns(json::Object& resource, const schema::ResourceType& type);
[[nodiscard]] bool dotted_urns(Operations& operations, const schema::ResourceType& type);
[[nodiscard]] bool keys_as_paths(Operations& operations, const schema::ResourceType& type);
[[nodiscard]] bool unknown_keys(Operations& operations, const schema::ResourceType& type);

// Targets.
[[nodiscard]] Result<bool> own_id(Operations& operations, std::string_view own_id);
[[nodiscard]] bool read_only_echo(Operations& operations, const schema::ResourceType& type);
[[nodiscard]] bool listed_values(Operations& operations, const schema::ResourceType& type);
[[nodiscard]] bool creates_on_replace(Operations& operations, const schema::ResourceType& type);

/// Where a value stands: a whole attribute, one element of a multi-valued one, or a sub-attribute.
struct Place {
  schema::AttributePath path;
  bool is_element = false;

  /// The attribute itself or one element of it, not a part.
  [[nodiscard]] bool is_whole() const { return path.sub_attribute == nullptr; }
  /// May the value be a list?
  [[nodiscard]] bool is_list() const { return is_whole() && !is_element && path.attribute->multi_valued; }
};

// Values.
[[nodiscard]] bool text_elements(const Place& place, json::Value& value);
[[nodiscard]] bool wrapped_values(const Place& place, json::Value& value);
[[nodiscard]] bool bare_values(const Place& place, json::Value& value);
/// As bare_values, but an empty text stays: a member must have an id.
[[nodiscard]] bool bare_members(const Place& place, json::Value& value);
[[nodiscard]] Result<void> check_bare_values(const Place& place, const json::Value& value);
[[nodiscard]] bool text_booleans(const Place& place, json::Value& value);
[[nodiscard]] Result<void> check_text_booleans(const Place& place, const json::Value& value);
[[nodiscard]] bool one_primary(const Place& place, json::Value& value);

/// `name operator literal` in the text of a filter or of a PATCH path.
struct Comparison {
  schema::AttributePath path;
  std::string_view name;
  std::string_view literal;  ///< with its quotes; empty for `pr`
};

/// What takes the place of name and literal; none leaves both.
struct Replacement {
  std::string name;
  std::string literal;
};
using FilterRule = std::optional<Replacement> (*)(const Comparison& comparison);

// Filters.
[[nodiscard]] std::optional<Replacement> text_literals(const Comparison& comparison);
[[nodiscard]] std::optional<Replacement> bare_words(const Comparison& comparison);
[[nodiscard]] std::optional<Replacement> complex_as_value(const Comparison& comparison);

}  // namespace rolecall::patch::dialect
