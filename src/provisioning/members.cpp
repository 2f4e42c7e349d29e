#include "members.hpp"

#include <unordered_set>

#include "rolecall/base/random.hpp"
#include "rolecall/filter/evaluate.hpp"
#include "rolecall/granting/membership.hpp"

namespace rolecall::provisioning {
namespace {

constexpr std::int64_t kMemberPage = 1'000;

/// Members of a request that nobody in reach of the connection is.
class Strangers {
 public:
  void add(const std::string& value) {
    ++count_;
    if (named_.size() < kNamed) named_.push_back(value);
  }
  [[nodiscard]] bool empty() const { return count_ == 0; }

  /// For the client, who sent these texts.
  [[nodiscard]] Error refusal() const {
    std::string names;
    for (const std::string& value : named_) names += (names.empty() ? "" : ", ") + value;
    if (count_ > named_.size()) names += " and " + std::to_string(count_ - named_.size()) + " more";
    return Error{ErrorCode::invalid_value,
                 "No User or Group in reach of this connection has the id " + names + ". Nothing was changed.",
                 "members.value",
                 {},
                 {}};
  }
  [[nodiscard]] std::string notice() const {
    return count_ == 1
               ? "a member was passed over: no resource of this connection has its id"
               : std::to_string(count_) + " members were passed over: no resources of this connection have their ids";
  }
  /// For the audit, which holds no text of a client.
  [[nodiscard]] json::Object details() const {
    json::Array ids;
    for (const std::string& value : named_) {
      if (is_generated_id(value)) ids.emplace_back(value);
    }
    return {{"count", static_cast<std::int64_t>(count_)}, {"members", std::move(ids)}};
  }

 private:
  static constexpr std::size_t kNamed = 20;
  std::size_t count_ = 0;
  std::vector<std::string> named_;
};

class MemberEditor {
 public:
  MemberEditor(WriteSession& session, const store::ResourceRecord& group) : session_(session), group_(group) {}

  [[nodiscard]] bool changed() const { return changed_; }

  Result<void> add(const resource::MemberReference& reference) {
    ROLECALL_TRY(check_type(reference));
    ROLECALL_TRY_ASSIGN(const auto member, find_member(reference));
    if (!member) return add_stranger(reference);
    if (member->id == group_.id) {
      return fail(ErrorCode::invalid_value, "A Group cannot be a member of itself.", "members");
    }
    ROLECALL_TRY(check_grant());
    ROLECALL_TRY_ASSIGN(const bool added, granting::join(session_.workspace, group_.id, *member, session_.trail,
                                                         session_.environment.folder));
    changed_ = changed_ || added;
    if (!added) session_.kept_members.insert(member->id.value());
    return {};
  }

  Result<void> remove(const resource::MemberReference& reference) {
    ROLECALL_TRY_ASSIGN(const auto member, find_member(reference));
    bool removed = false;
    if (member) {
      ROLECALL_TRY_ASSIGN(removed, remove(*member));
    }
    if (!removed) {
      ROLECALL_TRY_ASSIGN(removed, unpark(reference.value, type_of(reference)));
    }
    if (!removed) session_.notices.texts.push_back("a removal removed nobody: the resource was not a member");
    return {};
  }

  /// Makes the references all that is left, besides what the adds that follow bring.
  Result<void> keep_only(const std::vector<resource::MemberReference>& references) {
    std::unordered_set<std::string> staying;
    for (const auto& reference : references) staying.insert(reference.value);
    ROLECALL_TRY(unpark_where([&](const auto& parked) { return !staying.contains(parked.value); }));
    if (does_park()) {
      for (const auto& reference : references) {
        ROLECALL_TRY_ASSIGN(const auto member, find_member(reference));
        if (member) staying.insert(member->id.value());
      }
    }
    return remove_where([&](const auto& member) { return !staying.contains(member.member.value()); });
  }

