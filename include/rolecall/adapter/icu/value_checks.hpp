#pragma once

#include <string_view>

namespace rolecall::adapter::icu {

/// See ValueChecks. Beyond the code points of the IdentifierClass (RFC 8264 §4.2) the rules for characters that depend
/// on their neighbours (RFC 5892, appendix A) hold, and the Bidi rule (RFC 5893 §2) for each part between spaces, dots
/// and @: it was made for labels, and "<Hebrew name>@acme.example" is a name that people have. Single spaces may stand
/// between parts (RFC 8265 §3.1).
[[nodiscard]] std::string_view user_name_fault(std::string_view text);

/// See ValueChecks.
[[nodiscard]] bool is_time_zone(std::string_view name);

}  // namespace rolecall::adapter::icu
