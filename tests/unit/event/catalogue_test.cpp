#include "rolecall/event/catalogue.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace rolecall::event {
namespace {

TEST(Catalogue, Actions_BecomeTypesOfTheCatalogue) {
  const std::vector<std::pair<std::string, std::string>> expected{
      {"user.created", "user.created"},
      {"user.returned", "user.created"},
      {"user.deactivated", "user.deactivated"},
      {"group.member_removed", "group.member_removed"},
      {"grant.added", "role.granted"},
      {"grant.removed", "role.revoked"},
      {"access.revoked", "access.revoked"},
      {"token.rotation_started", "token.rotated"},
      {"api_token.created", "token.created"},
      {"connection.created", "connection.created"},
      {"connection.ceiling_changed", "connection.changed"},
      {"link.paused", "link.changed"},
      {"link.removed", "link.removed"},
      {"directory.created", "directory.created"},
      {"directory.paused", "directory.changed"},
      {"directory.reauthorized", "directory.changed"},
      {"directory.state_changed", "directory.state_changed"},
      {"directory.removed", "directory.removed"},
      {"action.requested", "action.requested"},
      {"action.released", "action.approved"},
      {"action.unknown", "action.unknown"},
      {"guard.tripped", "guard.tripped"},
      {"guard.held", "guard.held"},
      {"guard.applied", "guard.applied"},
  };
  for (const auto& [action, type] : expected) {
    EXPECT_EQ(type_of(action), type) << action;
    EXPECT_TRUE(is_type(type)) << type;
  }
  EXPECT_EQ(type_of("group.member_parked"), "");
  EXPECT_EQ(type_of("webhook.created"), "");
  EXPECT_EQ(type_of("directory.test_requested"), "");
  EXPECT_EQ(type_of("action.answered"), "") << "told when it has ended";
  EXPECT_EQ(type_of("action.secret_shown"), "");
  EXPECT_EQ(type_of(""), "");
  EXPECT_EQ(type_of("webhook.tested"), kTestType);
  EXPECT_FALSE(is_type(kTestType)) << "nobody subscribes to it";
}

TEST(Catalogue, Types_AreSaidOnce) {
  std::vector<std::string> names;
  for (const Type& type : types()) {
    names.emplace_back(type.name);
    EXPECT_TRUE(type.sentence.ends_with('.')) << type.name;
  }
  std::sort(names.begin(), names.end());
  EXPECT_EQ(std::adjacent_find(names.begin(), names.end()), names.end());
}

TEST(Catalogue, Subscriptions) {
  const std::vector<std::string> some{"user.*", "guard.held"};
  EXPECT_TRUE(wants(some, "user.deleted"));
  EXPECT_TRUE(wants(some, "guard.held"));
  EXPECT_FALSE(wants(some, "guard.tripped"));
  EXPECT_TRUE(wants({}, "guard.tripped")) << "none at all is everything";
  for (const char* good : {"user.*", "user.created", "guard.*"}) EXPECT_TRUE(is_subscribable(good)) << good;
  for (const char* bad :
       {"", "*", "user", "user.", "user*", "*.created", "user.crea*", "users.*", "webhook.test", "USER.*"}) {
    EXPECT_FALSE(is_subscribable(bad)) << bad;
  }
}

}  // namespace
}  // namespace rolecall::event
