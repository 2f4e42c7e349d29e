#include <algorithm>

#include "rolecall/audit/request_log.hpp"

namespace rolecall::audit {
namespace {

/// How far a request got that ended with this error, and what to say of it. The words of the answer are not among it:
/// they quote the client.
struct Fault {
  std::string_view error;
  std::size_t step;
  std::string_view sentence;
};

constexpr std::size_t kParsed = 1;
constexpr std::size_t kMatched = 2;
constexpr std::size_t kDecided = 3;
constexpr std::size_t kApplied = 4;

constexpr std::array kFaults{
    Fault{"unauthenticated", 0, "The token was missing, unknown, revoked or expired."},
    Fault{"rate_limited", kParsed, "There were too many requests with this token."},
    Fault{"invalid_syntax", kParsed, "The body is not a SCIM message."},
    Fault{"invalid_filter", kParsed, "The filter is not readable."},
    Fault{"invalid_path", kParsed, "The path of an operation names no attribute."},
    Fault{"invalid_cursor", kParsed, "The cursor is none of ours."},
    Fault{"expired_cursor", kParsed, "The cursor is too old."},
    Fault{"invalid_count", kParsed, "The count is not usable."},
    Fault{"bad_request", kParsed, "The address or its parameters are not readable."},
    Fault{"method_not_allowed", kParsed, "The method is not offered at this address."},
    Fault{"not_acceptable", kParsed, "The client accepts no format that there is."},
    Fault{"unsupported_media_type", kParsed, "The body is of another media type."},
    Fault{"payload_too_large", kParsed, "The body is too large."},
    Fault{"not_implemented", kParsed, "This is not offered."},
    Fault{"not_found", kMatched, "There is no such resource in the reach of this connection."},
    Fault{"no_target", kMatched, "The path matches no value of the resource."},
    Fault{"precondition_failed", kMatched, "The resource has another version than the client named."},
    Fault{"invalid_value", kDecided, "A value is missing or not allowed."},
    Fault{"mutability", kDecided, "An attribute cannot be changed."},
    Fault{"uniqueness", kDecided, "Another resource has this name or value."},
    Fault{"conflict", kDecided, "It does not go with what is there."},
    Fault{"too_many", kDecided, "It is more than is worked on at once."},
    Fault{"sensitive", kDecided, "This must not stand in an address."},
    Fault{"forbidden", kDecided, "A rule refuses it: a ceiling, a protected role or a policy of the connection."},
    Fault{"held", kDecided,
          "The guard did not let it pass, because too many users would have lost access: rolecall guard held list."},
    Fault{"unavailable", kApplied,
          "It cannot be done now, for the database is busy; the client was told to come back."},
};

Fault fault_of(const std::string& error) {
  const auto found =
      std::find_if(kFaults.begin(), kFaults.end(), [&](const Fault& fault) { return fault.error == error; });
  return found != kFaults.end() ? *found : Fault{error, kApplied, "It failed; the log has the cause."};
}

}  // namespace

std::array<Step, 5> steps_of(const store::LoggedRequest& request) {
  std::array<Step, 5> steps{{{"authenticated", StepState::ok, "The token belongs to this connection."},
                             {"parsed", StepState::ok, "The request was understood."},
                             {"matched", StepState::ok, "What it is about was found."},
                             {"decided", StepState::ok, "No rule was against it."},
                             {"applied", StepState::ok, "It was done, and what follows from it."}}};
  if (request.token.empty()) steps[0].sentence = "No token was needed.";
  if (!request.rewrites.empty()) steps[kParsed].sentence = "The dialect of the connection helped to understand it.";
  if (request.method == "GET" || request.method == "HEAD") steps[kApplied].sentence = "It was read and answered.";
  if (request.error.empty()) return steps;
  const Fault fault = fault_of(request.error);
  for (std::size_t at = fault.step; at < steps.size(); ++at) {
    steps[at].state = at == fault.step ? StepState::failed : StepState::not_reached;
    steps[at].sentence = at == fault.step ? std::string(fault.sentence) : std::string();
  }
  if (!request.attribute.empty()) steps[fault.step].sentence += " It is about " + request.attribute + ".";
  return steps;
}

std::string_view name_of(StepState state) {
  switch (state) {
    case StepState::ok:
      return "ok";
    case StepState::failed:
      return "failed";
    case StepState::not_reached:
      return "not reached";
  }
  return {};
}

}  // namespace rolecall::audit
