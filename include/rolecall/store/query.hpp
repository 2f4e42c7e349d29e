#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rolecall/filter/tree.hpp"
#include "rolecall/schema/registry.hpp"
#include "rolecall/store/position.hpp"
#include "rolecall/store/records.hpp"

namespace rolecall::store {

/// A list request within one connection's reach. `filter` and `sort_by` may name attributes of other types, which have
/// no value in this one.
struct ResourceQuery {
  const schema::ResourceType* type = nullptr;
  std::optional<filter::Filter> filter;
  std::optional<schema::AttributePath> sort_by;  ///< none: by id, which is creation order and stable
  bool descending = false;
  std::int64_t start_index = 1;  ///< ≥ 1
  std::int64_t count = 100;      ///< ≥ 0; 0 asks for the total only
  std::string base;              ///< what a location starts with, for filters that name one

  /// `records` are the page that starts at `start_index`. A `walk` starts at `from`, or else at the beginning, and its
  /// answer has the positions and says whether there is more on either side. `positions` is a walk without the records.
  enum class Kind { records, walk, positions };
  Kind kind = Kind::records;
  std::optional<Place> from;
};

/// An attribute and one value of it.
struct AttributeValue {
  schema::AttributePath path;
  json::Value value;
};

struct ResourcePage {
  std::int64_t total = 0;  ///< of all matches, wherever the page lies
  std::vector<ResourceRecord> resources;
  std::vector<Position> positions;  ///< of a walk: one for each resource, in order
  bool has_before = false;
  bool has_after = false;
};

}  // namespace rolecall::store
