#include <gmock/gmock.h>

#include "rolecall/administration/explanation.hpp"
#include "world/administration_world.hpp"

namespace rolecall::administration {
namespace {

using rolecall::testing_support::read_source;
using rolecall::testing_support::World;

class Explain : public testing::Test {
 protected:
  /// Compares with tests/cases/explain/NAME.txt.
  void expect_text(const std::string& user, const std::string& name) {
    const auto explanation = explain_user(world.environment, world.workspace, user);
    ASSERT_TRUE(explanation) << explanation.error().detail << explanation.error().note;
    EXPECT_EQ(to_text(*explanation), read_source("tests/cases/explain/" + name + ".txt"));
  }
  void a_day_later() { world.clock.advance(std::chrono::hours(24)); }

  World world;
  ResourceId maya = world.add_user("maya@example.com");
};

TEST_F(Explain, OneLink_IsTheSentenceAndTheProof) {
  const auto group = world.add_group("it-admins");
  a_day_later();
  world.link("it-admins", "IT Admin");
  a_day_later();
  ASSERT_TRUE(world.join(maya, group));
  expect_text("MAYA@example.com", "one_link");
}

TEST_F(Explain, SeveralCauses_AreAllNamed) {
  const auto group = world.add_group("it-admins");
  world.link("it-admins", "IT Admin");
  ASSERT_TRUE(world.join(maya, group));
  ASSERT_TRUE(world.join(maya, world.group_of_role("IT Admin")));
  ASSERT_TRUE(world.join(maya, world.add_group("book-club")));
  a_day_later();
  ASSERT_TRUE(grant_direct(world.environment, world.workspace, world.admin, "maya@example.com", "HR Admin"));
  const auto paused = world.link("it-admins", "Finance Admin");
  ASSERT_TRUE(pause_link(world.environment, world.workspace, world.admin, paused.link.id));
  expect_text("maya@example.com", "several_causes");
}

TEST_F(Explain, Default_SaysWhoseItIs) { expect_text("maya@example.com", "default_role"); }

TEST_F(Explain, SentDefault_SaysSo) {
  ASSERT_TRUE(world.send_default(maya, "ops admin"));
  expect_text("maya@example.com", "sent_default");
}

TEST_F(Explain, RefusedDefault_SaysWhy) {
  ASSERT_TRUE(world.send_default(maya, "Owner"));
  expect_text("maya@example.com", "refused_default");
  ASSERT_TRUE(world.send_default(maya, "Grand Vizier"));
  expect_text("maya@example.com", "unknown_default");
}

TEST_F(Explain, Deactivated_SaysWhatWaits) {
  ASSERT_TRUE(world.join(maya, world.group_of_role("IT Admin")));
  ASSERT_TRUE(grant_direct(world.environment, world.workspace, world.admin, "maya@example.com", "HR Admin"));
  ASSERT_TRUE(world.set_active(maya, false));
  expect_text("maya@example.com", "deactivated");
}

TEST_F(Explain, Approval_IsShownFromItsInstantOn_AndOutlivesTheLink) {
  const auto group = world.add_group("it-admins");
  const auto link = world.link("it-admins", "IT Admin");
  ASSERT_TRUE(world.join(maya, group));
  const Instant before = world.clock.now();
  a_day_later();
  const Actor lee{"lee", RequestId("request")};
  ASSERT_TRUE(approve_link(world.environment, world.workspace, lee, link.link.id));
  const Instant approved = world.clock.now();
  a_day_later();
  ASSERT_TRUE(remove_link(world.environment, world.workspace, world.admin, link.link.id));

  const auto approver_at = [&](Instant at) {
    const auto explanation = explain_user_at(world.environment, world.workspace, "maya@example.com", at);
    return explanation && explanation->grants.size() == 1 ? explanation->grants.front().approved_by : "no explanation";
  };
  EXPECT_EQ(approver_at(before), "");
  EXPECT_EQ(approver_at(approved - std::chrono::microseconds(1)), "");
  EXPECT_EQ(approver_at(approved), "lee");
  EXPECT_EQ(approver_at(world.clock.now() - std::chrono::microseconds(1)), "lee");
  EXPECT_EQ(approver_at(world.clock.now()), "") << "the default role is left";
}

TEST_F(Explain, HostileNames_DoNotReachTheTerminal) {
  world.add_user(
      "evil\x1b[2J\r\nROLE        Owner\xc2\x9b"
      "31m");
  const auto explanation = explain_user(world.environment, world.workspace,
                                        "evil\x1b[2J\r\nROLE        Owner\xc2\x9b"
                                        "31m");
  ASSERT_TRUE(explanation);
  const std::string text = to_text(*explanation);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_EQ(text.find('\r'), std::string::npos);
  EXPECT_EQ(text.find("\xc2\x9b"), std::string::npos);
  EXPECT_EQ(text.find("\nROLE        Owner"), std::string::npos);
}

TEST_F(Explain, UnknownUser_IsNotFound) {
  EXPECT_EQ(explain_user(world.environment, world.workspace, "nobody").error().code, ErrorCode::not_found);
}

}  // namespace
}  // namespace rolecall::administration
