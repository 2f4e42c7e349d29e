#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "rolecall/base/clock.hpp"

namespace rolecall {

/// Reads an xsd:dateTime (RFC 7643 §2.3.5): `2011-05-13T04:42:34Z`, fractions and offsets accepted, date alone refused.
[[nodiscard]] std::optional<Instant> parse_timestamp(std::string_view text);

/// Prints UTC with milliseconds: `2026-11-24T10:00:00.123Z`.
[[nodiscard]] std::string to_timestamp(Instant instant);

}  // namespace rolecall
