#include "listing.hpp"

#include "api/authenticate.hpp"
#include "rolecall/api/cursor.hpp"

namespace rolecall::api::admin {
namespace {

constexpr std::int64_t kLongest = 1000;

tl::unexpected<Error> refuse_cursor() {
  return fail(Error{ErrorCode::invalid_cursor,
                    "The cursor is not one that this list was answered with: every page needs the address, workspace, "
                    "filters and token of the first one.",
                    "cursor",
                    {},
                    {},
                    "Begin again without a cursor."});
}

}  // namespace

Result<Listing> Listing::begin(const Call& call, std::initializer_list<std::string_view> filters) {
  Listing listing(call);
  ROLECALL_TRY_ASSIGN(const auto limit, call.limit());
  listing.limit_ = std::clamp<std::int64_t>(limit, 1, kLongest);
  const auto add = [&](const std::string& part) {
    // With its length, so that no two lists of parts look the same.
    listing.context_ += std::to_string(part.size()) + ":" + part;
  };
  add("admin list");
  add(admin_caller_of(call.exchange));
  add(call.workspace.value());
  for (const std::string& segment : call.exchange.segments) add(segment);
  for (const std::string_view name : filters) {
    ROLECALL_TRY_ASSIGN(const auto value, call.parameter(name));
    add(std::string(name));
    add(value);
  }
  ROLECALL_TRY_ASSIGN(const auto cursor, call.parameter("cursor"));
  if (!cursor.empty()) ROLECALL_TRY(listing.go_on(cursor));
  return listing;
}

Result<void> Listing::go_on(std::string_view text) {
  if (text.size() > kCursorBytes) return refuse_cursor();
  const auto bytes = call_.exchange.parts.cursors.open(text, context_);
  const auto cursor = bytes ? read_cursor(*bytes) : std::nullopt;
  if (!cursor) return refuse_cursor();
  const auto& timeout = call_.exchange.settings.cursor_timeout;
  if (call_.environment.clock.now() - cursor->issued > timeout) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(timeout).count();
    return fail(
        Error{ErrorCode::expired_cursor,
              "The cursor has expired: the next page must be asked for within " + std::to_string(seconds) + " s.",
              "cursor",
              {},
              {},
              "Begin again without a cursor."});
  }
  after_ = cursor->from.at.key;
  return {};
}

Answer Listing::answer(json::Array items, const std::string& next) const {
  json::Object body{{"items", std::move(items)}};
  if (next.empty()) {
    body.append("next_cursor", nullptr);
  } else {
    // Of the two parts that a place of a SCIM list has, these lists need the key alone.
    const Cursor place{call_.environment.clock.now(), 1, {{true, next, ResourceId("-")}, false, false}};
    body.append("next_cursor", call_.exchange.parts.cursors.seal(write_cursor(place), context_));
  }
  return Answer{200, std::move(body)};
}

std::string sortable(std::int64_t number) {
  constexpr std::size_t kDigits = 20;
  const std::string digits = std::to_string(number);
  return std::string(kDigits - digits.size(), '0') + digits;
}

std::string newest_key(Instant created, const TokenId& id) {
  return sortable(created.time_since_epoch().count()) + id.value();
}

}  // namespace rolecall::api::admin
