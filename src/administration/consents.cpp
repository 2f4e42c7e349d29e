#include "rolecall/administration/consents.hpp"

#include <algorithm>
#include <array>

#include "consent_secrets.hpp"
#include "directory_lookup.hpp"
#include "directory_state.hpp"
#include "rolecall/base/encoding.hpp"
#include "scope.hpp"

namespace rolecall::administration {
namespace {

using store::DirectoryRecord;

std::string target_of(const DirectoryId& id) { return "Directory/" + id.value(); }

/// 256 random bits; as a verifier this is what RFC 7636 §4.1 recommends.
Secret random_text(RandomSource& random) {
  std::array<std::byte, 32> bytes{};
  random.fill(bytes);
  const Secret raw(std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
  return Secret(to_base64url(raw.expose()));
}

std::string digest_of(const Environment& environment, std::string_view state) {
  return to_hex(environment.digest.sha256(state));
}

/// Words of whoever wrote the address that a browser opened.
std::string clean(const std::string& text, std::size_t longest) {
  std::string out = replace_invalid_utf8(text.substr(0, longest));
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return out;
}

tl::unexpected<Error> unknown_way() {
  return fail_with_next(ErrorCode::bad_request, "Nobody here waits for this answer.",
                        "Begin again with `rolecall directories authorize NAME`, and open the address that it prints.");
}

struct Way {
  WorkspaceId workspace;
  DirectoryRecord directory;
};

/// Takes the answer in one statement, so that of two that come at once one counts.
Result<void> take(const Environment& environment, store::Workspace& workspace, const ConsentAnswer& answer,
                  const store::ConsentRecord& consent, Instant now) {
  const std::string state = digest_of(environment, answer.state);
  std::string code;
  if (answer.error.empty()) {
    const ConsentContexts contexts(workspace.id(), consent.directory);
    code = environment.sealer->seal(answer.code, contexts.code);
  }
  ROLECALL_TRY_ASSIGN(const bool is_taken, workspace.consents().answer(consent.directory, state, code, now));
  if (is_taken) return {};
  ROLECALL_TRY_ASSIGN(const auto latest, workspace.consents().find(consent.directory));
  if (!latest || !constant_time_equal(latest->state, state)) return unknown_way();
  return fail_with_next(ErrorCode::bad_request,
                        latest->is_answered ? "This answer has come before; it counts once."
                                            : "This answer came too late: there are ten minutes for it.",
                        "Begin again with `rolecall directories authorize NAME`.");
}

}  // namespace

Result<BegunConsent> begin_consent(const Environment& environment, const WorkspaceId& workspace, const Actor& actor,
                                   const std::string& directory_name, const std::string& public_url) {
  if (environment.sealer == nullptr) return internal_error("no key to seal a verifier with");
  if (public_url.empty()) {
    return fail_with_next(ErrorCode::conflict,
                          "This server does not know the address by which a browser comes back to it.",
                          "Set server.public_url, as in https://scim.example.com, and start the server again.");
  }
  const Secret verifier = random_text(environment.random);
  const Secret secret = random_text(environment.random);
  return in_change(environment, workspace, actor, [&](Change& change) -> Result<BegunConsent> {
    ROLECALL_TRY_ASSIGN(auto directory, find_directory(change.workspace, directory_name));
    const auto* connector = connector::find_connector(directory.provider);
    const auto* shape = connector == nullptr ? nullptr : find_shape(*connector, directory.credential_kind);
    if (shape == nullptr || !shape->needs_consent) {
      return fail_with_next(
          ErrorCode::conflict, "The credential of the directory " + directory.name + " needs no consent.",
          "Where an administrator is to consent, reauthorize it with a credential of the kind “consent”.");
    }
    if (directory.is_paused) {
      return fail_with_next(ErrorCode::conflict, "The directory " + directory.name + " is paused: nothing is sent.",
                            "Resume it first.");
    }
    // The id is for finding the directory, the rest for nobody to guess.
    const Secret state(directory.id.value() + "." + secret.expose());
    store::ConsentRecord consent;
    consent.directory = directory.id;
    consent.state = digest_of(environment, state.expose());
    consent.verifier = environment.sealer->seal(verifier.expose(), ConsentContexts(workspace, directory.id).verifier);
    consent.redirect = public_url + std::string(kConsentPath);
    consent.expires = change.now + kConsentLasts;
    consent.asked_by = actor.name;
    consent.asked = change.now;
    ROLECALL_TRY(change.workspace.consents().ask(consent));
    ROLECALL_TRY(change.trail.record("directory.authorization_begun", target_of(directory.id), {}));
    const std::string challenge = to_base64url(environment.digest.sha256(verifier.expose()));
    Secret url = connector->consent_url(directory.domain,
                                        {directory.client_id, directory.scopes, state, challenge, consent.redirect});
    return BegunConsent{std::move(directory), std::move(url), std::move(consent.redirect), consent.expires};
  });
}

Result<TakenConsent> take_consent(const Environment& environment, const RequestId& request,
                                  const ConsentAnswer& answer) {
  constexpr std::size_t kLongest = 4'096;  // of a code
  constexpr std::size_t kLongestWord = 100;
  const std::string_view id = std::string_view(answer.state).substr(0, answer.state.find('.'));
  if (environment.sealer == nullptr || !is_generated_id(id)) return unknown_way();
  return store::write(environment.store, [&](store::UnitOfWork& unit) -> Result<TakenConsent> {
    ROLECALL_TRY_ASSIGN(const auto found, unit.find_consent(DirectoryId(std::string(id))));
    if (!found) return unknown_way();
    store::Workspace& workspace = unit.workspace(found->workspace);
    ROLECALL_TRY_ASSIGN(const auto directory, workspace.directories().find(found->consent.directory));
    const auto* connector = directory ? connector::find_connector(directory->provider) : nullptr;
    if (connector == nullptr) return unknown_way();
    // RFC 9207 §2.4: an answer of another provider is none to our question.
    const bool is_of_another = !answer.issuer.empty() && answer.issuer != "https://" + directory->domain;
    const bool is_one = !answer.error.empty() || (!answer.code.empty() && answer.code.size() <= kLongest);
    if (is_of_another || !is_one) return unknown_way();
    const Instant now = environment.clock.now();
    ROLECALL_TRY(take(environment, workspace, answer, found->consent, now));
    TakenConsent taken{found->workspace,
                       directory->id,
                       directory->name,
                       std::string(connector->title()),
                       answer.error.empty(),
                       clean(answer.error, kLongestWord),
                       clean(answer.description, connector::kLongestMessage)};
    if (taken.is_given) return taken;
    audit::Trail trail(workspace, environment.digest, now, found->consent.asked_by, request);
    ROLECALL_TRY(trail.record("directory.authorization_refused", target_of(directory->id), {{"error", taken.error}}));
    return taken;
  });
}

}  // namespace rolecall::administration
