#include "lifetime.hpp"

#include "rolecall/base/timestamp.hpp"
#include "rolecall/json/write.hpp"

namespace rolecall::api::admin {

Result<std::optional<std::chrono::seconds>> seconds_in(const Call& call, std::string_view name) {
  const json::Value* seconds = call.body.find(name);
  if (seconds == nullptr) return std::optional<std::chrono::seconds>();
  constexpr std::int64_t kLongest = 100LL * 366 * 24 * 3600;
  const json::Number* number = seconds->as_number();
  const auto value = number != nullptr ? json::to_integer(*number) : std::nullopt;
  if (!value || *value < 1 || *value > kLongest) {
    return fail(ErrorCode::invalid_value, std::string(name) + " must be a whole number of seconds, at least 1.",
                std::string(name));
  }
  return std::optional(std::chrono::seconds(*value));
}

Result<std::optional<Instant>> expiry_in(const Call& call) {
  ROLECALL_TRY_ASSIGN(const auto lifetime, seconds_in(call, "expires_in_seconds"));
  if (!lifetime) return std::optional<Instant>();
  return std::optional<Instant>(call.environment.clock.now() + *lifetime);
}

Result<std::optional<Instant>> instant_in(const Call& call, const std::string& name) {
  ROLECALL_TRY_ASSIGN(const auto given, call.parameter(name));
  if (given.empty()) return std::optional<Instant>();
  const auto instant = parse_timestamp(given);
  if (instant) return instant;
  return fail(ErrorCode::invalid_value, "The parameter " + name + " is an instant, as in 2026-03-01T10:00:00Z.", name);
}

json::Value instant_or_null(const std::optional<Instant>& instant) {
  return instant ? json::Value(to_timestamp(*instant)) : json::Value();
}

}  // namespace rolecall::api::admin
