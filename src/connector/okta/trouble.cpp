#include <algorithm>
#include <charconv>

#include "okta.hpp"
#include "rolecall/base/text.hpp"
#include "rolecall/json/parse.hpp"

namespace rolecall::connector::okta {
namespace {

using std::chrono::seconds;
using Kind = Trouble::Kind;

/// A reset that is further away than this is not believed: buckets are of a minute.
constexpr seconds kLongestWait{600};
/// Seconds; what is later is no time of a reset.
constexpr std::int64_t kFarthestReset = 4'000'000'000;

std::string bounded(std::string_view text) {
  std::string clean = replace_invalid_utf8(text.substr(0, kLongestMessage));
  for (char& c : clean) {
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  }
  // What replaces a byte is longer than it.
  clean.resize(std::min(clean.size(), kLongestMessage));
  while (!is_valid_utf8(clean)) clean.pop_back();
  return clean;
}

std::string bounded_in(const json::Object& object, std::string_view name) {
  const json::Value* value = object.find(name);
  return value != nullptr && value->is_string() ? bounded(*value->as_string()) : std::string();
}

std::optional<std::int64_t> number_in(const Reply& reply, std::string_view name) {
  const std::string* text = reply.find(name);
  if (text == nullptr) return std::nullopt;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (error != std::errc() || end != text->data() + text->size() || number < 0) return std::nullopt;
  return number;
}

/// `name="value"` of a challenge (RFC 6750 §3).
std::string parameter_in(std::string_view challenge, std::string_view name) {
  const std::string start = std::string(name) + "=\"";
  std::size_t at = challenge.find(start);
  // Not in the middle of another name.
  while (at != std::string_view::npos && at > 0 && challenge[at - 1] != ' ' && challenge[at - 1] != ',') {
    at = challenge.find(start, at + 1);
  }
  if (at == std::string_view::npos) return {};
  const std::string_view rest = challenge.substr(at + start.size());
  return bounded(rest.substr(0, rest.find('"')));
}

/// The Error schema, or that of the token endpoint (RFC 6749 §5.2). An empty or foreign body leaves both empty.
void read_words(const Reply& reply, Trouble& trouble) {
  const auto body = json::parse(reply.body);
  if (!body || !body->is_object()) return;
  const json::Object& object = *body->as_object();
  trouble.code = bounded_in(object, "errorCode");
  trouble.message = bounded_in(object, "errorSummary");
  if (trouble.code.empty()) {
    trouble.code = bounded_in(object, "error");
    trouble.message = bounded_in(object, "error_description");
  }
  const json::Value* causes = object.find("errorCauses");
  if (causes == nullptr || !causes->is_array()) return;
  for (const json::Value& cause : *causes->as_array()) {
    if (!cause.is_object()) continue;
    const std::string text = bounded_in(*cause.as_object(), "errorSummary");
    if (!text.empty()) trouble.message = bounded(trouble.message + " (" + text + ")");
  }
}

Kind kind_of(const Reply& reply, const Trouble& trouble) {
  switch (reply.status) {
    case 401:
      return Kind::unauthorized;
    case 403:
      if (!trouble.scope.empty()) return Kind::missing_scope;
      return trouble.code == "E0000006" ? Kind::missing_role : Kind::refused;
    case 404:
      return Kind::not_found;
    case 409:
      return trouble.code == "E0000112" ? Kind::try_again : Kind::refused;
    case 429:
      return Kind::throttled;
    default:
      break;
  }
  if (reply.status >= 500) return Kind::unavailable;
  return reply.status >= 400 ? Kind::refused : Kind::unreadable;
}

std::optional<Instant> time_to_go_on(const Reply& reply, Instant now) {
  if (const auto after = number_in(reply, "retry-after")) {
    return now + std::clamp(seconds(std::min<std::int64_t>(*after, kLongestWait.count())), seconds(1), kLongestWait);
  }
  const auto reset = number_in(reply, "x-rate-limit-reset");
  if (reply.status != 429 || !reset || *reset > kFarthestReset) return std::nullopt;
  const Instant at{seconds(*reset)};
  if (at > now + kLongestWait) return std::nullopt;
  // Their clock and ours differ, and nobody gains by coming back in the same second.
  return std::max<Instant>(at, now) + seconds(1);
}

}  // namespace

Trouble read_trouble(const Reply& reply, Instant now) {
  Trouble trouble;
  trouble.status = reply.status;
  if (const std::string* id = reply.find("x-okta-request-id")) trouble.request_id = bounded(*id);
  read_words(reply, trouble);
  // For a token without the scope the body is empty: all the words are in this header.
  if (const std::string* challenge = reply.find("www-authenticate"); challenge != nullptr) {
    const std::string error = parameter_in(*challenge, "error");
    if (trouble.code.empty()) trouble.code = error;
    if (trouble.message.empty()) trouble.message = parameter_in(*challenge, "error_description");
    if (error == "insufficient_scope") trouble.scope = parameter_in(*challenge, "scope");
  }
  trouble.kind = kind_of(reply, trouble);
  if (trouble.kind == Kind::throttled || trouble.kind == Kind::unavailable) {
    trouble.retry_at = time_to_go_on(reply, now);
  }
  if (trouble.kind == Kind::throttled) {
    trouble.is_concurrency = number_in(reply, "x-rate-limit-limit") == 0;
  }
  return trouble;
}

Trouble unreadable(const Reply& reply, std::string message) {
  Trouble trouble{Kind::unreadable, reply.status, {}, std::move(message), {}};
  if (const std::string* id = reply.find("x-okta-request-id")) trouble.request_id = bounded(*id);
  return trouble;
}

std::optional<Trouble> OktaConnector::trouble_of(const Reply& reply, Instant now) const {
  if (is_success(reply)) return std::nullopt;
  return read_trouble(reply, now);
}

bool OktaConnector::is_absence(const Trouble& trouble) const {
  return trouble.kind == Kind::not_found && trouble.code == "E0000007";
}

std::string OktaConnector::request_id_of(const Reply& reply) const {
  const std::string* id = reply.find("x-okta-request-id");
  return id != nullptr ? bounded(*id) : std::string();
}

std::optional<Instant> OktaConnector::pause_after(const Reply& reply, Instant now) const {
  // A tenth of each limit is left to whatever else calls the org.
  constexpr std::int64_t kLeft = 10;
  const auto limit = number_in(reply, "x-rate-limit-limit");
  const auto remaining = number_in(reply, "x-rate-limit-remaining");
  const auto reset = number_in(reply, "x-rate-limit-reset");
  if (!limit || !remaining || !reset || *remaining >= *limit / kLeft + 1 || *reset > kFarthestReset)
    return std::nullopt;
  const Instant at{seconds(*reset)};
  if (at <= now || at > now + kLongestWait) return std::nullopt;
  return at + seconds(1);
}

}  // namespace rolecall::connector::okta
