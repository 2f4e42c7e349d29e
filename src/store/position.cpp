#include "rolecall/store/position.hpp"

namespace rolecall::store {

bool comes_before(const Position& a, const Position& b, bool descending) {
  const Position& low = descending ? b : a;
  const Position& high = descending ? a : b;
  if (low.has_key != high.has_key) return low.has_key;
  if (low.key != high.key) return low.key < high.key;
  return a.id < b.id;
}

bool is_beyond(const Place& place, const Position& position, bool descending) {
  if (place.at == position) return place.including;
  return comes_before(place.at, position, descending) != place.backwards;
}

Place opposite_of(const Place& place) { return Place{place.at, !place.backwards, !place.including}; }

}  // namespace rolecall::store
