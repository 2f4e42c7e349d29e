#include <algorithm>
#include <array>

#include "okta.hpp"
#include "rolecall/base/encoding.hpp"
#include "rolecall/base/text.hpp"
#include "rolecall/json/parse.hpp"
#include "rolecall/json/write.hpp"

namespace rolecall::connector::okta {
namespace {

using std::chrono::seconds;

constexpr auto kShapes = std::to_array<CredentialShape>({
    {"client_secret", "API service integration: client id and secret", true, true},
    {"private_key_jwt", "Service app: client id and private key", true, true, true},
    {"consent", "Web app: client id, client secret and the consent of an administrator", true, true, false, true},
    {"ssws", "API token (SSWS)", false, false},
});

constexpr auto kScopes = std::to_array<Scope>({
    {"okta.users.read", "Read people.", true, true},
    {"okta.users.manage", "Act on people: suspend, reset passwords and factors, end sessions, create, delete.", false,
     false},
    {"okta.groups.read", "Read groups and their members.", false, true},
    {"okta.groups.manage", "Add members to groups and remove them.", false, false},
    {"okta.apps.read", "Read applications and who is assigned to them.", false, false},
    {"okta.apps.manage", "Assign applications to people and remove them.", false, false},
    {"okta.eventHooks.manage", "Be told of changes at once: make the event hook that tells.", false, false},
    {"okta.logs.read", "Read the System Log, which tells what an event hook missed.", false, false},
});

/// Tokens live for an hour. One that says less than a minute, or more than a day, is not to be believed about it.
constexpr std::int64_t kShortest = 60;
constexpr std::int64_t kLongest = 24 * 3600;
/// A token that ends while a call is on its way is no good any more.
constexpr seconds kMargin{30};

/// Of an assertion: Okta takes an hour at most, and theirs is another clock.
constexpr seconds kAssertionLasts{300};

/// RFC 7523 §3, signed by the key of the app. Without `iat`, which a clock that is a little ahead would make wrong.
Answer<std::string> assertion_of(const Credential& credential, const Proof& proof) {
  const auto unusable = [](const std::string& sentence) {
    Trouble trouble = no_reply(sentence);
    trouble.kind = Trouble::Kind::unauthorized;
    return tl::unexpected(std::move(trouble));
  };
  if (proof.signer == nullptr) return unusable("Nothing can be signed here.");
  const auto algorithm = proof.signer->algorithm_of(credential.secret);
  if (!algorithm) return unusable(algorithm.error().detail);
  const auto ends = std::chrono::duration_cast<seconds>((proof.now + kAssertionLasts).time_since_epoch()).count();
  const std::string head = json::write(json::Object{{"alg", *algorithm}, {"typ", "JWT"}});
  const std::string claims = json::write(json::Object{{"iss", credential.client_id},
                                                      {"sub", credential.client_id},
                                                      {"aud", "https://" + proof.domain + std::string(kTokenPath)},
                                                      {"exp", static_cast<std::int64_t>(ends)},
                                                      {"jti", proof.id}});
  const std::string text = to_base64url(head) + "." + to_base64url(claims);
  const auto signature = proof.signer->sign(credential.secret, text);
  if (!signature) return unusable(signature.error().detail);
  return text + "." + to_base64url(*signature);
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const auto blank = text.find(' ');
    if (blank != 0) words.emplace_back(text.substr(0, blank));
    text = blank == std::string_view::npos ? std::string_view() : text.substr(blank + 1);
  }
  return words;
}

bool is_host_label(std::string_view label) {
  const auto is_plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  return !label.empty() && label.size() <= 63 && std::all_of(label.begin(), label.end(), is_plain) &&
         label.front() != '-' && label.back() != '-';
}

bool is_port(std::string_view text) {
  return !text.empty() && text.size() <= 5 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::span<const CredentialShape> OktaConnector::credential_shapes() const { return kShapes; }
std::span<const Scope> OktaConnector::scopes() const { return kScopes; }

Result<std::string> OktaConnector::normalize_domain(std::string_view text) const {
  std::string domain = ascii_lower(text);
  const auto trim = [&domain](std::string_view unwanted) {
    const auto first = domain.find_first_not_of(unwanted);
    const auto last = domain.find_last_not_of(unwanted);
    domain = first == std::string::npos ? std::string() : domain.substr(first, last - first + 1);
  };
  trim(" \t\r\n");
  if (domain.starts_with("https://")) domain.erase(0, 8);
  // Whatever is behind the name in the address bar: a page of the administrator's console.
  domain.resize(std::min(domain.find_first_of("/?#"), domain.size()));
  if (domain.empty()) {
    return fail(ErrorCode::invalid_value, "Name the Okta domain, as in acme.okta.com.", "domain");
  }
  const auto colon = domain.find(':');
  const std::string_view host = std::string_view(domain).substr(0, colon);
  bool is_good =
      host.size() <= 253 && (colon == std::string::npos || is_port(std::string_view(domain).substr(colon + 1)));
  std::string_view rest = host;
  while (is_good) {
    const auto dot = rest.find('.');
    is_good = is_host_label(rest.substr(0, dot));
    if (dot == std::string_view::npos) break;
    rest = rest.substr(dot + 1);
  }
  if (!is_good) {
    return fail(ErrorCode::invalid_value,
                "This is no domain: a host name as in acme.okta.com, without user, path or another scheme than https.",
                "domain");
  }
  // The console has an address of its own, which people copy; its API does not answer there.
  for (const std::string_view zone : {".okta.com", ".oktapreview.com", ".okta-emea.com"}) {
    const std::string console = "-admin" + std::string(zone);
    if (host.ends_with(console)) return std::string(host.substr(0, host.size() - console.size())) + std::string(zone);
  }
  return domain;
}

Answer<std::optional<Call>> OktaConnector::access_call(const Credential& credential,
                                                       const std::vector<std::string>& scopes,
                                                       const Proof& proof) const {
  if (credential.kind == "ssws") return std::optional<Call>();
  if (credential.kind == "consent") {
    Trouble trouble = no_reply({});
    trouble.kind = Trouble::Kind::no_consent;
    return tl::unexpected(std::move(trouble));
  }
  std::string wanted;
  for (const std::string& scope : scopes) wanted += (wanted.empty() ? "" : " ") + scope;
  const std::string form = "grant_type=client_credentials&scope=" + percent_encode(wanted);
  if (credential.kind == "private_key_jwt") {
    auto assertion = assertion_of(credential, proof);
    if (!assertion) return tl::unexpected(std::move(assertion).error());
    Call call = token_call(form);
    call.body += "&client_assertion_type=" + percent_encode("urn:ietf:params:oauth:client-assertion-type:jwt-bearer") +
                 "&client_assertion=" + *assertion;
    return std::optional(std::move(call));
  }
  return std::optional(token_call(form, credential));
}

Call token_call(std::string form) {
  return {"POST",
          std::string(kTokenPath),
          {{"Accept", "application/json"}, {"Content-Type", "application/x-www-form-urlencoded"}},
          std::move(form)};
}

Call token_call(std::string form, const Credential& credential) {
  Call call = token_call(std::move(form));
  // RFC 6749 §2.3.1: both parts are form-encoded before they are joined.
  const std::string basic =
      to_base64(percent_encode(credential.client_id) + ":" + percent_encode(credential.secret.expose()));
  call.headers.emplace(call.headers.begin(), "Authorization", "Basic " + basic);
  return call;
}

Access OktaConnector::direct_access(const Credential& credential) const {
  return {Secret("SSWS " + credential.secret.expose()), std::nullopt, {}};
}

Answer<Access> OktaConnector::read_access(const Reply& reply, Instant now) const {
  if (!is_success(reply)) {
    Trouble trouble = read_trouble(reply, now);
    // Whatever this endpoint does not like about a request without faults is about the credential or its grants.
    if (trouble.code == "invalid_grant") {
      trouble.kind = Trouble::Kind::no_consent;
    } else if (trouble.code == "invalid_scope") {
      trouble.kind = Trouble::Kind::missing_scope;
    } else if (trouble.kind == Trouble::Kind::refused) {
      trouble.kind = Trouble::Kind::unauthorized;
    }
    return tl::unexpected(std::move(trouble));
  }
  const auto body = json::parse(reply.body);
  if (!body || !body->is_object()) return tl::unexpected(unreadable(reply, "There is no token in it."));
  const auto text = [&](std::string_view name) {
    const json::Value* value = body->as_object()->find(name);
    return value != nullptr && value->is_string() ? *value->as_string() : std::string();
  };
  const auto is_printable = [](const std::string& all) {
    return std::all_of(all.begin(), all.end(), [](char c) { return c > ' ' && static_cast<unsigned char>(c) < 0x7f; });
  };
  const std::string token = text("access_token");
  const std::string refresh = text("refresh_token");
  // RFC 9449 §5: whoever asked with a proof gets one that is good with a proof alone.
  const bool is_bound = equals_ignoring_ascii_case(text("token_type"), "DPoP");
  if (token.empty() || !is_printable(token) || !is_printable(refresh) ||
      !(is_bound || equals_ignoring_ascii_case(text("token_type"), "Bearer"))) {
    return tl::unexpected(unreadable(reply, "There is no token of a known type in it."));
  }
  const json::Value* expires = body->as_object()->find("expires_in");
  std::int64_t lasts = kShortest;
  if (expires != nullptr && expires->is_number()) lasts = json::to_integer(*expires->as_number()).value_or(kShortest);
  Access access;
  access.authorization = Secret((is_bound ? "DPoP " : "Bearer ") + token);
  access.ends = now + seconds(std::clamp(lasts, kShortest, kLongest)) - kMargin;
  access.scopes = words_of(text("scope"));
  access.refresh = Secret(refresh);
  return access;
}

bool OktaConnector::reads_applications(const std::vector<std::string>& scopes) const {
  return scopes.empty() || std::any_of(scopes.begin(), scopes.end(), [](const std::string& scope) {
           return scope == "okta.apps.read" || scope == "okta.apps.manage";
         });
}

}  // namespace rolecall::connector::okta
