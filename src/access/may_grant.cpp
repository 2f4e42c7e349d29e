#include "rolecall/access/may_grant.hpp"

namespace rolecall::access {
namespace {

tl::unexpected<Error> refuse(const Role& role, const std::string& reason) {
  return fail(ErrorCode::forbidden, "The role " + role.name + " " + reason);
}

}  // namespace

Result<void> may_grant(const Grantor& grantor, const Role& role, GrantPath path) {
  if (path == GrantPath::direct) {
    if (grantor.kind == Grantor::Kind::admin) return {};
    return refuse(role, "cannot be granted to a user directly by a connection; use a group that is linked to it.");
  }
  if (role.is_protected) {
    return refuse(role,
                  "is protected: it is granted by an admin to one user at a time, never through a connection's groups, "
                  "default role or asserted roles.");
  }
  if (!grantor.ceiling) return refuse(role, "cannot be granted: this connection has no ceiling and so grants nothing.");
  if (!is_under(role, *grantor.ceiling)) {
    return refuse(
        role, "holds permissions that " + grantor.ceiling->name + ", the ceiling of this connection, does not hold.");
  }
  return {};
}

}  // namespace rolecall::access
