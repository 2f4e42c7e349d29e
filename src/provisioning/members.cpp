#include "members.hpp"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "rolecall/base/random.hpp"
#include "rolecall/filter/evaluate.hpp"
#include "rolecall/granting/membership.hpp"

namespace rolecall::provisioning {
namespace {

constexpr std::int64_t kMemberPage = 1'000;
/// Members of one request that join or leave at once, so that a long list is not held a second time.
constexpr std::size_t kAtOnce = 500;

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

  Result<void> add(const std::vector<resource::MemberReference>& references) {
    for (std::size_t first = 0; first < references.size(); first += kAtOnce) {
      ROLECALL_TRY(add_some(references, first, std::min(first + kAtOnce, references.size())));
    }
    return {};
  }

  Result<void> remove(const std::vector<resource::MemberReference>& references) {
    // Where some are parked the one who is no member may be one of those, of which the audit tells in its place.
    ROLECALL_TRY_ASSIGN(const bool is_one_parked, is_anybody_parked());
    const std::size_t at_once = is_one_parked ? 1 : kAtOnce;
    for (std::size_t first = 0; first < references.size(); first += at_once) {
      ROLECALL_TRY(remove_some(references, first, std::min(first + at_once, references.size())));
    }
    return {};
  }

  /// Makes the references all that is left, besides what the adds that follow bring.
  Result<void> keep_only(const std::vector<resource::MemberReference>& references) {
    std::unordered_set<std::string> staying;
    for (const auto& reference : references) staying.insert(reference.value);
    ROLECALL_TRY(unpark_where([&](const auto& parked) { return !staying.contains(parked.value); }));
    if (does_park()) {
      ROLECALL_TRY_ASSIGN(const auto found, find_all(references, 0, references.size()));
      for (const auto& reference : references) {
        ROLECALL_TRY_ASSIGN(const auto member, find_member(reference, found));
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
      std::vector<ResourceId> leaving;
      for (const store::MemberRecord& member : page) {
        if (leaves(member)) leaving.push_back(member.member);
      }
      ROLECALL_TRY(remove_found(leaving));
      if (page.size() < static_cast<std::size_t>(kMemberPage)) return {};
      after = page.back().member;
    }
  }

  /// The same for those who are parked, whatever the policy is by now.
  template <typename Predicate>
  Result<void> unpark_where(Predicate leaves) {
    ROLECALL_TRY_ASSIGN(const bool is_one_parked, is_anybody_parked());
    if (!is_one_parked) return {};
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

  using Found = std::unordered_map<std::string, store::ResourceRecord>;

  Result<Found> find_all(const std::vector<resource::MemberReference>& references, std::size_t first,
                         std::size_t last) {
    std::vector<ResourceId> ids;
    for (std::size_t i = first; i < last; ++i) ids.emplace_back(references[i].value);
    return find_all(ids);
  }

  Result<Found> find_all(const std::vector<ResourceId>& ids) {
    Found found;
    if (ids.empty()) return found;
    ROLECALL_TRY_ASSIGN(auto records, session_.workspace.resources().find_members(session_.caller.connection, ids));
    // Should a User and a Group have one id, the User is meant.
    for (const char* type : {"User", "Group"}) {
      for (const auto& record : records) {
        if (record.type == type) found.emplace(record.id.value(), record);
      }
    }
    return found;
  }

  /// As many of the references as can be told apart from each other and from those who wait to be known join at once;
  /// the first that is refused stops those after it and not those before it, whose own refusal would come first.
  Result<void> add_some(const std::vector<resource::MemberReference>& references, std::size_t first, std::size_t last) {
    ROLECALL_TRY_ASSIGN(const auto found, find_all(references, first, last));
    std::vector<store::ResourceRecord> joining;
    std::unordered_set<std::string> named;
    Result<void> refused;
    for (std::size_t i = first; i < last && refused; ++i) {
      refused = [&]() -> Result<void> {
        ROLECALL_TRY(check_type(references[i]));
        ROLECALL_TRY_ASSIGN(auto member, find_member(references[i], found));
        if (!member) {
          // One that is parked is told of in the audit in its place.
          if (does_park()) ROLECALL_TRY(join(joining));
          return add_stranger(references[i]);
        }
        if (member->id == group_.id) {
          return fail(ErrorCode::invalid_value, "A Group cannot be a member of itself.", "members");
        }
        ROLECALL_TRY(check_grant());
        if (named.insert(member->id.value()).second) {
          joining.push_back(std::move(*member));
        } else {
          session_.kept_members.insert(member->id.value());
        }
        return {};
      }();
    }
    ROLECALL_TRY(join(joining));
    return refused;
  }

  Result<void> join(std::vector<store::ResourceRecord>& waiting) {
    const auto joining = std::exchange(waiting, {});
    ROLECALL_TRY_ASSIGN(const auto joined, granting::join_all(session_.workspace, group_.id, joining, session_.trail,
                                                              session_.environment.folder));
    changed_ = changed_ || !joined.empty();
    for (const auto& member : joining) {
      if (joined.count(member.id) == 0) session_.kept_members.insert(member.id.value());
    }
    return {};
  }

  Result<void> remove_some(const std::vector<resource::MemberReference>& references, std::size_t first,
                           std::size_t last) {
    ROLECALL_TRY_ASSIGN(const auto found, find_all(references, first, last));
    std::vector<store::ResourceRecord> leaving;
    std::unordered_set<std::string> named;
    for (std::size_t i = first; i < last; ++i) {
      ROLECALL_TRY_ASSIGN(auto member, find_member(references[i], found));
      // Who is named again is no member any more by then.
      if (member && named.insert(member->id.value()).second) {
        leaving.push_back(std::move(*member));
        continue;
      }
      ROLECALL_TRY(unpark_absent(references[i]));
    }
    ROLECALL_TRY_ASSIGN(const std::size_t left, leave(leaving));
    // As many were no members. Which ones matters where somebody is parked, and then there is but one reference here.
    for (std::size_t i = left; i < leaving.size(); ++i) ROLECALL_TRY(unpark_absent(references[first]));
    return {};
  }

  /// How many of them were members.
  Result<std::size_t> leave(const std::vector<store::ResourceRecord>& leaving) {
    ROLECALL_TRY_ASSIGN(const auto left, granting::leave_all(session_.workspace, group_.id, leaving, session_.trail,
                                                             session_.environment.folder));
    changed_ = changed_ || !left.empty();
    return left.size();
  }

  Result<void> unpark_absent(const resource::MemberReference& reference) {
    bool removed = false;
    ROLECALL_TRY_ASSIGN(const bool is_one_parked, is_anybody_parked());
    if (is_one_parked) {
      ROLECALL_TRY_ASSIGN(removed, unpark(reference.value, type_of(reference)));
    }
    if (!removed) session_.notices.texts.push_back("a removal removed nobody: the resource was not a member");
    return {};
  }

  Result<bool> is_anybody_parked() {
    if (!parked_) {
      ROLECALL_TRY_ASSIGN(parked_, session_.workspace.parked_members().count(group_.id));
    }
    return *parked_ > 0;
  }

  /// By id; where members are parked, whose ids their client cannot know yet, by externalId as well. One that several
  /// have names nobody.
  Result<std::optional<store::ResourceRecord>> find_member(const resource::MemberReference& reference,
                                                           const Found& known) {
    if (const auto member = known.find(reference.value); member != known.end()) return std::optional(member->second);
    if (!does_park()) return std::optional<store::ResourceRecord>();
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
    ROLECALL_TRY(is_anybody_parked());
    auto& parked_members = session_.workspace.parked_members();
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

  Result<void> remove_found(const std::vector<ResourceId>& ids) {
    ROLECALL_TRY_ASSIGN(auto found, find_all(ids));
    std::vector<store::ResourceRecord> leaving;
    for (const ResourceId& id : ids) {
      const auto record = found.find(id.value());
      if (record == found.end()) return internal_error("a member of " + target_of(group_) + " has no row");
      leaving.push_back(std::move(record->second));
    }
    ROLECALL_TRY(leave(leaving));
    return {};
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

/// Those of the change at `i` and of the ones of its kind that follow it, which are passed over: an operation that
/// names many members, and one for each of them, are the same.
std::vector<resource::MemberReference> members_of_run(const std::vector<patch::MemberChange>& changes, std::size_t& i) {
  const auto kind = changes[i].kind;
  std::vector<resource::MemberReference> members;
  for (; i < changes.size() && changes[i].kind == kind; ++i) {
    members.insert(members.end(), changes[i].members.begin(), changes[i].members.end());
  }
  return members;
}

}  // namespace

Result<bool> apply_member_changes(WriteSession& session, const store::ResourceRecord& group,
                                  const std::vector<patch::MemberChange>& changes) {
  MemberEditor editor(session, group);
  const auto everybody = [](const auto&) { return true; };
  for (std::size_t i = 0; i < changes.size();) {
    const patch::MemberChange& change = changes[i];
    switch (change.kind) {
      case patch::MemberChange::Kind::add:
        ROLECALL_TRY(editor.add(members_of_run(changes, i)));
        continue;
      case patch::MemberChange::Kind::remove:
        ROLECALL_TRY(editor.remove(members_of_run(changes, i)));
        continue;
      case patch::MemberChange::Kind::replace_all:
        ROLECALL_TRY(editor.keep_only(change.members));
        ROLECALL_TRY(editor.add(change.members));
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
    ++i;
  }
  ROLECALL_TRY(editor.finish());
  return editor.changed();
}

}  // namespace rolecall::provisioning
