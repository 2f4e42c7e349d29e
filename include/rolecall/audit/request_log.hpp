#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rolecall/base/result.hpp"
#include "rolecall/json/value.hpp"
#include "rolecall/store/store.hpp"

// What became of each SCIM request, for people: written after the answer and aside from it, so that it can neither slow
// nor fail one.

namespace rolecall::audit {

/// A request as its worker leaves it behind. The rest of the record is found out when it is written.
struct RequestEntry {
  WorkspaceId workspace;  ///< empty when the token was not good
  store::LoggedRequest request;
  TokenId presented;  ///< what the refused token calls itself; it counts only if there is such a token
  std::string body;   ///< as it came, to be redacted
};

/// Where entries go (a port). Thread-safe.
class RequestSink {
 public:
  virtual ~RequestSink() = default;
  /// Bodies of this length at most are wanted; 0: none.
  [[nodiscard]] virtual std::size_t body_limit() const = 0;
  /// Returns at once, whatever happens: what does not fit is dropped and counted.
  virtual void offer(RequestEntry entry) noexcept = 0;
  /// Waits, not for long, until what was offered before can be read.
  virtual void flush() = 0;
};

/// Completes the entries and appends them, in one unit of work.
[[nodiscard]] Result<void> write_entries(store::Store& store, std::vector<RequestEntry>& entries);

/// What the audit rows of one request amount to, in words.
struct Story {
  std::string intent;   ///< "removed Maya from it-admins"; empty when nothing was changed
  json::Object effect;  ///< `attributes`, `gained`, `lost`
};
[[nodiscard]] Result<Story> story_of(store::Workspace& workspace, const RequestId& request);
/// What a request was after, by its verb and address alone.
[[nodiscard]] std::string purpose_of(std::string_view method, std::string_view route);

/// The JSON without members that could hold a password or another secret, and without texts that look like a token;
/// none when it is not a JSON object.
[[nodiscard]] std::optional<std::string> redact(std::string_view body);
/// Has the text the form of one of our tokens, or of a bearer credential?
[[nodiscard]] bool looks_secret(std::string_view text);

enum class StepState { ok, failed, not_reached };
struct Step {
  std::string_view name;
  StepState state = StepState::ok;
  std::string sentence;
};
/// authenticated → parsed → matched → decided → applied.
[[nodiscard]] std::array<Step, 5> steps_of(const store::LoggedRequest& request);
[[nodiscard]] std::string_view name_of(StepState state);

}  // namespace rolecall::audit
