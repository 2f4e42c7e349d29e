#include "rolecall/access/guard.hpp"

#include <gtest/gtest.h>

namespace rolecall::access {
namespace {

TEST(GuardLimit, IsTheLargerOfMinimumAndPercentage) {
  struct Case {
    std::int64_t minimum, percent, active, limit;
  };
  constexpr Case kCases[] = {
      {25, 20, 0, 25},
      {25, 20, 124, 25},
      {25, 20, 125, 25},
      {25, 20, 130, 26},
      {25, 20, 1000, 200},
      {25, 20, 1003, 200},
      {25, 20, 1005, 201},
      {0, 0, 1000, 0},
      {0, 100, 7, 7},
      {1, 0, 1000, 1},
      {25, 20, 5'000'000'000, 1'000'000'000},
  };
  for (const Case& one : kCases) {
    GuardSettings settings;
    settings.minimum = one.minimum;
    settings.percent = one.percent;
    EXPECT_EQ(guard_limit(settings, one.active), one.limit) << one.minimum << " " << one.percent << " " << one.active;
    EXPECT_FALSE(is_over(settings, one.limit - 1, 1, one.active)) << "at the limit";
    EXPECT_TRUE(is_over(settings, one.limit, 1, one.active)) << "one past it";
    EXPECT_FALSE(is_over(settings, 0, one.limit, one.active)) << "all at once, at the limit";
    EXPECT_TRUE(is_over(settings, 0, one.limit + 1, one.active)) << "all at once, one past it";
    EXPECT_FALSE(is_over(settings, one.limit + 5, 0, one.active)) << "who loses nothing new is not held";
  }
}

TEST(GuardNewcomers, AreThoseYoungerThanTheSetting) {
  const Instant now{std::chrono::hours(1'000'000)};
  GuardSettings settings;
  EXPECT_TRUE(is_newcomer(settings, now, now));
  EXPECT_TRUE(is_newcomer(settings, now - std::chrono::hours(24) + std::chrono::microseconds(1), now));
  EXPECT_FALSE(is_newcomer(settings, now - std::chrono::hours(24), now));
  settings.newcomers = std::chrono::hours(0);
  EXPECT_FALSE(is_newcomer(settings, now, now));
}

TEST(GuardSettingsCheck, EveryNumberHasItsRange) {
  struct Case {
    const char* member;
    void (*set)(GuardSettings&, std::int64_t);
    std::int64_t least, most;
  };
  const Case cases[] = {
      {"minimum", [](GuardSettings& s, std::int64_t n) { s.minimum = n; }, 0, 1'000'000},
      {"percent", [](GuardSettings& s, std::int64_t n) { s.percent = n; }, 0, 100},
      {"window_minutes", [](GuardSettings& s, std::int64_t n) { s.window = std::chrono::minutes(n); }, 1, 10'080},
      {"newcomer_hours", [](GuardSettings& s, std::int64_t n) { s.newcomers = std::chrono::hours(n); }, 0, 2'160},
      {"auto_apply_minutes", [](GuardSettings& s, std::int64_t n) { s.auto_apply = std::chrono::minutes(n); }, 0,
       10'080},
  };
  EXPECT_TRUE(check(GuardSettings()));
  for (const Case& one : cases) {
    for (const auto& [number, is_good] : {std::pair(one.least, true), std::pair(one.least - 1, false),
                                          std::pair(one.most, true), std::pair(one.most + 1, false)}) {
      GuardSettings settings;
      one.set(settings, number);
      const auto checked = check(settings);
      EXPECT_EQ(checked.has_value(), is_good) << one.member << " " << number;
      if (!checked) {
        EXPECT_EQ(checked.error().attribute, one.member);
      }
    }
  }
}

TEST(GuardNames, ComeBackAndNothingElse) {
  for (const auto mode : {GuardMode::hold, GuardMode::observe, GuardMode::off}) {
    EXPECT_EQ(*parse_guard_mode(name_of(mode)), mode);
  }
  for (const auto answer : {GuardAnswer::refuse, GuardAnswer::accept}) {
    EXPECT_EQ(*parse_guard_answer(name_of(answer)), answer);
  }
  EXPECT_FALSE(parse_guard_mode("Hold"));
  EXPECT_FALSE(parse_guard_answer(""));
}

class TakenRoles : public ::testing::Test {
 protected:
  static std::map<RoleId, Role> roles() {
    std::map<RoleId, Role> all;
    const auto add = [&](const char* id, std::vector<std::string> permissions, bool is_protected = false) {
      Role role;
      role.id = RoleId(id);
      role.permissions = std::move(permissions);
      role.is_protected = is_protected;
      all.emplace(role.id, std::move(role));
    };
    add("agent", {"a"});
    add("admin", {"a", "b"});
    add("other", {"c"});
    add("empty", {});
    add("owner", {"a", "b", "c"}, true);
    return all;
  }
  static Grant linked(const char* role, const char* group = "g") {
    return {RoleId(role), CauseKind::link, LinkId("l"), ResourceId(group)};
  }
  static Grant by(CauseKind cause, const char* role) { return {RoleId(role), cause, {}, {}}; }
};

TEST_F(TakenRoles, AreToldByWhatIsHeldBeforeAndAfter) {
  const Grant fallback = by(CauseKind::default_role, "agent");
  const Grant other_fallback = by(CauseKind::default_role, "empty");
  struct Case {
    const char* what;
    std::vector<Grant> before, after;
    std::vector<const char*> taken;
  };
  const Case cases[] = {
      {"nothing changes", {linked("admin")}, {linked("admin")}, {}},
      {"deactivated", {linked("admin"), linked("other")}, {}, {"admin", "other"}},
      {"deactivated with the default role", {fallback}, {}, {"agent"}},
      {"out of a linked group", {linked("admin")}, {fallback}, {"admin"}},
      {"out of one of two groups of a role", {linked("admin", "g"), linked("admin", "h")}, {linked("admin", "h")}, {}},
      {"still granted by hand",
       {linked("admin"), by(CauseKind::direct, "admin")},
       {by(CauseKind::direct, "admin")},
       {}},
      {"no longer asserted", {by(CauseKind::asserted, "other")}, {fallback}, {"other"}},
      {"into a group: the fallback is not taken", {fallback}, {linked("other")}, {}},
      {"into a group whose role can do nothing", {fallback}, {linked("empty")}, {}},
      {"promoted", {linked("agent")}, {linked("admin")}, {}},
      {"demoted", {linked("admin")}, {linked("agent")}, {"admin"}},
      {"moved aside", {linked("agent")}, {linked("other")}, {"agent"}},
      {"one of two, which covers the other", {linked("agent"), linked("admin")}, {linked("admin")}, {"agent"}},
      {"a lower default", {fallback}, {other_fallback}, {"agent"}},
      {"protected, whatever is won", {by(CauseKind::direct, "owner")}, {linked("admin")}, {"owner"}},
      {"a role that is gone", {linked("gone")}, {fallback}, {}},
      {"a role that is gone, and nothing instead", {linked("gone")}, {}, {"gone"}},
  };
  for (const Case& one : cases) {
    std::vector<RoleId> wanted;
    for (const char* role : one.taken) wanted.emplace_back(role);
    EXPECT_EQ(taken_roles(one.before, one.after, roles()), wanted) << one.what;
  }
}

}  // namespace
}  // namespace rolecall::access