  /// Removes every member that `leaves` says.
  template <typename Predicate>
  Result<void> remove_where(Predicate leaves) {
    ResourceId after;
    while (true) {
      ROLECALL_TRY_ASSIGN(const auto page, session_.workspace.members().page(group_.id, after, kMemberPage));
      for (const store::MemberRecord& member : page) {
        if (!leaves(member)) continue;
        ROLECALL_TRY_ASSIGN(const auto record, find_by_id(member.member));
        if (!record) return internal_error("a member of " + target_of(group_) + " has no row");
        ROLECALL_TRY(remove(*record));
      }
      if (page.size() < static_cast<std::size_t>(kMemberPage)) return {};
      after = page.back().member;
    }
  }

  /// The same for those who are parked, whatever the policy is by now.
  template <typename Predicate>
  Result<void> unpark_where(Predicate leaves) {
    std::string after;
    while (true) {
      ROLECALL_TRY_ASSIGN(const auto page, session_.workspace.parked_members().page(group_.id, after, kMemberPage));
      for (const store::ParkedMemberRecord& parked : page) {
        if (leaves(parked)) ROLECALL_TRY(unpark(parked.value, parked.type));
      }
      if (page.size() < static_cast<std::size_t>(kMemberPage)) return {};
      after = page.back().value;
    }
  }

  /// After the last change: what becomes of those whom nobody is.
  Result<void> finish() {
    if (strangers_.empty()) return {};
    if (session_.connection.unknown_members == store::UnknownMemberPolicy::strict) return fail(strangers_.refusal());
    session_.notices.texts.push_back(strangers_.notice());
    return session_.trail.record("group.member_unknown", target_of(group_), strangers_.details());
  }

 private:
  [[nodiscard]] bool does_park() const {
    return session_.connection.unknown_members == store::UnknownMemberPolicy::parked;
  }

  /// "User" or "Group"; empty when the client did not say.
  [[nodiscard]] std::string type_of(const resource::MemberReference& reference) const {
    const schema::Registry& registry = session_.environment.registry;
    for (const auto* type : {registry.find_type(reference.type), registry.find_type_by_endpoint(reference.endpoint)}) {
      if (type != nullptr) return type->name;
    }
    return {};
  }

  /// A member that says it is something else than a User or a Group is a mistake, not one that is unknown.
  [[nodiscard]] Result<void> check_type(const resource::MemberReference& reference) const {
    const schema::Registry& registry = session_.environment.registry;
    for (const auto* type : {registry.find_type(reference.type), registry.find_type_by_endpoint(reference.endpoint)}) {
      if (type == nullptr || type->name == "User" || type->name == "Group") continue;
      return fail(ErrorCode::invalid_value, "A " + type->name + " cannot be a member of a Group.", "members");
    }
    return {};
  }

  Result<std::optional<store::ResourceRecord>> find_by_id(const ResourceId& id) {
    ROLECALL_TRY_ASSIGN(auto user, session_.workspace.resources().find(session_.caller.connection, "User", id));
    if (user) return user;
    return session_.workspace.resources().find(session_.caller.connection, "Group", id);
  }

  /// By id; where members are parked, whose ids their client cannot know yet, by externalId as well. One that several
  /// have names nobody.
  Result<std::optional<store::ResourceRecord>> find_member(const resource::MemberReference& reference) {
    ROLECALL_TRY_ASSIGN(auto member, find_by_id(ResourceId(reference.value)));
    if (member || !does_park()) return member;
    const std::string said = type_of(reference);
    for (const char* type : {"User", "Group"}) {
      if (!said.empty() && said != type) continue;
      ROLECALL_TRY_ASSIGN(auto found, session_.workspace.resources().find_by_external_id(session_.caller.connection,
                                                                                         type, reference.value, 2));
      if (found.size() == 1) return std::optional(std::move(found.front()));
    }
    return std::optional<store::ResourceRecord>();
  }

