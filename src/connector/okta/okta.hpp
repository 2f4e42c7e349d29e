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

  [[nodiscard]] std::optional<Call> access_call(const Credential& credential,
                                                const std::vector<std::string>& scopes) const override;
  [[nodiscard]] Access direct_access(const Credential& credential) const override;
  [[nodiscard]] Answer<Access> read_access(const Reply& reply, Instant now) const override;

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

}  // namespace rolecall::connector::okta
