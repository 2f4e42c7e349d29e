#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rolecall/access/role.hpp"
#include "rolecall/base/result.hpp"
#include "rolecall/json/value.hpp"
#include "rolecall/store/store.hpp"

// `roles` and `entitlements` of a User are what the IdP asserts: kept and shown as they came. Those that name a role
// grant it as far as the connection may.

namespace rolecall::granting {

/// One element of `roles` or `entitlements`, and what comes of it.
struct Assertion {
  enum class Outcome {
    granted,
    unknown,      ///< names no role
    not_allowed,  ///< a role that is protected or above the connection's ceiling
    ignored,      ///< the connection's policy
  };
  std::string attribute;  ///< "roles" or "entitlements"
  std::string text;       ///< as written: what names the role, or would
  std::optional<access::Role> role;
  Outcome outcome = Outcome::unknown;
};

/// All of a user's, in order. An element names a role by its `value`, that is the role's id or its name; where the
/// value names none, by its `display`, because Entra ID sends a number of its own as value. The user's index rows must
/// be those of its document.
[[nodiscard]] Result<std::vector<Assertion>> assertions_of(store::Workspace& workspace,
                                                           const store::ResourceRecord& user);

/// Do two documents of a User assert the same? Then nobody's roles follow.
[[nodiscard]] bool assert_the_same(const json::Object& before, const json::Object& after);

}  // namespace rolecall::granting
