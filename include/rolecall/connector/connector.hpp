#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rolecall/base/secret.hpp"
#include "rolecall/base/signer.hpp"
#include "rolecall/connector/catalogue.hpp"
#include "rolecall/connector/exchange.hpp"
#include "rolecall/connector/records.hpp"

namespace rolecall::connector {

/// What an administrator gave us. `kind` is the name of a CredentialShape.
struct Credential {
  std::string kind;
  std::string client_id;  ///< empty where the shape has none
  Secret secret;
};

/// What a call for access says besides the credential, where that is not sent but proven.
struct Proof {
  std::string domain = {};  ///< of the connection
  Instant now = {};
  std::string id = {};             ///< never used before
  const Signer* signer = nullptr;  ///< null: nothing can be proven
};

/// What calls are made with: the value of the header Authorization, and how long it is good.
struct Access {
  Secret authorization;
  std::optional<Instant> ends;
  std::vector<std::string> scopes;  ///< granted; empty where the shape has none
  Secret key = {};                  ///< that each call has to prove; empty: whoever has the value may call
  Secret refresh = {};              ///< what the next access is asked for with; empty: with the credential
};

/// Where an administrator of the provider is sent, so that they consent (RFC 6749 §4.1.1, RFC 7636 §4.3).
struct ConsentRequest {
  std::string client_id;
  std::vector<std::string> scopes;
  Secret state;
  std::string challenge;  ///< S256 of a verifier
  std::string redirect;   ///< where they come back to
};
/// With what they came back.
struct ConsentCode {
  Secret code;
  Secret verifier;
  std::string redirect;
};

struct ActionRequest {
  std::string action;  ///< name of an ActionType
  std::string user;    ///< the provider's id
  std::string object;  ///< group, application or factor, where the action has a second target
  json::Object parameters;
};

/// What to do about an action, now that the person has been read.
struct Decision {
  enum class Kind {
    call,     ///< send it
    already,  ///< the person is as the action would leave them
    waits,    ///< the provider is at it
    refuse,   ///< it would be refused, and this says why before anybody tries
  };
  Kind kind = Kind::call;
  std::string sentence = {};
  std::string action = {};  ///< the one to call, where the one asked for is none of the provider's own
};

struct ActionResult {
  Secret secret;  ///< a temporary password: shown once, stored nowhere
};

/// One provider's API. Implementations are pure and thread-safe: no I/O, no clock, no state.
class Connector {
 public:
  virtual ~Connector() = default;
  [[nodiscard]] virtual std::string_view provider() const = 0;  ///< "okta"
  [[nodiscard]] virtual std::string_view title() const = 0;     ///< "Okta"
  [[nodiscard]] virtual std::span<const CredentialShape> credential_shapes() const = 0;
  [[nodiscard]] virtual std::span<const Scope> scopes() const = 0;
  [[nodiscard]] virtual std::span<const ActionType> actions() const = 0;
  /// The domain as it is stored, of what somebody typed or pasted: "acme.okta.com". `invalid_value` with a sentence.
  [[nodiscard]] virtual Result<std::string> normalize_domain(std::string_view text) const = 0;

  /// The call that turns a credential into access; none where the credential is access by itself. Trouble when the
  /// credential is no key that can be used.
  [[nodiscard]] virtual Answer<std::optional<Call>> access_call(const Credential& credential,
                                                                const std::vector<std::string>& scopes,
                                                                const Proof& proof) const = 0;
  [[nodiscard]] virtual Access direct_access(const Credential& credential) const = 0;
  [[nodiscard]] virtual Answer<Access> read_access(const Reply& reply, Instant now) const = 0;

  // Consent, for the shapes that need it.
  [[nodiscard]] virtual Secret consent_url(std::string_view domain, const ConsentRequest& request) const = 0;
  /// The calls for access: by a code (RFC 6749 §4.1.3, RFC 7636 §4.5), and by what the last access came with (§6).
  [[nodiscard]] virtual Call code_call(const Credential& credential, const ConsentCode& code) const = 0;
  [[nodiscard]] virtual Call refresh_call(const Credential& credential, const Secret& refresh) const = 0;

  /// The smallest read that needs this scope; none for scopes that no read of ours needs.
  [[nodiscard]] virtual std::optional<Call> probe(std::string_view scope) const = 0;
  /// Nothing, or why not. For replies of whose body nothing is wanted.
  [[nodiscard]] virtual std::optional<Trouble> trouble_of(const Reply& reply, Instant now) const = 0;
  /// Whether the provider itself says that what was asked for by id does not exist, and not something on the way.
  [[nodiscard]] virtual bool is_absence(const Trouble& trouble) const = 0;
  /// What the provider's support asks for; empty where it gave nothing of the kind.
  [[nodiscard]] virtual std::string request_id_of(const Reply& reply) const = 0;
  /// When to go on after a success that used up the better part of a limit; none: at once.
  [[nodiscard]] virtual std::optional<Instant> pause_after(const Reply& reply, Instant now) const = 0;
  /// Whether applications are to be read by whoever asked for these scopes; none where the credential has no scopes.
  [[nodiscard]] virtual bool reads_applications(const std::vector<std::string>& scopes) const = 0;

