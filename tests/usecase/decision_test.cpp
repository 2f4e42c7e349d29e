#include "rolecall/decision/decision.hpp"

#include "administration_world.hpp"
#include "rolecall/administration/workspaces.hpp"

namespace rolecall::decision {
namespace {

using rolecall::testing_support::World;

class Decision : public testing::Test {
 protected:
  bool may(const std::string& subject, std::string_view permission) {
    const auto answer = evaluate(*world.store, *world.folder, world.workspace, subject, permission);
    EXPECT_TRUE(answer) << (answer ? "" : answer.error().detail);
    return answer && *answer;
  }
  World world;
  ResourceId maya = world.add_user("Maya@Example.com");
};

TEST_F(Decision, Holder_MayByIdAndByNameInAnyCase) {
  EXPECT_TRUE(may(maya.value(), "requests.reply"));
  EXPECT_TRUE(may("maya@example.com", "requests.reply"));
  EXPECT_TRUE(may("MAYA@EXAMPLE.COM", "requests.reply"));
  EXPECT_FALSE(may("maya@example.com", "requests.delete"));
}

TEST_F(Decision, Unknown_MayNot) {
  EXPECT_FALSE(may("nobody", "requests.reply"));
  EXPECT_FALSE(may("00000000-0000-7000-8000-999999999999", "requests.reply"));
  EXPECT_FALSE(may("", "requests.reply"));
  EXPECT_FALSE(may(maya.value(), ""));
  EXPECT_FALSE(may(maya.value(), "requests.*"));
  EXPECT_FALSE(may(maya.value(), "REQUESTS.REPLY"));
}

TEST_F(Decision, EveryChange_CountsAtOnce) {
  const auto group = world.group_of_role("IT Admin");
  EXPECT_FALSE(may(maya.value(), "workflows.manage"));
  ASSERT_TRUE(world.join(maya, group));
  EXPECT_TRUE(may(maya.value(), "workflows.manage"));
  ASSERT_TRUE(world.set_active(maya, false));
  EXPECT_FALSE(may(maya.value(), "workflows.manage"));
  EXPECT_FALSE(may(maya.value(), "requests.reply"));
  ASSERT_TRUE(world.set_active(maya, true));
  EXPECT_TRUE(may(maya.value(), "workflows.manage"));
  ASSERT_TRUE(world.leave(maya, group));
  EXPECT_FALSE(may(maya.value(), "workflows.manage"));
  ASSERT_TRUE(world.delete_user(maya));
  EXPECT_FALSE(may(maya.value(), "requests.reply"));
}

TEST_F(Decision, NewPermissionOfARole_CountsAtOnce) {
  const administration::RoleChange fewer{std::nullopt, std::vector<std::string>{"requests.view"}};
  ASSERT_TRUE(administration::update_role(world.environment, world.workspace, world.admin, "IT Agent", fewer));
  EXPECT_FALSE(may(maya.value(), "requests.reply"));
  EXPECT_TRUE(may(maya.value(), "requests.view"));
}

TEST_F(Decision, UserNamedLikeAnothersId_IsNotTheOther) {
  ASSERT_TRUE(world.join(maya, world.group_of_role("IT Admin")));
  const auto impostor = world.add_user(maya.value());
  EXPECT_TRUE(may(maya.value(), "workflows.manage")) << "the id means its owner";
  EXPECT_FALSE(may(impostor.value(), "workflows.manage"));
  const auto shaped = world.add_user("00000000-0000-7000-8000-888888888888");
  EXPECT_TRUE(may("00000000-0000-7000-8000-888888888888", "requests.reply")) << "a name in the shape of an id";
  EXPECT_TRUE(may(shaped.value(), "requests.reply"));
}

TEST_F(Decision, OtherWorkspace_KnowsNobodyOfThis) {
  const auto other = administration::create_workspace(world.environment, world.admin, "other");
  ASSERT_TRUE(other);
  for (const auto& subject : {maya.value(), std::string("maya@example.com")}) {
    const auto answer = evaluate(*world.store, *world.folder, other->id, subject, "requests.reply");
    ASSERT_TRUE(answer);
    EXPECT_FALSE(*answer);
  }
}

}  // namespace
}  // namespace rolecall::decision
