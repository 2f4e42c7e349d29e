#include "directory_state.hpp"

#include <algorithm>

namespace rolecall::administration {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using store::DirectoryState;
using Kind = connector::Trouble::Kind;

/// Between tests of one that works: enough to hear of a revoked credential before somebody needs it.
constexpr minutes kWhileActive{60};
constexpr seconds kFirstRetry{15};
constexpr seconds kLongestRetry{900};
/// Somebody has to act first; this only finds out that they did.
constexpr minutes kWhileUnauthorized{5};
/// Buckets are of a minute where nothing says when they are renewed, and this one may be almost over.
constexpr seconds kLongestThrottled{60};

DirectoryState state_of(const connector::Tested& found) {
  if (!found.trouble) return DirectoryState::active;
  switch (found.trouble->kind) {
    case Kind::unauthorized:
    case Kind::no_consent:
      return DirectoryState::needs_reauthorization;
    case Kind::missing_scope:
    case Kind::missing_role:
      return found.is_usable ? DirectoryState::degraded : DirectoryState::needs_reauthorization;
    case Kind::throttled:
      return DirectoryState::throttled;
    default:
      return DirectoryState::degraded;
  }
}

seconds retry_after(std::int64_t failures, seconds longest) {
  seconds wait = kFirstRetry;
  for (std::int64_t failed = 1; failed < failures && wait < longest; ++failed) wait *= 2;
  return std::min(wait, longest);
}

}  // namespace

void begin_anew(store::DirectoryRecord& directory, Instant now) {
  directory.state = DirectoryState::untested;
  directory.granted.clear();
  directory.reason.clear();
  directory.vendor_status = 0;
  directory.vendor_code.clear();
  directory.vendor_request.clear();
  directory.throttled_until.reset();
  directory.failures = 0;
  directory.test_due = now;
}

void judge(const connector::Tested& found, Instant now, store::DirectoryRecord& directory) {
  const DirectoryState before = directory.state;
  directory.state = state_of(found);
  directory.tested = now;
  directory.throttled_until.reset();
  directory.failures = directory.state == DirectoryState::active ? 0 : directory.failures + 1;
  const connector::Trouble trouble = found.trouble.value_or(connector::Trouble{});
  directory.reason = found.trouble ? connector::sentence_of(trouble) : std::string();
  directory.vendor_status = found.trouble ? trouble.status : 0;
  directory.vendor_code = trouble.code;
  directory.vendor_request = trouble.request_id;
  // What was granted is known only where a test got so far as to ask.
  const bool is_known =
      !found.trouble || found.trouble->kind == Kind::missing_scope || found.trouble->kind == Kind::missing_role;
  if (is_known) directory.granted = found.granted;
  switch (directory.state) {
    case DirectoryState::active:
    case DirectoryState::untested:
      directory.test_due = now + kWhileActive;
      break;
    case DirectoryState::needs_reauthorization:
      // The first refusal may have come out of the blue, and holds everything that waits: it is looked into soon.
      directory.test_due = now + (before == directory.state ? kWhileUnauthorized : kFirstRetry);
      break;
    case DirectoryState::throttled:
      directory.throttled_until = trouble.retry_at.value_or(now + retry_after(directory.failures, kLongestThrottled));
      directory.test_due = *directory.throttled_until;
      break;
    case DirectoryState::degraded:
      directory.test_due = now + retry_after(directory.failures, kLongestRetry);
      if (trouble.retry_at) directory.test_due = std::max(directory.test_due, *trouble.retry_at);
      break;
  }
}

}  // namespace rolecall::administration
