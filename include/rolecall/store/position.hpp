#pragma once

#include <string>

#include "rolecall/base/ids.hpp"

namespace rolecall::store {

/// Where a resource stands in a sorted list: by its value of the sort attribute, then by id. Values, not numbers: the
/// place stays where it is whatever is inserted or removed around it, the resource itself included.
struct Position {
  bool has_key = true;  ///< false: no value of the sort attribute
  std::string key;      ///< schema::key_of of the value, cut to kSortKeyBytes; empty without a sort attribute
  ResourceId id;
  bool operator==(const Position&) const = default;
};

/// What of a value counts for its place. Above every key of a string of 1,024 bytes, which folding may make three times
/// as long; only references and binary values are longer, and their positions still have to fit into a URL.
inline constexpr std::size_t kSortKeyBytes = 4096;

/// RFC 7644 §3.4.2.3: those without a value come last when ascending, first when descending. Equal ones stay in order
/// of id both ways.
[[nodiscard]] bool comes_before(const Position& a, const Position& b, bool descending);

/// A side of a position. A page of a walk is what lies next to it on that side.
struct Place {
  Position at;
  bool backwards = false;  ///< what comes before
  bool including = false;  ///< and the position itself
  bool operator==(const Place&) const = default;
};
[[nodiscard]] bool is_beyond(const Place& place, const Position& position, bool descending);
/// All that is not beyond `place`.
[[nodiscard]] Place opposite_of(const Place& place);

}  // namespace rolecall::store
