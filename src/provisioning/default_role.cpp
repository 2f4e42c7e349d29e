#include "default_role.hpp"

#include "rolecall/access/may_grant.hpp"

namespace rolecall::provisioning {

Result<void> notice_unusable_default_role(WriteSession& session, const store::ResourceRecord& user) {
  if (user.default_role.empty()) return {};
  ROLECALL_TRY_ASSIGN(auto role,
                      session.workspace.roles().find_by_key(session.environment.folder.fold(user.default_role)));
  if (!role) {
    session.notices.texts.push_back("the default role the IdP sent is unknown; the connection's default role applies");
    return {};
  }
  ROLECALL_TRY_ASSIGN(auto ceiling, session.workspace.roles().find(session.connection.ceiling));
  const auto allowed = access::may_grant({access::Grantor::Kind::connection, std::move(ceiling)}, *role,
                                         access::GrantPath::default_role);
  if (!allowed) {
    session.notices.texts.push_back(
        "the default role the IdP sent is above this connection's ceiling; the connection's default role applies");
  }
  return {};
}

}  // namespace rolecall::provisioning
