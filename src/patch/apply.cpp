#include "rolecall/patch/apply.hpp"

#include "editor.hpp"

namespace rolecall::patch {

Result<Applied> apply(const ResolvedPatch& patch, const schema::Registry& registry, const schema::ResourceType& type,
                      const json::Object& stored, const TextFolder& folder,
                      const resource::ValidationOptions& options) {
  Editor editor(stored, type, folder, options);
  for (const Operation& operation : patch.operations()) ROLECALL_TRY(editor.apply(operation));
  // The editor has checked what the operations brought; the rest was accepted when it came.
  ROLECALL_TRY_ASSIGN(auto document,
                      resource::canonicalize(registry, type, editor.document(), options.without_formats()));
  // As in a PUT: whoever takes `active` away did not say "active", and a leaver must not get in by it.
  if (const json::Value* active = stored.find("active"); active != nullptr && document.find("active") == nullptr) {
    document.append("active", *active);
  }
  const bool changed = !(document == stored);
  return Applied{std::move(document), changed};
}

}  // namespace rolecall::patch
