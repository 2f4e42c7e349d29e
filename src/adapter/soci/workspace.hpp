#pragma once

#include "action_repositories.hpp"
#include "admin_session_repository.hpp"
#include "api_token_repository.hpp"
#include "directory_event_repositories.hpp"
#include "directory_repositories.hpp"
#include "guard_repositories.hpp"
#include "people_repositories.hpp"
#include "rolecall/base/text.hpp"
#include "rolecall/store/store.hpp"
#include "session.hpp"
#include "webhook_repositories.hpp"

// The repositories, one .cpp each. Their SQL is what SQLite and PostgreSQL both understand.

namespace rolecall::adapter::soci {

/// What every repository needs: a connection, and the workspace that each of its statements names.
struct Scope {
  Session& session;
  WorkspaceId workspace;
  const TextFolder& folder;
};

class ResourceRepository final : public store::ResourceRepository {
 public:
  ResourceRepository(const Scope& scope, store::MemberRepository& members, store::GrantRepository& grants)
      : scope_(scope), members_(members), grants_(grants) {}
  [[nodiscard]] static Result<std::optional<store::ResourceRecord>> find_in(Session& session,
                                                                            const WorkspaceId& workspace,
                                                                            std::string_view type,
                                                                            const ResourceId& id);
  [[nodiscard]] Result<std::optional<store::ResourceRecord>> find(ConnectionId connection, std::string_view type,
                                                                  const ResourceId& id) override;
  [[nodiscard]] Result<std::optional<store::ResourceRecord>> find_anywhere(std::string_view type,
                                                                           const ResourceId& id) override;
  [[nodiscard]] Result<std::vector<store::ResourceRecord>> find_members(const ConnectionId& connection,
                                                                        const std::vector<ResourceId>& ids) override;
  [[nodiscard]] Result<std::vector<store::ResourceRecord>> find_users(const std::vector<ResourceId>& ids) override;
  [[nodiscard]] Result<std::vector<store::ResourceRecord>> find_by_key(std::string_view type,
                                                                       const std::string& unique_key) override;
  [[nodiscard]] Result<std::vector<store::ResourceRecord>> find_by_external_id(ConnectionId connection,
                                                                               std::string_view type,
                                                                               const std::string& external_id,
                                                                               std::int64_t limit) override;
  [[nodiscard]] Result<void> insert(const store::ResourceRecord& record,
                                    const std::vector<resource::IndexEntry>& index) override;
  [[nodiscard]] Result<bool> update(const store::ResourceRecord& record, const std::vector<resource::IndexEntry>& index,
                                    Version expected) override;
  [[nodiscard]] Result<bool> hand_over(const store::ResourceRecord& record, Version expected) override;
  [[nodiscard]] Result<void> touch(std::string_view type, const ResourceId& id, Instant at) override;
  [[nodiscard]] Result<void> touch_all(std::string_view type, const std::vector<ResourceId>& ids, Instant at) override;
  [[nodiscard]] Result<void> touch_members_of(const ResourceId& group, Instant at) override;
  [[nodiscard]] Result<bool> remove(std::string_view type, const ResourceId& id) override;
  [[nodiscard]] Result<store::ResourcePage> query(ConnectionId connection, const store::ResourceQuery& query) override;
  [[nodiscard]] Result<std::vector<store::ResourceRecord>> list(std::string_view type, const store::NamePlace& after,
                                                                std::int64_t limit) override;
  [[nodiscard]] Result<std::int64_t> count(std::string_view type) override;
  [[nodiscard]] Result<std::vector<store::ResourceRecord>> find_anywhere_by_external_id(std::string_view type,
                                                                                        const std::string& external_id,
                                                                                        std::int64_t limit) override;
  [[nodiscard]] Result<std::vector<ResourceId>> candidates(const schema::ResourceType& type,
                                                           const std::optional<store::AttributeValue>& wanted,
                                                           const ResourceId& after, std::int64_t limit) override;