  Result<void> add_stranger(const resource::MemberReference& reference) {
    if (!does_park()) {
      strangers_.add(reference.value);
      return {};
    }
    auto& parked_members = session_.workspace.parked_members();
    if (!parked_) {
      ROLECALL_TRY_ASSIGN(parked_, parked_members.count(group_.id));
    }
    ROLECALL_TRY_ASSIGN(const bool added,
                        parked_members.add({group_.id, reference.value, type_of(reference), session_.now}));
    if (!added) {
      session_.kept_members.insert(reference.value);
      return {};
    }
    if (*parked_ >= session_.environment.parked_members) {
      ROLECALL_TRY(parked_members.remove(group_.id, reference.value));
      strangers_.add(reference.value);
      return {};
    }
    ++*parked_;
    note_stranger(session_.effect.parked, session_.effect.unparked, reference.value, type_of(reference));
    return session_.trail.record("group.member_parked", target_of(group_),
                                 granting::describe_stranger(reference.value));
  }

  /// For the guard. Audit rows hold no text of a client, so it cannot find these out from them.
  void note_stranger(std::map<std::string, std::string>& done, std::map<std::string, std::string>& undone,
                     const std::string& value, const std::string& type) const {
    if (group_.id == session_.effect.id && undone.erase(value) == 0) done.emplace(value, type);
  }

  Result<bool> unpark(const std::string& value, const std::string& type) {
    ROLECALL_TRY_ASSIGN(const bool removed, session_.workspace.parked_members().remove(group_.id, value));
    if (!removed) return false;
    if (parked_) --*parked_;
    note_stranger(session_.effect.unparked, session_.effect.parked, value, type);
    json::Object details = granting::describe_stranger(value);
    details.append("because", "removed");
    ROLECALL_TRY(session_.trail.record("group.member_unparked", target_of(group_), std::move(details)));
    return true;
  }

  Result<bool> remove(const store::ResourceRecord& member) {
    ROLECALL_TRY_ASSIGN(const bool removed, granting::leave(session_.workspace, group_.id, member, session_.trail,
                                                            session_.environment.folder));
    changed_ = changed_ || removed;
    return removed;
  }

  /// Asked once per request and group.
  Result<void> check_grant() {
    if (grant_checked_) return {};
    ROLECALL_TRY(granting::check_membership(session_.workspace, session_.connection, group_.id));
    grant_checked_ = true;
    return {};
  }

  WriteSession& session_;
  const store::ResourceRecord& group_;
  Strangers strangers_;
  std::optional<std::int64_t> parked_;  ///< how many there are, once it matters
  bool grant_checked_ = false;
  bool changed_ = false;
};

json::Value element_of(const store::ParkedMemberRecord& parked) {
  json::Object element{{"value", parked.value}};
  if (!parked.type.empty()) element.append("type", parked.type);
  return json::Value(std::move(element));
}

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
  const auto everybody = [](const auto&) { return true; };
  for (const patch::MemberChange& change : changes) {
    switch (change.kind) {
      case patch::MemberChange::Kind::add:
        for (const auto& reference : change.members) ROLECALL_TRY(editor.add(reference));
        break;
      case patch::MemberChange::Kind::remove:
        for (const auto& reference : change.members) ROLECALL_TRY(editor.remove(reference));
        break;
      case patch::MemberChange::Kind::replace_all:
        ROLECALL_TRY(editor.keep_only(change.members));
        for (const auto& reference : change.members) ROLECALL_TRY(editor.add(reference));
        break;
      case patch::MemberChange::Kind::remove_all:
        ROLECALL_TRY(editor.unpark_where(everybody));
        ROLECALL_TRY(editor.remove_where(everybody));
        break;
      case patch::MemberChange::Kind::remove_matching: {
        const auto is_meant = [&](const auto& member) {
          return change.filter &&
                 filter::matches_element(*change.filter, element_of(member), session.environment.folder);
        };
        ROLECALL_TRY(editor.unpark_where(is_meant));
        ROLECALL_TRY(editor.remove_where(is_meant));
        break;
      }
    }
  }
  ROLECALL_TRY(editor.finish());
  return editor.changed();
}

}  // namespace rolecall::provisioning
