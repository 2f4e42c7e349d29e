#include "rolecall/access/may_grant.hpp"

#include <gtest/gtest.h>

namespace rolecall::access {
namespace {

Role role(std::string name, std::vector<std::string> permissions, bool is_protected = false) {
  Role made;
  made.id = RoleId(name);
  made.name = std::move(name);
  made.permissions = std::move(permissions);
  made.is_protected = is_protected;
  return made;
}

const Role kOwner = role("Owner", {"a", "b", "c"}, true);
const Role kSuper = role("Super", {"a", "b"});
const Role kAgent = role("Agent", {"a"});
const Role kOther = role("Other", {"c"});
const Role kEmpty = role("Empty", {});

constexpr GrantPath kThroughAConnection[] = {GrantPath::group_membership, GrantPath::link, GrantPath::default_role,
                                             GrantPath::asserted};
constexpr Grantor::Kind kKinds[] = {Grantor::Kind::connection, Grantor::Kind::admin};

TEST(IsUnder, SubsetOfPermissions_Is) {
  EXPECT_TRUE(is_under(kAgent, kSuper));
  EXPECT_TRUE(is_under(kSuper, kSuper));
  EXPECT_TRUE(is_under(kEmpty, kEmpty));
  EXPECT_FALSE(is_under(kSuper, kAgent));
  EXPECT_FALSE(is_under(kOther, kSuper));
}

TEST(IsUnder, PermissionForAllData_CoversEveryScopeOfIt) {
  const Role own = role("Own", {"a@own"});
  EXPECT_TRUE(is_under(own, kAgent));
  EXPECT_TRUE(is_under(own, own));
  EXPECT_FALSE(is_under(kAgent, own));
  EXPECT_FALSE(is_under(own, role("Other scope", {"a@team"})));
  EXPECT_FALSE(is_under(role("Another", {"c@own"}), kSuper));
}

TEST(MayGrant, UnderCeiling_IsAllowedOnEveryPathThroughAConnection) {
  for (const auto kind : kKinds) {
    for (const auto path : kThroughAConnection) {
      EXPECT_TRUE(may_grant({kind, kSuper}, kAgent, path));
      EXPECT_TRUE(may_grant({kind, kSuper}, kSuper, path));
      EXPECT_TRUE(may_grant({kind, kAgent}, kEmpty, path));
    }
  }
}

TEST(MayGrant, AboveCeiling_IsForbiddenForConnectionAndAdminAlike) {
  for (const auto kind : kKinds) {
    for (const auto path : kThroughAConnection) {
      for (const Role& above : {kSuper, kOther}) {
        const auto outcome = may_grant({kind, kAgent}, above, path);
        ASSERT_FALSE(outcome);
        EXPECT_EQ(outcome.error().code, ErrorCode::forbidden);
        EXPECT_NE(outcome.error().detail.find(above.name), std::string::npos);
        EXPECT_NE(outcome.error().detail.find("ceiling"), std::string::npos);
      }
    }
  }
}

TEST(MayGrant, ProtectedRole_IsForbiddenThroughAConnectionWhateverTheCeiling) {
  for (const auto kind : kKinds) {
    for (const auto path : kThroughAConnection) {
      const auto outcome = may_grant({kind, kOwner}, kOwner, path);
      ASSERT_FALSE(outcome);
      EXPECT_EQ(outcome.error().code, ErrorCode::forbidden);
      EXPECT_NE(outcome.error().detail.find("protected"), std::string::npos);
    }
  }
}

TEST(MayGrant, NoCeiling_GrantsNothingThroughAConnection) {
  for (const auto kind : kKinds) {
    for (const auto path : kThroughAConnection) {
      EXPECT_FALSE(may_grant({kind, std::nullopt}, kAgent, path));
      EXPECT_FALSE(may_grant({kind, std::nullopt}, kEmpty, path));
    }
  }
}

TEST(MayGrant, Direct_IsForAdminsOnlyAndCoversProtectedRoles) {
  EXPECT_TRUE(may_grant({Grantor::Kind::admin, std::nullopt}, kOwner, GrantPath::direct));
  EXPECT_TRUE(may_grant({Grantor::Kind::admin, std::nullopt}, kAgent, GrantPath::direct));
  for (const Role& any : {kOwner, kSuper, kAgent, kEmpty}) {
    EXPECT_FALSE(may_grant({Grantor::Kind::connection, kOwner}, any, GrantPath::direct));
  }
}

}  // namespace
}  // namespace rolecall::access