 private:
  [[nodiscard]] Result<void> write_unique(const store::ResourceRecord& record,
                                          const std::vector<resource::IndexEntry>& index);
  [[nodiscard]] Result<void> write_index(const ResourceId& id, std::vector<resource::IndexEntry> wanted);
  [[nodiscard]] Result<void> add_to_count(std::string_view type, const ConnectionId& connection, std::int64_t step);
  const Scope& scope_;
  store::MemberRepository& members_;
  store::GrantRepository& grants_;
};

/// '' for types whose names are unique in the workspace, the connection for those unique in it.
[[nodiscard]] inline std::string_view unique_scope_of(std::string_view type, const ConnectionId& connection) {
  return type == "User" ? std::string_view() : std::string_view(connection.value());
}

class MemberRepository final : public store::MemberRepository {
 public:
  explicit MemberRepository(const Scope& scope) : scope_(scope) {}
  [[nodiscard]] Result<bool> add(const ResourceId& group, const ResourceId& member, std::string_view member_type,
                                 Instant at) override;
  [[nodiscard]] Result<std::vector<ResourceId>> add_all(const ResourceId& group,
                                                        const std::vector<store::NewMember>& members,
                                                        Instant at) override;
  [[nodiscard]] Result<bool> remove(const ResourceId& group, const ResourceId& member) override;
  [[nodiscard]] Result<std::vector<ResourceId>> remove_all(const ResourceId& group,
                                                           const std::vector<ResourceId>& members) override;
  [[nodiscard]] Result<bool> contains(const ResourceId& group, const ResourceId& member) override;
  [[nodiscard]] Result<std::int64_t> count(const ResourceId& group) override;
  [[nodiscard]] Result<std::vector<store::MemberRecord>> page(const ResourceId& group, const ResourceId& after,
                                                              std::int64_t limit) override;
  [[nodiscard]] Result<std::vector<store::MembershipRecord>> groups_of(const ResourceId& member) override;
  [[nodiscard]] Result<std::vector<std::pair<ResourceId, store::MembershipRecord>>> groups_of_all(
      const std::vector<ResourceId>& members) override;
  [[nodiscard]] Result<std::vector<store::MembershipRecord>> groups_above(const ResourceId& group) override;

 private:
  const Scope& scope_;
};

class ParkedMemberRepository final : public store::ParkedMemberRepository {
 public:
  explicit ParkedMemberRepository(const Scope& scope) : scope_(scope) {}
  [[nodiscard]] Result<bool> add(const store::ParkedMemberRecord& parked) override;
  [[nodiscard]] Result<bool> remove(const ResourceId& group, const std::string& value) override;
  [[nodiscard]] Result<std::int64_t> count(const ResourceId& group) override;
  [[nodiscard]] Result<std::vector<store::ParkedMemberRecord>> page(const ResourceId& group, const std::string& after,
                                                                    std::int64_t limit) override;
  [[nodiscard]] Result<std::vector<store::ParkedMemberRecord>> waiting_for(const ConnectionId& connection,
                                                                           const std::string& value,
                                                                           const ResourceId& after,
                                                                           std::int64_t limit) override;

 private:
  const Scope& scope_;
};

class TombstoneRepository final : public store::TombstoneRepository {
 public:
  explicit TombstoneRepository(const Scope& scope) : scope_(scope) {}
  [[nodiscard]] Result<void> insert(const store::TombstoneRecord& tombstone) override;
  [[nodiscard]] Result<std::optional<store::TombstoneRecord>> find(const ConnectionId& connection,
                                                                   std::string_view type, const std::string& unique_key,
                                                                   const std::string& external_id,
                                                                   Instant since) override;
  [[nodiscard]] Result<bool> remove(std::string_view type, const ResourceId& id) override;
  [[nodiscard]] Result<std::int64_t> prune(Instant before, std::int64_t limit) override;

