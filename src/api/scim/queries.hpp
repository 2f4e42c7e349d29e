#pragma once

#include <vector>

#include "api/exchange.hpp"
#include "api/parameters.hpp"
#include "rolecall/base/result.hpp"
#include "rolecall/filter/parse.hpp"
#include "rolecall/resource/projection.hpp"
#include "rolecall/store/query.hpp"

namespace rolecall::api::scim {

/// `attributes` and `excludedAttributes` (RFC 7644 §3.9).
[[nodiscard]] Result<resource::Projection> read_projection(const Parameters& parameters,
                                                           const schema::ResourceType& type);

/// Where the parameters came from: an address ends up in logs and histories, a body does not.
enum class Carrier { address, body };

/// `filter`, `sortBy`, `sortOrder`, `startIndex`, `count` of a list request (RFC 7644 §3.4.2), the filter as the
/// dialect has it: one query for each type. Over several types, what one of them does not define has no value there;
/// what none defines is refused. `sensitive` for a filter in an address on what is never returned (§7.5.2).
[[nodiscard]] Result<std::vector<store::ResourceQuery>> read_queries(Exchange& exchange, const Parameters& parameters,
                                                                     const filter::Types& types, Carrier carrier);

}  // namespace rolecall::api::scim
