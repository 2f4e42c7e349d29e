#include "lookup.hpp"
#include "reason.hpp"
#include "rolecall/base/timestamp.hpp"
#include "scope.hpp"

namespace rolecall::administration {
namespace {

using store::NamedKind;

struct Person {
  ResourceId id;
  std::string name;  ///< at that instant
};

Result<std::optional<Person>> person_at(store::Workspace& workspace, const std::string& id, Instant at) {
  ROLECALL_TRY_ASSIGN(auto name, workspace.grant_history().name_at(NamedKind::user, id, at));
  if (!name) return std::optional<Person>();
  return std::optional(Person{ResourceId(id), std::move(*name)});
}

Result<Person> find_person(store::Workspace& workspace, const TextFolder& folder, const std::string& name, Instant at) {
  if (const auto present = find_user(workspace, folder, name)) {
    ROLECALL_TRY_ASSIGN(auto person, person_at(workspace, present->id.value(), at));
    if (person) return std::move(*person);
  }
  ROLECALL_TRY_ASSIGN(auto by_id, person_at(workspace, name, at));
  if (by_id) return std::move(*by_id);
  const std::string key = folder.fold_user_name(name);
  ROLECALL_TRY_ASSIGN(const auto id, workspace.grant_history().named_at(NamedKind::user, key, at));
  if (id) {
    ROLECALL_TRY_ASSIGN(auto person, person_at(workspace, *id, at));
    if (person && folder.fold_user_name(person->name) == key) return std::move(*person);
  }
  return fail_with_next(ErrorCode::not_found, "There was no user “" + name + "” at " + to_timestamp(at) + ".",
                        "Give a userName or an id, and an instant at which the user was there.");
}

Result<std::string> name_at(store::Workspace& workspace, NamedKind kind, const std::string& id, Instant at) {
  ROLECALL_TRY_ASSIGN(auto name, workspace.grant_history().name_at(kind, id, at));
  return std::move(name).value_or(id);
}

Result<GrantReason> explain_spell(store::Workspace& workspace, const store::GrantSpell& spell, Instant at) {
  ReasonFacts proof;
  proof.grant = spell.grant;
  proof.made_by = spell.made_by;
  proof.made = spell.made;
  proof.since = spell.since;
  proof.places = spell.detail;
  ROLECALL_TRY_ASSIGN(proof.connection, connection_name_of(workspace, spell.connection));
  proof.default_because = default_because(spell.detail == "sent", proof.connection);
  ROLECALL_TRY_ASSIGN(proof.role, name_at(workspace, NamedKind::role, spell.grant.role.value(), at));
  if (spell.grant.cause == access::CauseKind::link) {
    ROLECALL_TRY_ASSIGN(proof.group, name_at(workspace, NamedKind::group, spell.grant.group.value(), at));
    ROLECALL_TRY_ASSIGN(auto approver,
                        workspace.grant_history().name_at(NamedKind::approver, spell.grant.link.value(), at));
    proof.approved_by = std::move(approver).value_or("");
  }
  GrantReason reason = reason_of(proof);
  const auto name_of = [&](const ResourceId& user) { return name_at(workspace, NamedKind::user, user.value(), at); };
  ROLECALL_TRY(add_others(workspace, spell.user, spell.grant, at, name_of, reason));
  return reason;
}

}  // namespace

Result<Explanation> explain_user_at(const Environment& environment, const WorkspaceId& workspace_id,
                                    const std::string& name, Instant at) {
  if (at > environment.clock.now()) {
    return fail(ErrorCode::invalid_value, "Nothing is known of an instant in the future.", "at");
  }
  return in_view(environment, workspace_id, [&](store::Workspace& workspace) -> Result<Explanation> {
    ROLECALL_TRY_ASSIGN(const auto horizon, workspace.grant_history().horizon());
    if (horizon && at < *horizon) {
      return fail_with_next(ErrorCode::not_found,
                            "Who had which role, and why, is not kept of before " + to_timestamp(*horizon) + ".",
                            "The audit trail has every change since the first: rolecall audit export.");
    }
    ROLECALL_TRY_ASSIGN(const auto person, find_person(workspace, environment.folder, name, at));
    ROLECALL_TRY_ASSIGN(const auto spells, workspace.grant_history().spells_at(person.id, at));
    Explanation explanation;
    explanation.user = person.id;
    explanation.user_name = person.name;
    explanation.at = at;
    // Whoever is active has at least the default role.
    explanation.is_active = !spells.empty();
    for (const store::GrantSpell& spell : spells) {
      ROLECALL_TRY_ASSIGN(auto reason, explain_spell(workspace, spell, at));
      explanation.grants.push_back(std::move(reason));
    }
    conclude(explanation);
    return explanation;
  });
}

}  // namespace rolecall::administration