 private:
  const Scope& scope_;
};

class ConnectionRepository final : public store::ConnectionRepository {
 public:
  explicit ConnectionRepository(const Scope& scope) : scope_(scope) {}
  [[nodiscard]] Result<void> insert(const store::ConnectionRecord& connection) override;
  [[nodiscard]] Result<void> update(const store::ConnectionRecord& connection) override;
  [[nodiscard]] Result<std::optional<store::ConnectionRecord>> find(const ConnectionId& id) override;
  [[nodiscard]] Result<std::optional<store::ConnectionRecord>> find_by_name(const std::string& name) override;
  [[nodiscard]] Result<std::vector<store::ConnectionRecord>> list() override;

 private:
  const Scope& scope_;
};

class TokenRepository final : public store::TokenRepository {
 public:
  explicit TokenRepository(const Scope& scope) : scope_(scope) {}
  [[nodiscard]] static Result<std::optional<store::TokenRecord>> find_anywhere(Session& session, const TokenId& id);
  [[nodiscard]] Result<void> insert(const store::TokenRecord& token) override;
  [[nodiscard]] Result<std::vector<store::TokenRecord>> list() override;
  [[nodiscard]] Result<bool> revoke(const TokenId& id, Instant at) override;
  [[nodiscard]] Result<bool> set_rotation(const TokenId& id, const std::optional<TokenId>& successor,
                                          const std::optional<Instant>& retires) override;
  [[nodiscard]] Result<std::vector<TokenId>> revoke_of(const ResourceId& user, Instant at) override;

 private:
  const Scope& scope_;
};

class RoleRepository final : public store::RoleRepository {
 public:
  explicit RoleRepository(const Scope& scope) : scope_(scope) {}
  [[nodiscard]] Result<void> insert(const access::Role& role, const std::string& name_key, Instant at) override;
  [[nodiscard]] Result<void> update(const access::Role& role, const std::string& name_key) override;
  [[nodiscard]] Result<bool> remove(const RoleId& id) override;
  [[nodiscard]] Result<std::optional<access::Role>> find(const RoleId& id) override;
  [[nodiscard]] Result<std::optional<access::Role>> find_by_key(const std::string& name_key) override;
  [[nodiscard]] Result<std::vector<access::Role>> list() override;
  [[nodiscard]] Result<bool> has_permission(const RoleId& id, std::string_view permission) override;
  [[nodiscard]] Result<void> insert_group(const store::RoleGroupRecord& role_group) override;
  [[nodiscard]] Result<std::optional<store::RoleGroupRecord>> find_group(const ResourceId& group) override;
  [[nodiscard]] Result<void> claim_group(const ResourceId& group) override;
  [[nodiscard]] Result<bool> remove_group(const ResourceId& group) override;
  [[nodiscard]] Result<std::vector<store::RoleGroupRecord>> groups_of(const RoleId& role) override;

 private:
  [[nodiscard]] Result<void> write_permissions(const access::Role& role);
  [[nodiscard]] Result<std::optional<access::Role>> find_one(const Sql& sql, std::string_view key);
  const Scope& scope_;
};

class LinkRepository final : public store::LinkRepository {
 public:
  explicit LinkRepository(const Scope& scope) : scope_(scope) {}
  [[nodiscard]] Result<void> insert(const store::LinkRecord& link) override;
  [[nodiscard]] Result<std::optional<store::LinkRecord>> find(const LinkId& id) override;
  [[nodiscard]] Result<std::vector<store::LinkRecord>> list() override;
  [[nodiscard]] Result<std::vector<store::LinkRecord>> of_group(const ResourceId& group) override;
  [[nodiscard]] Result<std::vector<store::LinkRecord>> of_role(const RoleId& role) override;
  [[nodiscard]] Result<bool> set_state(const LinkId& id, store::LinkState state) override;
  [[nodiscard]] Result<bool> approve(const LinkId& id, const std::string& by, Instant at) override;
  [[nodiscard]] Result<void> hand_over(const ResourceId& group, const ConnectionId& connection) override;
  [[nodiscard]] Result<bool> remove(const LinkId& id) override;

