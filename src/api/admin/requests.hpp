#pragma once

#include "call.hpp"

namespace rolecall::api::admin {

/// A request that only looks.
[[nodiscard]] Result<http::Response> look(Exchange& exchange, const Route& route);

/// A request that changes something is one unit of work, from the comparison with If-Match to the last row of the
/// audit: nothing happens in between, and a dry run (`?dry_run=true`) is the same work taken back at its end. `reader`
/// is the GET of the same address when the route is tagged.
[[nodiscard]] Result<http::Response> change(Exchange& exchange, const Route& route, const Route* reader);

}  // namespace rolecall::api::admin
