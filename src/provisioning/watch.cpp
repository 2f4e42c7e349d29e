#include "watch.hpp"

namespace rolecall::provisioning {
namespace {

constexpr std::string_view kUser = "User/";
constexpr std::string_view kGroup = "Group/";

/// "Role/<id>" as its id.
std::string id_in(const json::Object& details, std::string_view name) {
  const json::Value* value = details.find(name);
  const std::string* text = value != nullptr ? value->as_string() : nullptr;
  return text != nullptr ? text->substr(text->find('/') + 1) : std::string();
}

access::CauseKind cause_in(const json::Object& details) {
  const json::Value* value = details.find("cause");
  for (const auto cause : {access::CauseKind::link, access::CauseKind::direct, access::CauseKind::asserted}) {
    if (value != nullptr && *value == json::Value(access::name_of(cause))) return cause;
  }
  return access::CauseKind::default_role;
}

}  // namespace

void Watch::see(std::string_view action, std::string_view target, const json::Object& details) {
  if (target.starts_with(kGroup)) {
    const bool is_added = action == "group.member_added";
    const bool is_own = target.substr(kGroup.size()) == effect_.id.value();
    if (is_own && (is_added || action == "group.member_removed")) see_member(details, is_added);
    return;
  }
  if (!target.starts_with(kUser)) return;
  const auto person = [&]() -> Person& { return people_[ResourceId(std::string(target.substr(kUser.size())))]; };
  const bool is_won = action == "grant.added";
  if (is_won || action == "grant.removed") {
    const access::Grant grant{RoleId(id_in(details, "role")), cause_in(details), LinkId(id_in(details, "link")),
                              ResourceId(id_in(details, "group"))};
    Person& who = person();
    who.difference[grant] += is_won ? 1 : -1;
    who.has_lost = who.has_lost || !is_won;
    is_harmless_ = is_harmless_ && is_won;
  } else if (action == "user.deactivated" || action == "user.deleted") {
    is_harmless_ = false;
    (action == "user.deleted" ? person().is_deleted : person().is_deactivated) = true;
  } else if (action == "user.reactivated") {
    person().is_deactivated = false;
  }
}

void Watch::see_member(const json::Object& details, bool is_added) {
  std::string member = id_in(details, "member");
  auto& undone = is_added ? effect_.removed : effect_.added;
  if (undone.erase(member) == 0) (is_added ? effect_.added : effect_.removed).insert(std::move(member));
}

}  // namespace rolecall::provisioning
