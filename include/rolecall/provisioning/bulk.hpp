#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <vector>

#include "rolecall/bulk/plan.hpp"
#include "rolecall/patch/dialect.hpp"
#include "rolecall/provisioning/provisioning.hpp"

namespace rolecall::provisioning {

struct BulkJob {
  bulk::Plan plan;
  patch::Dialect dialect;  ///< for the data of each operation
  /// The version each operation wants its resource to have, in the order of the request.
  std::vector<std::optional<Version>> expected;
  /// One unit of work for all: either every operation succeeds or nothing is left of any. Otherwise each stands alone.
  bool all_or_nothing = false;

  /// A clock that never goes back; without one time has no say.
  std::function<std::chrono::steady_clock::time_point()> ticks;
  /// Then the answer has to be on its way: operations that were not reached fail with `unavailable`.
  std::chrono::steady_clock::time_point end = std::chrono::steady_clock::time_point::max();
};

/// What became of one operation.
struct BulkOutcome {
  bool is_processed = false;   ///< false: the job ended before it, by failOnErrors
  std::optional<Error> error;  ///< why it failed
  ResourceId id;               ///< of its resource, empty while there is none
  Version version;             ///< after a POST, PUT or PATCH
};

struct BulkAnswer {
  std::vector<BulkOutcome> outcomes;  ///< in the order of the request
  patch::AppliedRules rewrites;
  Notices notices;
};

/// RFC 7644 §3.7. Many operations share one commit, each behind a savepoint of its own. A POST of a circle is stored
/// without the references that nothing stands behind yet, and replaced by its whole once all are there. Fails as a
/// whole only when the store does before anything was committed; later the operations that were not done fail with it.
[[nodiscard]] Result<BulkAnswer> bulk(const Environment& environment, const Caller& caller, const BulkJob& job);

}  // namespace rolecall::provisioning
