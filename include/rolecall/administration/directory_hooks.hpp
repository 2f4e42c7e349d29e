#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "rolecall/administration/environment.hpp"
#include "rolecall/base/secret.hpp"
#include "rolecall/connector/session.hpp"

// Where an identity provider sends what happens in a directory: the address, its secret, and making it there where the
// credential may do that. Elsewhere somebody pastes both.

namespace rolecall::administration {

[[nodiscard]] const char* name_of(store::HookState state);

struct WantedHook {
  std::string public_url;   ///< of this server, as the provider reaches it
  bool is_by_hand = false;  ///< not to be made by us, even if we may
};
struct CreatedHook {
  store::HookRecord hook;
  Secret secret;  ///< to be pasted, of one that is made by hand; shown once
};
/// `conflict` when the directory has one, and without a public URL.
[[nodiscard]] Result<CreatedHook> create_hook(const Environment& environment, const WorkspaceId& workspace,
                                              const Actor& actor, const std::string& directory,
                                              const WantedHook& wanted);
[[nodiscard]] Result<store::HookRecord> get_hook(const Environment& environment, const WorkspaceId& workspace,
                                                 const std::string& directory);
/// From now on nothing that comes counts. One that we made is taken away at the provider first, and what it is until
/// then is returned; asked a second time it is forgotten at once, and stays there. None: it is gone.
[[nodiscard]] Result<std::optional<store::HookRecord>> remove_hook(const Environment& environment,
                                                                   const WorkspaceId& workspace, const Actor& actor,
                                                                   const std::string& directory);

// For who makes them.

struct HookJob {
  WorkspaceId workspace;
  store::HookRecord hook;
  store::DirectoryRecord directory;
  std::string lease;
  std::optional<connector::Credential> credential;  ///< none when no key opens it, or the secret
  Secret secret;
};
[[nodiscard]] Result<std::optional<HookJob>> claim_hook(const Environment& environment,
                                                        std::chrono::milliseconds lease);
struct HookOutcome {
  std::string vendor_id;
  std::optional<connector::Trouble> trouble;
};
/// Makes it and has it verified, or takes it away. What an attempt before left behind is taken away first, so that
/// there is never more than one.
[[nodiscard]] HookOutcome work_on_hook(connector::Session& session, const HookJob& job);
/// The state that it has now; none when it is gone, or the lease.
[[nodiscard]] Result<std::optional<store::HookState>> settle_hook(const Environment& environment, const HookJob& job,
                                                                  const HookOutcome& outcome);
/// As if it had not been claimed.
[[nodiscard]] Result<void> abandon_hook(const Environment& environment, const HookJob& job);

}  // namespace rolecall::administration
