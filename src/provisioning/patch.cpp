#include "rolecall/patch/apply.hpp"

#include <algorithm>

#include "change.hpp"
#include "guarded.hpp"
#include "verbs.hpp"
#include "view.hpp"

namespace rolecall::provisioning {

Result<View> patch_in(WriteSession& session, const schema::ResourceType& type, const ResourceId& id,
                      const patch::ResolvedPatch& patch, std::optional<Version> expected, Need need) {
  const Environment& environment = session.environment;
  ROLECALL_TRY_ASSIGN(auto record, find_for_change(session, type, id, expected));
  if (!patch.touches_document()) {
    ROLECALL_TRY_ASSIGN(auto stored,
                        store_change(session, type, std::move(record), nullptr, nullptr, patch.member_changes()));
    return load_view(session.workspace, std::move(stored), need);
  }
  ROLECALL_TRY_ASSIGN(const auto before, document_of(record));
  ROLECALL_TRY_ASSIGN(const auto applied, patch::apply(patch, environment.registry, type, before, environment.folder,
                                                       validation_of(environment, session.caller)));
  const auto& operations = patch.operations();
  session.is_last_word = std::any_of(operations.begin(), operations.end(), [](const patch::Operation& operation) {
    const schema::AttributePath& path = operation.path.attribute;
    return path.extension == nullptr && path.attribute != nullptr && path.attribute->name == "active";
  });
  ROLECALL_TRY(forget_ended_access(session, record));
  ROLECALL_TRY_ASSIGN(
      auto stored, store_change(session, type, std::move(record), &before, &applied.document, patch.member_changes()));
  return load_view(session.workspace, std::move(stored), need);
}

Result<View> patch(const Environment& environment, const Caller& caller, const schema::ResourceType& type,
                   const ResourceId& id, const patch::ResolvedPatch& patch, std::optional<Version> expected, Need need,
                   Notices& notices) {
  return in_guarded_write(environment, caller, notices,
                          [&](WriteSession& session) { return patch_in(session, type, id, patch, expected, need); });
}

}  // namespace rolecall::provisioning
