#include "rolecall/administration/adoption.hpp"

#include "handover.hpp"
#include "lookup.hpp"

namespace rolecall::administration {
namespace {

/// Runs `take(Change&, Handover&)` and what follows from it.
template <typename F>
Result<Adoption> adopt(const Environment& environment, const WorkspaceId& workspace, const Actor& actor,
                       const AdoptionWish& wish, const F& take) {
  return in_change(environment, workspace, actor, [&](Change& change) -> Result<Adoption> {
    ROLECALL_TRY_ASSIGN(const auto to, find_connection(change.workspace, wish.connection));
    Handover handover(change, to, wish.keep_roles);
    ROLECALL_TRY(take(change, handover, to));
    return handover.settle();
  });
}

/// All of one type that the connection has and may give away.
Result<void> take_all(Change& change, Handover& handover, std::string_view type, const ConnectionId& from) {
  store::NamePlace after;
  while (true) {
    ROLECALL_TRY_ASSIGN(const auto page, change.workspace.resources().list(type, after, kLongestPage));
    for (const auto& record : page) {
      if (record.connection != from) continue;
      if (type == "Group") {
        ROLECALL_TRY_ASSIGN(const auto role_group, change.workspace.roles().find_group(record.id));
        if (role_group) continue;
      }
      ROLECALL_TRY(handover.take(record));
    }
    if (page.empty()) return {};
    after = store::place_of(page.back());
  }
}

}  // namespace

Result<Adoption> adopt_user(const Environment& environment, const WorkspaceId& workspace, const Actor& actor,
                            const std::string& name, const AdoptionWish& wish) {
  return adopt(environment, workspace, actor, wish,
               [&](Change& change, Handover& handover, const store::ConnectionRecord&) -> Result<void> {
                 ROLECALL_TRY_ASSIGN(const auto user, find_user(change.workspace, environment.folder, name));
                 return handover.take(user);
               });
}

Result<Adoption> adopt_group(const Environment& environment, const WorkspaceId& workspace, const Actor& actor,
                             const std::string& name, const std::string& from, const AdoptionWish& wish) {
  return adopt(environment, workspace, actor, wish,
               [&](Change& change, Handover& handover, const store::ConnectionRecord&) -> Result<void> {
                 ROLECALL_TRY_ASSIGN(const auto group, find_group(change.workspace, environment.folder, name, from));
                 return handover.take(group);
               });
}

Result<Adoption> adopt_connection(const Environment& environment, const WorkspaceId& workspace, const Actor& actor,
                                  const std::string& from_name, const AdoptionWish& wish) {
  return adopt(environment, workspace, actor, wish,
               [&](Change& change, Handover& handover, const store::ConnectionRecord& to) -> Result<void> {
                 ROLECALL_TRY_ASSIGN(const auto from, find_connection(change.workspace, from_name));
                 if (from.id == to.id) {
                   return fail(ErrorCode::conflict, "A connection cannot adopt what it has. Name two connections.");
                 }
                 handover.name_origin(from.name);
                 ROLECALL_TRY(take_all(change, handover, "User", from.id));
                 return take_all(change, handover, "Group", from.id);
               });
}

}  // namespace rolecall::administration
