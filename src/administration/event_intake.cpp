#include "event_intake.hpp"

#include "hook_secret.hpp"
#include "rolecall/base/digest.hpp"

namespace rolecall::administration {
namespace {

/// The hook, if there is one of that provider's directory; "absent" and "not yours" look the same.
Result<std::optional<store::FoundHook>> find_hook(const Environment& environment, std::string_view provider,
                                                  const DirectoryId& directory) {
  using Found = std::optional<store::FoundHook>;
  if (!is_generated_id(directory.value())) return Found();
  return store::read(environment.store, [&](store::UnitOfWork& unit) -> Result<Found> {
    ROLECALL_TRY_ASSIGN(auto found, unit.find_hook(directory));
    if (!found) return Found();
    ROLECALL_TRY_ASSIGN(const auto record, unit.workspace(found->workspace).directories().find(directory));
    if (!record || record->provider != provider) return Found();
    return found;
  });
}

bool is_secret_of(const Environment& environment, const store::FoundHook& found, std::string_view presented) {
  constexpr std::size_t kLongest = 4'096;
  if (environment.sealer == nullptr || found.hook.state == store::HookState::removing) return false;
  const auto secret = environment.sealer->open(found.hook.secret, hook_context(found.workspace, found.hook.directory));
  // Digests have one length, so that not even the length of the secret shows in the time.
  const bool is_equal = constant_time_equal(environment.digest.sha256(presented.substr(0, kLongest)),
                                            environment.digest.sha256(secret.value_or(std::string())));
  return is_equal && secret && !secret->empty();
}

tl::unexpected<Error> refused() {
  return fail(ErrorCode::unauthenticated, "There is no event hook at this address, or its secret is another one.");
}

}  // namespace

Result<std::size_t> take_events(store::Workspace& workspace, const DirectoryId& directory,
                                const std::vector<connector::DirectoryEvent>& events, store::EventSource source,
                                Instant now) {
  std::size_t count = 0;
  auto& kept = workspace.directory_events();
  for (const connector::DirectoryEvent& event : events) {
    ROLECALL_TRY_ASSIGN(const bool is_new, kept.add({directory, event.id, event.type, source, event.published, now}));
    if (!is_new) continue;
    ++count;
    for (const std::string& person : event.people) {
      ROLECALL_TRY(kept.ask({directory, person, event.is_of_sets, event.id, 1, now, now, 0}));
    }
  }
  return count;
}

Result<Delivered> receive_events(const Environment& environment, std::string_view provider,
                                 const DirectoryId& directory, std::string_view presented, std::string_view body) {
  ROLECALL_TRY_ASSIGN(const auto found, find_hook(environment, provider, directory));
  if (!found || !is_secret_of(environment, *found, presented)) return refused();
  const auto* connector = connector::find_connector(provider);
  if (connector == nullptr) return refused();
  ROLECALL_TRY_ASSIGN(const auto events, connector->read_delivery(body));
  return store::write(environment.store, [&](store::UnitOfWork& unit) -> Result<Delivered> {
    const Instant now = environment.clock.now();
    store::Workspace& workspace = unit.workspace(found->workspace);
    // It may have gone since it was looked at.
    ROLECALL_TRY_ASSIGN(const auto hook, workspace.hooks().find(directory));
    if (!hook || hook->secret != found->hook.secret) return refused();
    Delivered delivered{found->workspace, events.size(), 0};
    ROLECALL_TRY_ASSIGN(delivered.added, take_events(workspace, directory, events, store::EventSource::hook, now));
    ROLECALL_TRY(workspace.hooks().note_received(directory, now));
    return delivered;
  });
}

Result<bool> has_hook(const Environment& environment, std::string_view provider, const DirectoryId& directory) {
  ROLECALL_TRY_ASSIGN(const auto found, find_hook(environment, provider, directory));
  return found.has_value();
}

}  // namespace rolecall::administration
