#pragma once

#include <span>
#include <string>

#include "rolecall/base/clock.hpp"
#include "rolecall/log/event.hpp"
#include "rolecall/log/field.hpp"

namespace rolecall::log {

/// What a line says after its time and level: `"event":"…","message":"…","name":value…`. Text of any origin comes out
/// as valid JSON on one line. Fields the catalogue does not list are named under `unlisted` without their values.
[[nodiscard]] std::string line_body(const Description& description, std::span<const Field> fields);

/// `{"ts":"…","level":"…",` — the body and `}` follow.
[[nodiscard]] std::string line_start(Instant time, std::string_view level);

}  // namespace rolecall::log
