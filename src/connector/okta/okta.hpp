#pragma once

#include "rolecall/connector/connector.hpp"

// Okta's management API, `/api/v1`. What is known of it is in the project's notes on identity providers; code does not
// lean on the wording of an answer where those say that nobody checked it.

namespace rolecall::connector::okta {

class OktaConnector final : public Connector {
 public:
  [[nodiscard]] std::string_view provider() const override { return "okta"; }
  [[nodiscard]] std::string_view title() const override { return "Okta"; }
  [[nodiscard]] std::span<const CredentialShape> credential_shapes() const override;
  [[nodiscard]] std::span<const Scope> scopes() const override;
  [[nodiscard]] std::span<const ActionType> actions() const override;
  [[nodiscard]] Result<std::string> normalize_domain(std::string_view text) const override;

  [[nodiscard]] Answer<std::optional<Call>> access_call(const Credential& credential,
                                                        const std::vector<std::string>& scopes,
                                                        const Proof& proof) const override;
  [[nodiscard]] Access direct_access(const Credential& credential) const override;
  [[nodiscard]] Answer<Access> read_access(const Reply& reply, Instant now) const override;

  [[nodiscard]] Secret consent_url(std::string_view domain, const ConsentRequest& request) const override;
  [[nodiscard]] Call code_call(const Credential& credential, const ConsentCode& code) const override;
  [[nodiscard]] Call refresh_call(const Credential& credential, const Secret& refresh) const override;

  [[nodiscard]] std::optional<Call> probe(std::string_view scope) const override;
  [[nodiscard]] std::optional<Trouble> trouble_of(const Reply& reply, Instant now) const override;
  [[nodiscard]] bool is_absence(const Trouble& trouble) const override;
  [[nodiscard]] std::string request_id_of(const Reply& reply) const override;
  [[nodiscard]] std::optional<Instant> pause_after(const Reply& reply, Instant now) const override;
  [[nodiscard]] bool reads_applications(const std::vector<std::string>& scopes) const override;

  [[nodiscard]] Call list_people(std::optional<Instant> since) const override;
  [[nodiscard]] Call list_groups(std::optional<Instant> since) const override;
  [[nodiscard]] Call list_members(std::string_view group) const override;
  [[nodiscard]] Call list_applications() const override;
  [[nodiscard]] Call list_assignments(std::string_view application) const override;
  [[nodiscard]] Call get_person(std::string_view id) const override;
  [[nodiscard]] Call go_on(std::string_view next) const override;
  [[nodiscard]] Answer<Page<Person>> read_people(const Reply& reply, std::string_view domain,
                                                 Instant now) const override;
  [[nodiscard]] Answer<Page<DirectoryGroup>> read_groups(const Reply& reply, std::string_view domain,
                                                         Instant now) const override;
  [[nodiscard]] Answer<Page<std::string>> read_members(const Reply& reply, std::string_view domain,
                                                       Instant now) const override;
  [[nodiscard]] Answer<Page<Application>> read_applications(const Reply& reply, std::string_view domain,
                                                            Instant now) const override;
  [[nodiscard]] Answer<Page<Assignment>> read_assignments(const Reply& reply, std::string_view domain,
                                                          Instant now) const override;
  [[nodiscard]] Answer<Person> read_person(const Reply& reply, Instant now) const override;

  [[nodiscard]] bool is_person_id(std::string_view text) const override;
  [[nodiscard]] Call list_groups_of(std::string_view person) const override;
  [[nodiscard]] Call list_applications_of(std::string_view person) const override;
  [[nodiscard]] Answer<Page<HeldApplication>> read_applications_of(const Reply& reply, std::string_view domain,
                                                                   Instant now) const override;
  [[nodiscard]] Result<std::vector<DirectoryEvent>> read_delivery(std::string_view body) const override;
  [[nodiscard]] std::string_view hook_scope() const override { return "okta.eventHooks.manage"; }
  [[nodiscard]] std::string_view log_scope() const override { return "okta.logs.read"; }
  [[nodiscard]] Call list_hooks() const override;
  [[nodiscard]] Call create_hook(std::string_view name, std::string_view url, const Secret& secret) const override;
  [[nodiscard]] Call verify_hook(std::string_view id) const override;
  [[nodiscard]] Call deactivate_hook(std::string_view id) const override;
  [[nodiscard]] Call delete_hook(std::string_view id) const override;
  [[nodiscard]] Answer<std::vector<VendorHook>> read_hooks(const Reply& reply, Instant now) const override;
  [[nodiscard]] Answer<VendorHook> read_hook(const Reply& reply, Instant now) const override;
  [[nodiscard]] Call read_log(Instant since) const override;
  [[nodiscard]] Answer<Page<DirectoryEvent>> read_log_page(const Reply& reply, std::string_view domain,
                                                           Instant now) const override;

  [[nodiscard]] Result<Call> action_call(const ActionRequest& request) const override;
  [[nodiscard]] Decision decide(const ActionRequest& request, const Person& person) const override;
  [[nodiscard]] Answer<ActionResult> read_action(const ActionRequest& request, const Reply& reply,
                                                 Instant now) const override;
};

/// What a reply that is no success says.
[[nodiscard]] Trouble read_trouble(const Reply& reply, Instant now);
/// A success whose body is not what it should be.
[[nodiscard]] Trouble unreadable(const Reply& reply, std::string message);
[[nodiscard]] inline bool is_success(const Reply& reply) { return reply.status >= 200 && reply.status < 300; }
[[nodiscard]] Call reading(std::string target);
/// A text as one segment of a target, whatever it holds; "." and ".." are none that leads elsewhere.
[[nodiscard]] std::string segment(std::string_view text);
/// A call of the token endpoint with this form; by a client with a secret, which goes into the header.
inline constexpr std::string_view kTokenPath = "/oauth2/v1/token";
[[nodiscard]] Call token_call(std::string form);
[[nodiscard]] Call token_call(std::string form, const Credential& credential);
/// Types of events that say who has to be read again.
[[nodiscard]] std::span<const std::string_view> hooked_events();
/// The string of that name; empty when there is none.
[[nodiscard]] std::string text_in(const json::Object& object, std::string_view name);
/// The provider's ids are a few letters and digits. They become part of targets and of keys, so nothing else is one.
[[nodiscard]] bool is_id(std::string_view text);

}  // namespace rolecall::connector::okta