 private:
  const Scope& scope_;
};

class GrantRepository final : public store::GrantRepository {
 public:
  explicit GrantRepository(const Scope& scope) : scope_(scope) {}
  [[nodiscard]] Result<std::vector<access::EffectiveInputs::LinkedRole>> linked_roles_of(
      const ResourceId& user) override;
  [[nodiscard]] Result<std::vector<store::DirectGrantRecord>> direct_of(const ResourceId& user) override;
  [[nodiscard]] Result<std::vector<store::GrantState>> states_of(const std::vector<ResourceId>& users) override;
  [[nodiscard]] Result<std::vector<store::DirectGrantRecord>> direct_of_role(const RoleId& role,
                                                                             const ResourceId& after,
                                                                             std::int64_t limit) override;
  [[nodiscard]] Result<bool> add_direct(const store::DirectGrantRecord& grant) override;
  [[nodiscard]] Result<bool> remove_direct(const ResourceId& user, const RoleId& role) override;
  [[nodiscard]] Result<std::vector<access::Grant>> effective_of(const ResourceId& user) override;
  [[nodiscard]] Result<void> replace_effective(const ResourceId& user,
                                               const std::vector<access::Grant>& grants) override;
  [[nodiscard]] Result<void> change_effective(const std::vector<store::UserGrant>& ended,
                                              const std::vector<store::UserGrant>& begun) override;
  [[nodiscard]] Result<std::vector<std::string>> permissions_of(const ResourceId& user, std::string_view from,
                                                                std::string_view to) override;
  [[nodiscard]] Result<std::vector<ResourceId>> holders_of_permission(std::string_view permission,
                                                                      const ResourceId& after,
                                                                      std::int64_t limit) override;
  [[nodiscard]] Result<std::vector<ResourceId>> holders_of(const RoleId& role) override;
  [[nodiscard]] Result<std::vector<ResourceId>> users_in(const ResourceId& group, const ResourceId& after,
                                                         std::int64_t limit) override;
  [[nodiscard]] Result<std::vector<ResourceId>> users_by_default(const ConnectionId& connection,
                                                                 const ResourceId& after, std::int64_t limit) override;
  [[nodiscard]] Result<std::vector<store::NamedRoleRecord>> named_roles_of(const ResourceId& user) override;
  [[nodiscard]] Result<std::vector<ResourceId>> users_asserting(const ConnectionId& connection, const ResourceId& after,
                                                                std::int64_t limit) override;
  [[nodiscard]] Result<std::vector<ResourceId>> users_asserting_text(const std::string& key, const ResourceId& after,
                                                                     std::int64_t limit) override;
  [[nodiscard]] Result<std::vector<store::HeldRoleRecord>> held_by(const ResourceId& user) override;
  [[nodiscard]] Result<std::vector<std::pair<ResourceId, store::HeldRoleRecord>>> held_by_all(
      const std::vector<ResourceId>& users) override;
  [[nodiscard]] Result<std::vector<ResourceId>> users_with_sent_default(const std::string& name_key,
                                                                        const ResourceId& after,
                                                                        std::int64_t limit) override;

 private:
  const Scope& scope_;
};

class AuditRepository final : public store::AuditRepository {
 public:
  explicit AuditRepository(const Scope& scope) : scope_(scope) {}
  [[nodiscard]] Result<std::optional<store::AuditRecord>> last() override;
  [[nodiscard]] Result<void> append(const store::AuditRecord& record) override;
  [[nodiscard]] Result<std::vector<store::AuditRecord>> page(std::int64_t after, std::int64_t limit) override;
  [[nodiscard]] Result<std::vector<store::AuditRecord>> about(const std::string& subject, std::int64_t before,
                                                              std::int64_t limit) override;
  [[nodiscard]] Result<std::vector<store::AuditRecord>> of_request(const RequestId& request,
                                                                   std::int64_t limit) override;

 private:
  const Scope& scope_;
};

class AnswerRepository final : public store::AnswerRepository {
 public:
  explicit AnswerRepository(const Scope& scope) : scope_(scope) {}
  [[nodiscard]] Result<std::optional<store::KeptAnswer>> find(const std::string& key) override;
  [[nodiscard]] Result<void> keep(const store::KeptAnswer& answer) override;
  [[nodiscard]] Result<void> forget_until(Instant at) override;
  [[nodiscard]] Result<void> keep_newest(std::int64_t count) override;

