#pragma once

#include "call.hpp"

namespace rolecall::api::admin {

/// A member of the body that is a whole number of seconds, 1 to a hundred years; none when it is absent.
[[nodiscard]] Result<std::optional<std::chrono::seconds>> seconds_in(const Call& call, std::string_view name);
/// The instant that lies `expires_in_seconds` ahead; none without it.
[[nodiscard]] Result<std::optional<Instant>> expiry_in(const Call& call);
/// A parameter of the query that is an instant (RFC 3339); none when it is absent or empty.
[[nodiscard]] Result<std::optional<Instant>> instant_in(const Call& call, const std::string& name);
[[nodiscard]] json::Value instant_or_null(const std::optional<Instant>& instant);

}  // namespace rolecall::api::admin
