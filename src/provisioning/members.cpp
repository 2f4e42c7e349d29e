#include "members.hpp"

#include <unordered_set>

#include "rolecall/access/may_grant.hpp"
#include "rolecall/filter/evaluate.hpp"
#include "rolecall/granting/recompute.hpp"

namespace rolecall::provisioning {
namespace {

constexpr std::int64_t kMemberPage = 1'000;

class MemberEditor {
 public:
  MemberEditor(WriteSession& session, const store::ResourceRecord& group) : session_(session), group_(group) {}

  [[nodiscard]] bool changed() const { return changed_; }

  Result<void> add(const resource::MemberReference& reference) {
    ROLECALL_TRY(check_type(reference));
    const ResourceId id(reference.value);
    ROLECALL_TRY_ASSIGN(auto member, find_member(id));
    if (!member) {
      session_.notices.texts.push_back("a member was passed over: no resource of this connection has its id");
      return {};
    }
    if (member->id == group_.id) {
      return fail(ErrorCode::invalid_value, "A Group cannot be a member of itself.", "members");
    }
    ROLECALL_TRY(check_grant());
    ROLECALL_TRY_ASSIGN(const bool added,
                        session_.workspace.members().add(group_.id, member->id, member->type, session_.now));
    if (!added) return {};
    return after_change(*member, "group.member_added");
  }

  Result<void> remove(const ResourceId& id) {
    ROLECALL_TRY_ASSIGN(const bool removed, session_.workspace.members().remove(group_.id, id));
    if (!removed) {
      session_.notices.texts.push_back("a removal removed nobody: the resource was not a member");
      return {};
    }
    ROLECALL_TRY_ASSIGN(auto member, find_member(id));
    if (!member) return internal_error("a member of " + target_of(group_) + " has no row");
    return after_change(*member, "group.member_removed");
  }

  /// Removes every member that `leaves` says.
  template <typename Predicate>
  Result<void> remove_where(Predicate leaves) {
    ResourceId after;
    while (true) {
      ROLECALL_TRY_ASSIGN(auto page, session_.workspace.members().page(group_.id, after, kMemberPage));
      for (const store::MemberRecord& member : page) {
        if (leaves(member)) ROLECALL_TRY(remove(member.member));
      }
      if (page.size() < static_cast<std::size_t>(kMemberPage)) return {};
      after = page.back().member;
    }
  }

 private:
  /// A member that says it is something else than a User or a Group is a mistake, not one that is unknown.
  [[nodiscard]] Result<void> check_type(const resource::MemberReference& reference) const {
    const schema::Registry& registry = session_.environment.registry;
    for (const auto* type : {registry.find_type(reference.type), registry.find_type_by_endpoint(reference.endpoint)}) {
      if (type == nullptr || type->name == "User" || type->name == "Group") continue;
      return fail(ErrorCode::invalid_value, "A " + type->name + " cannot be a member of a Group.", "members");
    }
    return {};
  }

  Result<std::optional<store::ResourceRecord>> find_member(const ResourceId& id) {
    ROLECALL_TRY_ASSIGN(auto user, session_.workspace.resources().find(session_.caller.connection, "User", id));
    if (user) return user;
    return session_.workspace.resources().find(session_.caller.connection, "Group", id);
  }

  /// The gate for "a member gets the roles of this group", asked once per request and group.
  Result<void> check_grant() {
    if (grant_checked_) return {};
    ROLECALL_TRY_ASSIGN(auto links, session_.workspace.links().of_group(group_.id));
    ROLECALL_TRY_ASSIGN(auto ceiling, session_.workspace.roles().find(session_.connection.ceiling));
    const access::Grantor grantor{access::Grantor::Kind::connection, std::move(ceiling)};
    for (const store::LinkRecord& link : links) {
      if (link.state != store::LinkState::active) continue;
      ROLECALL_TRY_ASSIGN(auto role, session_.workspace.roles().find(link.role));
      if (!role) return internal_error("link " + link.id.value() + " names a role that is gone");
      ROLECALL_TRY(access::may_grant(grantor, *role, access::GrantPath::group_membership));
    }
    grant_checked_ = true;
    return {};
  }

  Result<void> after_change(const store::ResourceRecord& member, std::string_view action) {
    changed_ = true;
    ROLECALL_TRY(
        session_.trail.record(action, target_of(group_), json::Object{{"member", json::Value(target_of(member))}}));
    ROLECALL_TRY(session_.workspace.resources().touch(member.type, member.id, session_.now));
    // Who is in a group that joins or leaves another shows it, but has no role by it: links count for members alone.
    if (member.type == "Group") return session_.workspace.resources().touch_members_of(member.id, session_.now);
    return granting::recompute_user(session_.workspace, member, session_.trail, session_.environment.folder);
  }

  WriteSession& session_;
  const store::ResourceRecord& group_;
  bool grant_checked_ = false;
  bool changed_ = false;
};

json::Value element_of(const store::MemberRecord& member) {
  return json::Value(json::Object{{"value", json::Value(member.member.value())},
                                  {"type", json::Value(member.type)},
                                  {"display", json::Value(member.display)},
                                  {"$ref", json::Value(member.type + "s/" + member.member.value())}});
}

}  // namespace

Result<bool> apply_member_changes(WriteSession& session, const store::ResourceRecord& group,
                                  const std::vector<patch::MemberChange>& changes) {
  MemberEditor editor(session, group);
  for (const patch::MemberChange& change : changes) {
    switch (change.kind) {
      case patch::MemberChange::Kind::add:
        for (const auto& reference : change.members) ROLECALL_TRY(editor.add(reference));
        break;
      case patch::MemberChange::Kind::remove:
        for (const auto& reference : change.members) ROLECALL_TRY(editor.remove(ResourceId(reference.value)));
        break;
      case patch::MemberChange::Kind::replace_all: {
        std::unordered_set<std::string> staying;
        for (const auto& reference : change.members) staying.insert(reference.value);
        ROLECALL_TRY(editor.remove_where(
            [&](const store::MemberRecord& member) { return !staying.contains(member.member.value()); }));
        for (const auto& reference : change.members) ROLECALL_TRY(editor.add(reference));
        break;
      }
      case patch::MemberChange::Kind::remove_all:
        ROLECALL_TRY(editor.remove_where([](const store::MemberRecord&) { return true; }));
        break;
      case patch::MemberChange::Kind::remove_matching:
        ROLECALL_TRY(editor.remove_where([&](const store::MemberRecord& member) {
          return change.filter &&
                 filter::matches_element(*change.filter, element_of(member), session.environment.folder);
        }));
        break;
    }
  }
  return editor.changed();
}

}  // namespace rolecall::provisioning
