#include "rolecall/administration/directory_hooks.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "directory_lookup.hpp"
#include "hook_secret.hpp"
#include "rolecall/base/encoding.hpp"
#include "scope.hpp"

namespace rolecall::administration {
namespace {

using store::DirectoryRecord;
using store::HookRecord;
using store::HookState;

std::string target_of(const DirectoryId& id) { return "Directory/" + id.value(); }

bool holds(const std::vector<std::string>& scopes, std::string_view scope) {
  return std::find(scopes.begin(), scopes.end(), scope) != scopes.end();
}

/// What is asked for counts until somebody has looked what is granted.
bool may_make(const DirectoryRecord& directory) {
  const auto* connector = connector::find_connector(directory.provider);
  if (connector == nullptr || connector->hook_scope().empty()) return false;
  // A credential without scopes has the rights of its owner; whether they suffice shows when it is tried.
  if (directory.scopes.empty()) return true;
  const bool is_tested = directory.state != store::DirectoryState::untested;
  return holds(is_tested ? directory.granted : directory.scopes, connector->hook_scope());
}

Secret make_secret(RandomSource& random) {
  constexpr std::size_t kSecretBytes = 32;
  std::array<std::byte, kSecretBytes> bytes{};
  random.fill(bytes);
  const Secret raw(std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
  return Secret("rolecall_hook_" + to_base64url(raw.expose()));
}

Result<HookRecord> find_hook(store::Workspace& workspace, const DirectoryRecord& directory) {
  ROLECALL_TRY_ASSIGN(auto found, workspace.hooks().find(directory.id));
  if (found) return std::move(*found);
  return fail_with_next(ErrorCode::not_found, "The directory " + directory.name + " has no event hook.",
                        "`rolecall directories hook create " + directory.name + "` makes one.");
}

Result<void> check_url(const std::string& public_url) {
  if (!public_url.empty()) return {};
  return fail_with_next(ErrorCode::conflict,
                        "This server does not know the address by which the identity provider reaches it.",
                        "Set server.public_url, as in https://scim.example.com, and start the server again.");
}

}  // namespace

const char* name_of(HookState state) {
  switch (state) {
    case HookState::by_hand:
      return "by_hand";
    case HookState::making:
      return "making";
    case HookState::verified:
      return "verified";
    case HookState::removing:
      return "removing";
  }
  return "";
}

Result<CreatedHook> create_hook(const Environment& environment, const WorkspaceId& workspace, const Actor& actor,
                                const std::string& directory_name, const WantedHook& wanted) {
  ROLECALL_TRY(check_url(wanted.public_url));
  if (environment.sealer == nullptr) return internal_error("no key to seal the secret of a hook with");
  const Secret secret = make_secret(environment.random);
  return in_change(environment, workspace, actor, [&](Change& change) -> Result<CreatedHook> {
    ROLECALL_TRY_ASSIGN(const auto directory, find_directory(change.workspace, directory_name));
    ROLECALL_TRY_ASSIGN(const auto known, change.workspace.hooks().find(directory.id));
    if (known) {
      return fail_with_next(ErrorCode::conflict, "The directory " + directory.name + " has an event hook.",
                            "Delete it before you make another one.");
    }
    const bool is_by_hand = wanted.is_by_hand || !may_make(directory);
    HookRecord hook;
    hook.directory = directory.id;
    hook.url = wanted.public_url + "/hooks/v1/" + directory.provider + "/" + directory.id.value();
    hook.secret = environment.sealer->seal(secret.expose(), hook_context(workspace, directory.id));
    hook.state = is_by_hand ? HookState::by_hand : HookState::making;
    hook.due = change.now;
    hook.made_by = actor.name;
    hook.created = change.now;
    ROLECALL_TRY(change.workspace.hooks().insert(hook));
    ROLECALL_TRY(change.trail.record("directory.hook_created", target_of(directory.id), {{"by_hand", is_by_hand}}));
    return CreatedHook{std::move(hook), is_by_hand ? secret : Secret()};
  });
}

Result<HookRecord> get_hook(const Environment& environment, const WorkspaceId& workspace_id,
                            const std::string& directory_name) {
  return in_view(environment, workspace_id, [&](store::Workspace& workspace) -> Result<HookRecord> {
    ROLECALL_TRY_ASSIGN(const auto directory, find_directory(workspace, directory_name));
    return find_hook(workspace, directory);
  });
}

Result<std::optional<HookRecord>> remove_hook(const Environment& environment, const WorkspaceId& workspace,
                                              const Actor& actor, const std::string& directory_name) {
  return in_change(environment, workspace, actor, [&](Change& change) -> Result<std::optional<HookRecord>> {
    ROLECALL_TRY_ASSIGN(const auto directory, find_directory(change.workspace, directory_name));
    ROLECALL_TRY_ASSIGN(auto hook, find_hook(change.workspace, directory));
    if (hook.state == HookState::by_hand || hook.state == HookState::removing) {
      ROLECALL_TRY(change.workspace.hooks().remove(directory.id));
      ROLECALL_TRY(change.trail.record("directory.hook_removed", target_of(directory.id),
                                       {{"stays_there", hook.state == HookState::removing}}));
      return std::optional<HookRecord>();
    }
    hook.state = HookState::removing;
    hook.reason.clear();
    hook.failures = 0;
    hook.due = change.now;
    ROLECALL_TRY(change.workspace.hooks().update(hook));
    ROLECALL_TRY(change.trail.record("directory.hook_ended", target_of(directory.id), {}));
    return std::optional(std::move(hook));
  });
}

}  // namespace rolecall::administration
