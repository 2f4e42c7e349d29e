#include "ordering.hpp"

#include <algorithm>

#include "record_columns.hpp"
#include "rolecall/schema/value_key.hpp"

namespace rolecall::adapter::soci {
namespace {

constexpr std::int64_t kMicroseconds = 1000;

/// Positions have the keys of values, whatever columns hold.
std::string key_of_time(std::int64_t milliseconds) { return schema::key_of_integer(milliseconds * kMicroseconds); }

Bound bound_of(const Ordering& ordering, const std::string& key) {
  if (!ordering.is_time) return key;
  // A key that is no time is none of ours; before all times there is then everything or nothing.
  return schema::integer_of_key(key).value_or(0) / kMicroseconds;
}

/// Part of a condition, with its values in the order of the text.
void add(Condition& condition, const std::string& text, std::initializer_list<Bound> values) {
  condition.text += text;
  condition.values.insert(condition.values.end(), values.begin(), values.end());
}

}  // namespace

std::optional<Ordering> compile_order(const store::ResourceQuery& query, const FilterScope& scope) {
  Ordering ordering;
  if (!query.sort_by) return ordering;
  ordering.descending = query.descending;
  const schema::AttributePath& path = *query.sort_by;
  if (!is_of(scope.resource_type, path)) {
    ordering.all_missing = true;
    return ordering;
  }
  const std::string name = path.to_string();
  if (name == "id") {
    ordering.key = "r.id";
  } else if (name == "externalId") {
    ordering.is_missing = "(r.external_id = '')";
    ordering.key = "r.external_id";
  } else if (has_column(scope.type, name)) {
    ordering.key = "r.unique_key";
  } else if (name == "meta.created" || name == "meta.lastModified") {
    // Clients see milliseconds.
    ordering.key = name == "meta.created" ? "(r.created / 1000)" : "(r.last_modified / 1000)";
    ordering.is_time = true;
  } else {
    // Which element of a multi-valued attribute counts is not in its index rows; values that are cut for their place
    // are whole there.
    const auto& indexed = scope.resource_type.indexed;
    const schema::Type type = path.leaf().type;
    if (path.attribute->multi_valued || type == schema::Type::reference || type == schema::Type::binary ||
        std::find(indexed.begin(), indexed.end(), name) == indexed.end()) {
      return std::nullopt;
    }
    ordering.join =
        " LEFT JOIN resource_index s ON s.workspace = r.workspace AND s.resource = r.id AND s.path = ? AND "
        "s.element = 0";
    ordering.values = {name};
    ordering.is_missing = "(s.key IS NULL)";
    ordering.key = "s.key";
  }
  return ordering;
}

std::string order_by(const Ordering& ordering, bool reversed) {
  const char* direction = ordering.descending != reversed ? " DESC" : "";
  std::string text;
  if (!ordering.is_missing.empty()) text += ordering.is_missing + direction + ", ";
  if (!ordering.key.empty()) text += ordering.key + direction + ", ";
  return text + "r.id" + (reversed ? " DESC" : "");
}

Condition condition_of(const Ordering& ordering, const store::Place& place) {
  const store::Position& at = place.at;
  const std::string by_id = std::string("r.id ") + (place.backwards ? "<" : ">") + (place.including ? "= ?" : " ?");
  Condition condition;
  const Bound id = at.id.value();
  // Towards greater keys, and so towards the rows without one.
  const bool is_upwards = ordering.descending == place.backwards;
  const bool rows_may_lack_key = ordering.all_missing || !ordering.is_missing.empty();
  const bool rows_may_have_key = !ordering.all_missing;
  const std::string is_missing = ordering.all_missing ? "1 = 1" : ordering.is_missing;
  if (!at.has_key) {
    if (!rows_may_lack_key) return {is_upwards ? "1 = 0" : "1 = 1", {}};
    add(condition, "(" + is_missing + " AND " + by_id, {id});
    add(condition, is_upwards || !rows_may_have_key ? ")" : " OR NOT " + is_missing + ")", {});
    return condition;
  }
  if (!rows_may_have_key) return {is_upwards ? "1 = 1" : "1 = 0", {}};
  if (ordering.key.empty()) {
    add(condition, by_id, {id});
    return condition;
  }
  const Bound key = bound_of(ordering, at.key);
  const char* sign = is_upwards ? " > ?" : " < ?";
  const char* sign_or_equal = is_upwards ? " >= ?" : " <= ?";
  // The first comparison is said for the sake of indexes: they find a range, but not either of two conditions.
  add(condition, "((" + ordering.key + sign_or_equal, {key});
  add(condition, " AND (" + ordering.key + sign, {key});
  add(condition, " OR " + by_id + "))", {id});
  // A comparison with a missing key is unknown, which is as good as false here: nothing negates it.
  add(condition, is_upwards && rows_may_lack_key ? " OR " + is_missing + ")" : ")", {});
  if (rows_may_lack_key && !is_upwards) condition.text = "(NOT " + is_missing + " AND " + condition.text + ")";
  return condition;
}

std::string position_columns(const Ordering& ordering) {
  std::string text = ", ";
  if (ordering.all_missing) {
    text += "1";
  } else if (ordering.is_missing.empty()) {
    text += "0";
  } else {
    text += "CASE WHEN " + ordering.is_missing + " THEN 1 ELSE 0 END";
  }
  text += ", ";
  if (ordering.key.empty()) return text + "''";
  return text + (ordering.is_time ? ordering.key : "COALESCE(" + ordering.key + ", '')");
}

char key_kind(const Ordering& ordering) { return ordering.is_time ? 'n' : 't'; }

store::Position position_of(const Ordering& ordering, Row& row, std::size_t first, const ResourceId& id) {
  store::Position position;
  position.id = id;
  position.has_key = !row.flag(first);
  if (position.has_key) position.key = ordering.is_time ? key_of_time(row.number(first + 1)) : row.text(first + 1);
  return position;
}

}  // namespace rolecall::adapter::soci
