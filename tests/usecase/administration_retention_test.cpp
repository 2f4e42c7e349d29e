#include <gmock/gmock.h>

#include "rolecall/administration/explanation.hpp"
#include "rolecall/administration/retention.hpp"
#include "world/administration_world.hpp"

namespace rolecall::administration {
namespace {

using rolecall::testing_support::World;
using std::chrono::hours;
using testing::ElementsAre;
using testing::HasSubstr;

class RetentionTest : public testing::Test {
 protected:
  void a_day_later() { world.clock.advance(hours(24)); }
  void forget(const Retention& retention) {
    const auto done = forget_old(world.environment, retention);
    ASSERT_TRUE(done) << done.error().detail << done.error().note;
  }
  /// The roles of the sentence, or why there is none.
  std::string told(const std::string& user, Instant at) {
    const auto explanation = explain_user_at(world.environment, world.workspace, user, at);
    if (!explanation) return explanation.error().detail;
    std::string roles;
    for (const auto& grant : explanation->grants) roles += (roles.empty() ? "" : ", ") + grant.role;
    return explanation->user_name + ": " + roles;
  }
  std::size_t audit_rows() {
    return store::read(
               *world.store,
               [&](store::UnitOfWork& unit) { return unit.workspace(world.workspace).audit().page(0, 100'000); })
        .value()
        .size();
  }

  World world;
  ResourceId maya = world.add_user("maya@example.com");
  ResourceId group = world.add_group("it-admins");
};

TEST_F(RetentionTest, HistoryByAge_AnswersFromTheHorizonOnAndRefusesBefore) {
  world.link("it-admins", "IT Admin");
  const Instant as_agent = world.clock.now();
  a_day_later();
  ASSERT_TRUE(world.join(maya, group));
  const Instant joined = world.clock.now();
  a_day_later();
  ASSERT_TRUE(world.leave(maya, group));
  const Instant left = world.clock.now();
  Retention retention;
  retention.history_age = hours(48);
  world.clock.advance(hours(24) - std::chrono::microseconds(1));
  const auto rows = audit_rows();
  forget(retention);
  EXPECT_EQ(told("maya@example.com", as_agent), "maya@example.com: IT Agent")
      << "it ended 48 hours ago, but for a blink";
  world.clock.advance(std::chrono::microseconds(1));
  forget(retention);
  EXPECT_THAT(told("maya@example.com", as_agent), HasSubstr("is not kept of before 2026-03-04T10:02:11"));
  EXPECT_EQ(told("maya@example.com", joined), "maya@example.com: IT Admin") << "at the horizon all is known";
  EXPECT_EQ(told("maya@example.com", left), "maya@example.com: IT Agent");
  forget(retention);
  EXPECT_EQ(told("maya@example.com", world.clock.now()), "maya@example.com: IT Agent");
  EXPECT_EQ(audit_rows(), rows) << "the audit is never forgotten";
}

TEST_F(RetentionTest, HistoryByCount_KeepsSoManyThatHaveEnded) {
  world.link("it-admins", "IT Admin");
  std::vector<Instant> changes{world.clock.now()};
  for (int i = 0; i < 3; ++i) {
    a_day_later();
    ASSERT_TRUE(i % 2 == 0 ? world.join(maya, group) : world.leave(maya, group));
    changes.push_back(world.clock.now());
  }
  a_day_later();
  Retention retention;
  retention.history_keep = 3;
  forget(retention);
  EXPECT_EQ(told("maya@example.com", changes[0]), "maya@example.com: IT Agent") << "three have ended: at the limit";
  retention.history_keep = 2;
  forget(retention);
  EXPECT_THAT(told("maya@example.com", changes[0]), HasSubstr("is not kept of before"));
  EXPECT_EQ(told("maya@example.com", changes[1]), "maya@example.com: IT Admin");
  EXPECT_EQ(told("maya@example.com", changes[2]), "maya@example.com: IT Agent");
}

TEST_F(RetentionTest, MoreThanGoInOneUnitOfWork_AllGo) {
  constexpr std::int64_t kSpells = 2'100;
  const Instant start = world.clock.now();
  ASSERT_TRUE(world.push([&](store::Workspace& reached, audit::Trail&) -> Result<void> {
    for (std::int64_t i = 1; i <= kSpells; ++i) {
      store::GrantSpell spell;
      spell.user = ResourceId("u" + std::to_string(i));
      spell.grant.role = RoleId("agent");
      spell.seq = i;
      spell.gained = start;
      ROLECALL_TRY(reached.grant_history().begin(spell));
      ROLECALL_TRY(reached.grant_history().end(spell, start + std::chrono::microseconds(i)));
    }
    return {};
  }));
  const auto are_more_than = [&](std::int64_t count) {
    return store::read(*world.store,
                       [&](store::UnitOfWork& unit) {
                         return unit.workspace(world.workspace).grant_history().end_beyond(count);
                       })
        .value()
        .has_value();
  };
  ASSERT_TRUE(are_more_than(kSpells - 1));
  ASSERT_FALSE(are_more_than(kSpells));
  a_day_later();
  Retention retention;
  retention.history_age = hours(0);
  forget(retention);
  EXPECT_FALSE(are_more_than(0));
}

TEST_F(RetentionTest, Answers_GoAfterSevenDaysOrWithTheSurplus) {
  const auto keep = [&](const WorkspaceId& workspace, const std::string& key) {
    ASSERT_TRUE(store::write(*world.store, [&](store::UnitOfWork& unit) -> Result<bool> {
      ROLECALL_TRY(unit.workspace(workspace).answers().keep({key, "r", 200, "{}", false, world.clock.now()}));
      return true;
    }));
  };
  const auto kept = [&] {
    std::vector<std::string> keys;
    for (const auto& workspace : {world.workspace, WorkspaceId()}) {
      for (const char* key : {"a", "b", "c"}) {
        const auto found = store::read(
            *world.store, [&](store::UnitOfWork& unit) { return unit.workspace(workspace).answers().find(key); });
        if (found.value()) keys.emplace_back((workspace.empty() ? "no workspace: " : "") + std::string(key));
      }
    }
    return keys;
  };
  keep(world.workspace, "a");
  keep(WorkspaceId(), "a");
  a_day_later();
  keep(world.workspace, "b");
  a_day_later();
  keep(world.workspace, "c");
  Retention retention;
  world.clock.advance(hours(5 * 24) - std::chrono::microseconds(1));
  forget(retention);
  EXPECT_THAT(kept(), ElementsAre("a", "b", "c", "no workspace: a"));
  world.clock.advance(std::chrono::microseconds(1));
  forget(retention);
  EXPECT_THAT(kept(), ElementsAre("b", "c"));
  retention.answers_keep = 1;
  forget(retention);
  EXPECT_THAT(kept(), ElementsAre("c"));
}

}  // namespace
}  // namespace rolecall::administration