 private:
  const Scope& scope_;
};

class RequestLogRepository final : public store::RequestLogRepository {
 public:
  explicit RequestLogRepository(const Scope& scope) : scope_(scope) {}
  [[nodiscard]] Result<void> append(const store::LoggedRequest& request) override;
  [[nodiscard]] Result<std::optional<store::LoggedRequest>> find(const RequestId& id) override;
  [[nodiscard]] Result<std::vector<store::LoggedRequest>> page(const store::RequestLogFilter& filter,
                                                               std::int64_t limit) override;
  [[nodiscard]] Result<std::vector<store::LoggedRequest>> about(const ResourceId& resource, const RequestId& before,
                                                                std::int64_t limit) override;
  [[nodiscard]] Result<void> prune(std::int64_t keep, Instant oldest) override;

 private:
  const Scope& scope_;
};

class GrantHistoryRepository final : public store::GrantHistoryRepository {
 public:
  explicit GrantHistoryRepository(const Scope& scope) : scope_(scope) {}
  [[nodiscard]] Result<void> begin(const store::GrantSpell& spell) override;
  [[nodiscard]] Result<void> end(const store::GrantSpell& spell, Instant at) override;
  [[nodiscard]] Result<std::vector<store::GrantSpell>> open_of(const ResourceId& user) override;
  [[nodiscard]] Result<std::vector<store::GrantSpell>> open_of_all(const std::vector<ResourceId>& users) override;
  [[nodiscard]] Result<std::vector<store::GrantSpell>> spells_at(const ResourceId& user, Instant at) override;
  [[nodiscard]] Result<std::vector<ResourceId>> holders_at(const access::Grant& grant, Instant at,
                                                           std::int64_t limit) override;
  [[nodiscard]] Result<void> note_name(store::NamedKind kind, const std::string& id, const std::string& name,
                                       const std::string& key, Instant at) override;
  [[nodiscard]] Result<std::optional<std::string>> name_at(store::NamedKind kind, const std::string& id,
                                                           Instant at) override;
  [[nodiscard]] Result<std::optional<std::string>> named_at(store::NamedKind kind, const std::string& key,
                                                            Instant at) override;
  [[nodiscard]] Result<std::optional<Instant>> horizon() override;
  [[nodiscard]] Result<void> raise_horizon(Instant at) override;
  [[nodiscard]] Result<std::optional<Instant>> end_beyond(std::int64_t keep) override;
  [[nodiscard]] Result<std::int64_t> forget_ended(Instant until, std::int64_t limit) override;
  [[nodiscard]] Result<ForgottenNames> forget_names(store::NamedKind kind, const std::string& after, Instant until,
                                                    std::int64_t limit) override;

 private:
  const Scope& scope_;
};

class PlanRepository final : public store::PlanRepository {
 public:
  explicit PlanRepository(const Scope& scope) : scope_(scope) {}
  [[nodiscard]] Result<void> insert(const store::PlanRecord& plan) override;
  [[nodiscard]] Result<std::optional<store::PlanRecord>> find(const PlanId& id) override;
  [[nodiscard]] Result<std::vector<store::PlanRecord>> list(std::int64_t limit) override;
  [[nodiscard]] Result<bool> mark_applied(const PlanId& id, const std::string& by, Instant at) override;
  [[nodiscard]] Result<std::int64_t> keep_newest(std::int64_t count) override;

 private:
  const Scope& scope_;
};

class Workspace final : public store::Workspace {
 public:
  Workspace(Session& session, const WorkspaceId& id, const TextFolder& folder) : scope_{session, id, folder} {}
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;