  // Lists. `domain` is that of the connection: a page that goes on elsewhere is unreadable.
  /// Everybody, whatever their status; or those who changed after `since`.
  [[nodiscard]] virtual Call list_people(std::optional<Instant> since) const = 0;
  /// All, or those that changed after `since` or whose members did.
  [[nodiscard]] virtual Call list_groups(std::optional<Instant> since) const = 0;
  [[nodiscard]] virtual Call list_members(std::string_view group) const = 0;
  [[nodiscard]] virtual Call list_applications() const = 0;
  [[nodiscard]] virtual Call list_assignments(std::string_view application) const = 0;
  /// By the provider's id, or by login.
  [[nodiscard]] virtual Call get_person(std::string_view id) const = 0;
  [[nodiscard]] virtual Call go_on(std::string_view next) const = 0;  ///< with a Page's `next`
  [[nodiscard]] virtual Answer<Page<Person>> read_people(const Reply& reply, std::string_view domain,
                                                         Instant now) const = 0;
  [[nodiscard]] virtual Answer<Page<DirectoryGroup>> read_groups(const Reply& reply, std::string_view domain,
                                                                 Instant now) const = 0;
  /// Ids of people.
  [[nodiscard]] virtual Answer<Page<std::string>> read_members(const Reply& reply, std::string_view domain,
                                                               Instant now) const = 0;
  [[nodiscard]] virtual Answer<Page<Application>> read_applications(const Reply& reply, std::string_view domain,
                                                                    Instant now) const = 0;
  [[nodiscard]] virtual Answer<Page<Assignment>> read_assignments(const Reply& reply, std::string_view domain,
                                                                  Instant now) const = 0;
  [[nodiscard]] virtual Answer<Person> read_person(const Reply& reply, Instant now) const = 0;

  // What the provider tells by itself.
  /// Could this be the provider's id of somebody? Then it is no name that anybody chose.
  [[nodiscard]] virtual bool is_person_id(std::string_view text) const = 0;
  /// The groups of one person, for `read_groups`.
  [[nodiscard]] virtual Call list_groups_of(std::string_view person) const = 0;
  /// The applications that one person has, by themselves or by a group.
  [[nodiscard]] virtual Call list_applications_of(std::string_view person) const = 0;
  [[nodiscard]] virtual Answer<Page<HeldApplication>> read_applications_of(const Reply& reply, std::string_view domain,
                                                                           Instant now) const = 0;
  /// The body of one delivery. `invalid_syntax` for what is none, `too_many` beyond kEventsAtOnce.
  [[nodiscard]] virtual Result<std::vector<DirectoryEvent>> read_delivery(std::string_view body) const = 0;
  /// What it takes to make hooks, and to read the log; empty where the provider has no such thing.
  [[nodiscard]] virtual std::string_view hook_scope() const = 0;
  [[nodiscard]] virtual std::string_view log_scope() const = 0;
  [[nodiscard]] virtual Call list_hooks() const = 0;
  /// `secret` is the value of the header Authorization of each delivery.
  [[nodiscard]] virtual Call create_hook(std::string_view name, std::string_view url, const Secret& secret) const = 0;
  [[nodiscard]] virtual Call verify_hook(std::string_view id) const = 0;
  [[nodiscard]] virtual Call deactivate_hook(std::string_view id) const = 0;
  [[nodiscard]] virtual Call delete_hook(std::string_view id) const = 0;
  [[nodiscard]] virtual Answer<std::vector<VendorHook>> read_hooks(const Reply& reply, Instant now) const = 0;
  /// Of one that was made or verified.
  [[nodiscard]] virtual Answer<VendorHook> read_hook(const Reply& reply, Instant now) const = 0;
  /// From the oldest on; its pages always have a next one, which is where to go on later.
  [[nodiscard]] virtual Call read_log(Instant since) const = 0;
  [[nodiscard]] virtual Answer<Page<DirectoryEvent>> read_log_page(const Reply& reply, std::string_view domain,
                                                                   Instant now) const = 0;

  /// `not_found` for an action there is none of, `invalid_value` for a target or parameter that it does not take, or
  /// misses.
  [[nodiscard]] virtual Result<Call> action_call(const ActionRequest& request) const = 0;
  /// Of a conditional action, and of any whose end is unknown.
  [[nodiscard]] virtual Decision decide(const ActionRequest& request, const Person& person) const = 0;
  [[nodiscard]] virtual Answer<ActionResult> read_action(const ActionRequest& request, const Reply& reply,
                                                         Instant now) const = 0;
};

inline constexpr std::size_t kEventsAtOnce = 1'000;  ///< in one delivery
inline constexpr std::size_t kPeopleOfEvent = 100;   ///< of more, only the first: the next run reads the others

/// Null when there is no such provider.
[[nodiscard]] const Connector* find_connector(std::string_view provider);
[[nodiscard]] std::span<const Connector* const> connectors();
/// Null when the connector knows no credential of that name.
[[nodiscard]] const CredentialShape* find_shape(const Connector& connector, std::string_view name);
[[nodiscard]] const ActionType* find_action(const Connector& connector, std::string_view name);

}  // namespace rolecall::connector
