#include "rolecall/access/guard.hpp"

#include <algorithm>
#include <set>
#include <string>

namespace rolecall::access {
namespace {

Result<void> check_range(const char* member, std::int64_t value, std::int64_t least, std::int64_t most) {
  if (value >= least && value <= most) return {};
  return fail(
      ErrorCode::invalid_value,
      std::string(member) + " is a whole number from " + std::to_string(least) + " to " + std::to_string(most) + ".",
      member);
}

std::set<RoleId> roles_of(const std::vector<Grant>& grants) {
  std::set<RoleId> roles;
  for (const Grant& grant : grants) roles.insert(grant.role);
  return roles;
}

bool is_by_default_only(const std::vector<Grant>& grants) {
  return std::all_of(grants.begin(), grants.end(),
                     [](const Grant& grant) { return grant.cause == CauseKind::default_role; });
}

}  // namespace

const char* name_of(GuardMode mode) {
  switch (mode) {
    case GuardMode::hold:
      return "hold";
    case GuardMode::observe:
      return "observe";
    case GuardMode::off:
      return "off";
  }
  return "";
}

Result<GuardMode> parse_guard_mode(std::string_view text) {
  for (const auto mode : {GuardMode::hold, GuardMode::observe, GuardMode::off}) {
    if (text == name_of(mode)) return mode;
  }
  return fail(ErrorCode::invalid_value, "The mode of the guard is hold, observe or off.", "mode");
}

const char* name_of(GuardAnswer answer) { return answer == GuardAnswer::accept ? "accept" : "refuse"; }

Result<GuardAnswer> parse_guard_answer(std::string_view text) {
  for (const auto answer : {GuardAnswer::refuse, GuardAnswer::accept}) {
    if (text == name_of(answer)) return answer;
  }
  return fail(ErrorCode::invalid_value, "The answer of the guard is refuse or accept.", "answer");
}

Result<void> check(const GuardSettings& settings) {
  ROLECALL_TRY(check_range("minimum", settings.minimum, 0, kGuardMinimumMost));
  ROLECALL_TRY(check_range("percent", settings.percent, 0, 100));
  ROLECALL_TRY(check_range("window_minutes", settings.window.count(), 1, kGuardWindowMost.count()));
  ROLECALL_TRY(check_range("newcomer_hours", settings.newcomers.count(), 0, kGuardNewcomersMost.count()));
  return check_range("auto_apply_minutes", settings.auto_apply.count(), 0, kGuardAutoApplyMost.count());
}

std::int64_t guard_limit(const GuardSettings& settings, std::int64_t active_users) {
  return std::max(settings.minimum, active_users * settings.percent / 100);
}

bool is_over(const GuardSettings& settings, std::int64_t counted, std::int64_t added, std::int64_t active_users) {
  return added > 0 && counted + added > guard_limit(settings, active_users);
}

bool is_newcomer(const GuardSettings& settings, Instant created, Instant now) {
  return created > now - settings.newcomers;
}

std::vector<RoleId> taken_roles(const std::vector<Grant>& before, const std::vector<Grant>& after,
                                const std::map<RoleId, Role>& roles) {
  const auto held_before = roles_of(before);
  const auto held_after = roles_of(after);
  Role won;  // everything that is held now, if any of it is new
  for (const RoleId& id : held_after) {
    const auto role = roles.find(id);
    if (role == roles.end()) continue;
    won.permissions.insert(won.permissions.end(), role->second.permissions.begin(), role->second.permissions.end());
  }
  std::sort(won.permissions.begin(), won.permissions.end());
  const bool has_won =
      std::any_of(held_after.begin(), held_after.end(), [&](const RoleId& id) { return held_before.count(id) == 0; });
  const bool was_fallback = is_by_default_only(before) && !after.empty() && !is_by_default_only(after);
  std::vector<RoleId> taken;
  for (const RoleId& id : held_before) {
    if (held_after.count(id) != 0) continue;
    const auto role = roles.find(id);
    const bool is_protected = role != roles.end() && role->second.is_protected;
    const bool is_covered = has_won && (role == roles.end() || is_under(role->second, won));
    if (is_protected || (!was_fallback && !is_covered)) taken.push_back(id);
  }
  return taken;
}

}  // namespace rolecall::access
