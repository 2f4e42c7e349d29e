#include "actions.hpp"

#include <algorithm>
#include <array>

namespace rolecall::connector::okta {
namespace {

using enum Repeat;
using Type = Parameter::Type;
using Text = std::string_view;

constexpr Text kUsers = "okta.users.manage";
constexpr Text kGroups = "okta.groups.manage";
constexpr Text kApps = "okta.apps.manage";

constexpr std::array<Text, 1> kUser{"user"};
constexpr std::array<Text, 2> kUserGroup{"user", "group"};
constexpr std::array<Text, 2> kUserApp{"user", "application"};
constexpr std::array<Text, 2> kUserFactor{"user", "factor"};

constexpr Parameter kSendEmail{"send_email", Type::boolean, false,
                               "Whether Okta writes to the person; it does if not said."};
constexpr Parameter kEndSessions{"end_sessions", Type::boolean, false,
                                 "Whether the person is signed out everywhere as well."};
constexpr std::array<Parameter, 1> kMail{kSendEmail};
constexpr std::array<Parameter, 1> kReset{kEndSessions};
constexpr auto kProfile = std::to_array<Parameter>({
    {"login", Type::text, true, "What the person signs in with: an address."},
    {"email", Type::text, true, "The address of work."},
    {"first_name", Type::text, true, "Given name."},
    {"last_name", Type::text, true, "Family name."},
    {"activate", Type::boolean, false, "Whether the person is activated, and written to, at once; not if not said."},
});

constexpr auto kSteps = std::to_array<Step>({
    {{"create", "Create user", once, kUsers, {}, "", false, kProfile}, "POST", "/users"},
    {{"activate", "Activate user", once, kUsers, kUser, "deprovision", false, kMail},
     "POST",
     "/users/{user}/lifecycle/activate"},
    {{"suspend", "Suspend user", conditional, kUsers, kUser, "unsuspend", false, {}},
     "POST",
     "/users/{user}/lifecycle/suspend"},
    {{"unsuspend", "Unsuspend user", conditional, kUsers, kUser, "suspend", false, {}},
     "POST",
     "/users/{user}/lifecycle/unsuspend"},
    {{"unlock", "Unlock user", conditional, kUsers, kUser, "", false, {}}, "POST", "/users/{user}/lifecycle/unlock"},
    {{"deprovision", "Deprovision user", conditional, kUsers, kUser, "", true, {}},
     "POST",
     "/users/{user}/lifecycle/deactivate",
     true},
    {{"delete", "Delete user", once, kUsers, kUser, "", true, {}}, "DELETE", "/users/{user}", true},
    {{"reset_password", "Reset password by e-mail", once, kUsers, kUser, "", false, kReset},
     "POST",
     "/users/{user}/lifecycle/reset_password"},
    {{"temporary_password", "Set a temporary password", once, kUsers, kUser, "", false, kReset},
     "POST",
     "/users/{user}/lifecycle/expire_password_with_temp_password"},
    {{"expire_password", "Expire password", natural, kUsers, kUser, "", false, {}},
     "POST",
     "/users/{user}/lifecycle/expire_password"},
    {{"reset_mfa", "Reset all factors", once, kUsers, kUser, "", true, {}},
     "POST",
     "/users/{user}/lifecycle/reset_factors"},
    {{"reset_factor", "Reset one factor", once, kUsers, kUserFactor, "", true, {}},
     "DELETE",
     "/users/{user}/factors/{object}"},
    {{"revoke_sessions", "Revoke sessions", natural, kUsers, kUser, "", false, {}}, "DELETE", "/users/{user}/sessions"},
    // No provider brings a session back: it is the call that lets the person begin one, which depends on the person.
    {{"restore_sessions", "Let user in again", conditional, kUsers, kUser, "", false, {}}, "", ""},
    {{"add_to_group", "Add user to group", natural, kGroups, kUserGroup, "remove_from_group", false, {}},
     "PUT",
     "/groups/{object}/users/{user}"},
    {{"remove_from_group", "Remove user from group", natural, kGroups, kUserGroup, "add_to_group", false, {}},
     "DELETE",
     "/groups/{object}/users/{user}"},
    {{"assign_application", "Assign application", natural, kApps, kUserApp, "remove_application", false, {}},
     "POST",
     "/apps/{object}/users"},
    {{"remove_application", "Remove application", natural, kApps, kUserApp, "assign_application", false, {}},
     "DELETE",
     "/apps/{object}/users/{user}"},
});

/// Those that leave their trace in the status of a person.
constexpr std::array<Text, 6> kTold{"activate", "suspend", "unsuspend", "unlock", "deprovision", "delete"};

constexpr auto types_of_steps() {
  std::array<ActionType, kSteps.size()> types;
  for (std::size_t at = 0; at < kSteps.size(); ++at) {
    types[at] = kSteps[at].type;
    types[at].ends_later = kSteps[at].is_asynchronous;
    types[at].is_told = std::find(kTold.begin(), kTold.end(), types[at].name) != kTold.end();
    types[at].removes = types[at].name == "delete";
  }
  return types;
}
constexpr auto kTypes = types_of_steps();

}  // namespace

const Step* find_step(std::string_view action) {
  for (const Step& step : kSteps) {
    if (step.type.name == action) return &step;
  }
  return nullptr;
}

std::span<const ActionType> OktaConnector::actions() const { return kTypes; }

}  // namespace rolecall::connector::okta
