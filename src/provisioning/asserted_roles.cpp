#include "asserted_roles.hpp"

#include "rolecall/granting/asserted.hpp"

namespace rolecall::provisioning {

Result<void> notice_unusable_roles(WriteSession& session, const store::ResourceRecord& user) {
  using Outcome = granting::Assertion::Outcome;
  ROLECALL_TRY_ASSIGN(const auto assertions, granting::assertions_of(session.workspace, user));
  for (const auto& assertion : assertions) {
    const std::string one = assertion.attribute == "roles" ? "a role" : "an entitlement";
    if (assertion.outcome == Outcome::unknown) {
      session.notices.texts.push_back(one + " the IdP sent is not known here; it was kept and grants nothing");
    } else if (assertion.outcome == Outcome::not_allowed) {
      session.notices.texts.push_back(one + " the IdP sent is above this connection's ceiling; it grants nothing");
    }
  }
  return {};
}

}  // namespace rolecall::provisioning
