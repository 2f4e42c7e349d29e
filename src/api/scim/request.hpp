#pragma once

#include <cstddef>

#include "api/exchange.hpp"
#include "rolecall/base/result.hpp"
#include "rolecall/json/value.hpp"
#include "rolecall/provisioning/provisioning.hpp"

// What every SCIM request is read for.

namespace rolecall::api::scim {

/// Who asks, once the token is known.
[[nodiscard]] provisioning::Caller caller_of(const Exchange& exchange);

/// The JSON object of the body, checked for its media type and for `max_bytes`. A message that carries resources
/// `envelope_depth` levels down may be that much deeper than they.
[[nodiscard]] Result<json::Value> read_object(const Exchange& exchange, std::size_t max_bytes,
                                              std::size_t envelope_depth = 0);

/// What the use case told the admin, equal sentences once with their number.
void log_notices(Exchange& exchange, const provisioning::Notices& notices);

}  // namespace rolecall::api::scim