  [[nodiscard]] const WorkspaceId& id() const override { return scope_.workspace; }
  [[nodiscard]] store::ResourceRepository& resources() override { return resources_; }
  [[nodiscard]] store::MemberRepository& members() override { return members_; }
  [[nodiscard]] store::ParkedMemberRepository& parked_members() override { return parked_members_; }
  [[nodiscard]] store::TombstoneRepository& tombstones() override { return tombstones_; }
  [[nodiscard]] store::ConnectionRepository& connections() override { return connections_; }
  [[nodiscard]] store::TokenRepository& tokens() override { return tokens_; }
  [[nodiscard]] store::RoleRepository& roles() override { return roles_; }
  [[nodiscard]] store::LinkRepository& links() override { return links_; }
  [[nodiscard]] store::GrantRepository& grants() override { return grants_; }
  [[nodiscard]] store::AuditRepository& audit() override { return audit_; }
  [[nodiscard]] store::PlanRepository& plans() override { return plans_; }
  [[nodiscard]] Result<access::RoleMode> role_mode() override;
  [[nodiscard]] Result<void> set_role_mode(access::RoleMode mode) override;
  [[nodiscard]] store::AnswerRepository& answers() override { return answers_; }
  [[nodiscard]] store::ApiTokenRepository& api_tokens() override { return api_tokens_; }
  [[nodiscard]] store::AdminSessionRepository& admin_sessions() override { return admin_sessions_; }
  [[nodiscard]] store::RequestLogRepository& request_log() override { return request_log_; }
  [[nodiscard]] store::GrantHistoryRepository& grant_history() override { return grant_history_; }
  [[nodiscard]] store::GuardRepository& guard() override { return guard_; }
  [[nodiscard]] store::HeldChangeRepository& held_changes() override { return held_changes_; }
  [[nodiscard]] store::WebhookRepository& webhooks() override { return webhooks_; }
  [[nodiscard]] store::OutboxRepository& outbox() override { return outbox_; }
  [[nodiscard]] store::DirectoryRepository& directories() override { return directories_; }
  [[nodiscard]] store::ConsentRepository& consents() override { return consents_; }
  [[nodiscard]] store::PeopleRepository& people() override { return people_; }
  [[nodiscard]] store::SyncRunRepository& sync_runs() override { return sync_runs_; }
  [[nodiscard]] store::ActionRepository& actions() override { return actions_; }
  [[nodiscard]] store::ActionPolicyRepository& action_policies() override { return action_policies_; }
  [[nodiscard]] store::HookRepository& hooks() override { return hooks_; }
  [[nodiscard]] store::DirectoryEventRepository& directory_events() override { return directory_events_; }
  [[nodiscard]] store::DirectoryLogRepository& directory_logs() override { return directory_logs_; }
  [[nodiscard]] store::EndedAccessRepository& ended_access() override { return ended_access_; }

 private:
  Scope scope_;
  MemberRepository members_{scope_};
  GrantRepository grants_{scope_};
  ResourceRepository resources_{scope_, members_, grants_};
  ParkedMemberRepository parked_members_{scope_};
  TombstoneRepository tombstones_{scope_};
  ConnectionRepository connections_{scope_};
  TokenRepository tokens_{scope_};
  RoleRepository roles_{scope_};
  LinkRepository links_{scope_};
  AuditRepository audit_{scope_};
  PlanRepository plans_{scope_};
  AnswerRepository answers_{scope_};
  ApiTokenRepository api_tokens_{scope_};
  AdminSessionRepository admin_sessions_{scope_};
  RequestLogRepository request_log_{scope_};
  GrantHistoryRepository grant_history_{scope_};
  GuardRepository guard_{scope_};
  HeldChangeRepository held_changes_{scope_};
  WebhookRepository webhooks_{scope_};
  OutboxRepository outbox_{scope_};
  DirectoryRepository directories_{scope_};
  ConsentRepository consents_{scope_};
  PeopleRepository people_{scope_};
  SyncRunRepository sync_runs_{scope_};
  ActionRepository actions_{scope_};
  ActionPolicyRepository action_policies_{scope_};
  HookRepository hooks_{scope_};
  DirectoryEventRepository directory_events_{scope_};
  DirectoryLogRepository directory_logs_{scope_};
  EndedAccessRepository ended_access_{scope_};
};

}  // namespace rolecall::adapter::soci
