#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rolecall::schema {

enum class Type { string, boolean, decimal, integer, date_time, binary, reference, complex };
enum class Mutability { read_only, read_write, immutable, write_only };
enum class Returned { always, never, by_default, on_request };
enum class Uniqueness { none, server, global };
/// A rule for values that RFC 7643 states in words only; see schema/formats.cpp for the attributes it is about.
enum class Format { any, user_name, language_ranges, language_tag, time_zone, country, certificate, manager, members };

/// One attribute definition (RFC 7643 §7). Immutable once its registry is built; pointers into a registry stay valid as
/// long as the registry lives.
struct Attribute {
  std::string name;
  Type type = Type::string;
  bool multi_valued = false;
  bool required = false;
  bool case_exact = false;
  Mutability mutability = Mutability::read_write;
  Returned returned = Returned::by_default;
  Uniqueness uniqueness = Uniqueness::none;
  Format format = Format::any;
  std::string description;
  std::vector<std::string> canonical_values;
  std::vector<std::string> reference_types;
  std::vector<Attribute> sub_attributes;

  /// Ignores ASCII case (RFC 7643 §2.1).
  [[nodiscard]] const Attribute* find_sub_attribute(std::string_view sub_name) const;
};

}  // namespace rolecall::schema
