#pragma once

#include <optional>
#include <string>
#include <vector>

#include "filter_sql.hpp"
#include "rolecall/store/query.hpp"

namespace rolecall::adapter::soci {

/// The order of a list as rows know it: expressions over `resources r` and the `join`.
struct Ordering {
  std::string join;           ///< precedes WHERE
  std::vector<Bound> values;  ///< of the join
  std::string is_missing;     ///< empty: no row lacks a value
  std::string key;            ///< empty: by id alone
  bool is_time = false;       ///< `key` is a number of milliseconds
  bool all_missing = false;   ///< an attribute of another type: no row has a value
  bool descending = false;
};

/// None for a sort attribute that rows cannot answer.
[[nodiscard]] std::optional<Ordering> compile_order(const store::ResourceQuery& query, const FilterScope& scope);

/// ORDER BY, `reversed` for pages that are read from their end.
[[nodiscard]] std::string order_by(const Ordering& ordering, bool reversed);

/// What lies on that side of the place.
[[nodiscard]] Condition condition_of(const Ordering& ordering, const store::Place& place);

/// Result columns behind others, one `n` and one of `key_kind`, from which `position_of` reads.
[[nodiscard]] std::string position_columns(const Ordering& ordering);
[[nodiscard]] char key_kind(const Ordering& ordering);
[[nodiscard]] store::Position position_of(const Ordering& ordering, Row& row, std::size_t first, const ResourceId& id);

}  // namespace rolecall::adapter::soci
