#pragma once

#include <cstdint>
#include <string>

#include "rolecall/base/digest.hpp"
#include "rolecall/store/records.hpp"

namespace rolecall::audit {

/// What the first row of a trail names as the hash before it.
[[nodiscard]] std::string genesis();
/// Whether a row is the next one of a trail of `rows` rows whose newest has the hash `head`.
[[nodiscard]] bool follows(const store::AuditRecord& record, std::int64_t rows, const std::string& head,
                           const Digest& digest);

}  // namespace rolecall::audit
