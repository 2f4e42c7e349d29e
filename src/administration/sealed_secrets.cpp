#include "rolecall/administration/sealed_secrets.hpp"

#include "consent_secrets.hpp"
#include "directory_secret.hpp"
#include "hook_secret.hpp"
#include "rolecall/administration/directories.hpp"
#include "rolecall/audit/trail.hpp"
#include "rolecall/base/key_id.hpp"
#include "webhook_secret.hpp"

namespace rolecall::administration {
namespace {

enum class Seal { same, anew, lost };

/// Seals texts anew as they pass by.
class Resealer {
 public:
  Resealer(const Environment& environment, store::Workspace& workspace, Resealed& done)
      : ring_(*environment.sealer),
        current_(current_key_id(ring_)),
        workspace_(workspace),
        trail_(workspace, environment.digest, environment.clock.now(), "system", RequestId()),
        done_(done) {}

  Result<void> reseal_webhooks() {
    ROLECALL_TRY_ASSIGN(auto webhooks, workspace_.webhooks().list());
    for (auto& webhook : webhooks) {
      const std::string context = context_of(workspace_.id(), webhook.id);
      const std::string key(key_id_of(webhook.secret));
      const Seal seal = reseal(webhook.secret, context);
      const bool is_old_anew = reseal(webhook.old_secret, context) == Seal::anew;
      const bool is_lost = seal == Seal::lost && !webhook.is_paused;
      if (is_lost) {
        done_.lost_keys.insert(key);
        webhook.is_paused = true;
        webhook.paused_because = "Its secret was sealed with the key " + key + kGone + "Rotate it, then resume.";
        ROLECALL_TRY(
            trail_.record("webhook.paused", "Webhook/" + webhook.id.value(), {{"cause", "lost_key"}, {"key", key}}));
      }
      if (seal == Seal::anew || is_old_anew || is_lost) ROLECALL_TRY(workspace_.webhooks().update(webhook));
    }
    return {};
  }

  Result<void> reseal_directories() {
    using State = store::DirectoryState;
    ROLECALL_TRY_ASSIGN(auto directories, workspace_.directories().list());
    for (auto& directory : directories) {
      const std::string key(key_id_of(directory.credential));
      const Seal seal = reseal(directory.credential, context_of(workspace_.id(), directory.id));
      const bool is_lost = seal == Seal::lost && directory.state != State::needs_reauthorization;
      if (is_lost) ROLECALL_TRY(lose(directory, key, "The credential was", "Reauthorize it."));
      if (seal == Seal::anew) ROLECALL_TRY(workspace_.directories().update(directory));
    }
    return {};
  }

  /// Of a way that was only begun nobody has to be told; without the tokens somebody has to consent again.
  Result<void> reseal_consents() {
    ROLECALL_TRY_ASSIGN(const auto consents, workspace_.consents().list());
    for (const auto& consent : consents) {
      const ConsentContexts contexts(workspace_.id(), consent.directory);
      store::ConsentRecord anew = consent;
      const std::string key(key_id_of(consent.granted));
      bool is_anew = false;
      for (const auto& [text, context] :
           {std::pair(&anew.verifier, &contexts.verifier), std::pair(&anew.code, &contexts.code)}) {
        const Seal seal = reseal(*text, *context);
        if (seal == Seal::lost) text->clear();
        is_anew = is_anew || seal != Seal::same;
      }
      const Seal seal = reseal(anew.granted, contexts.granted);
      if (seal == Seal::lost) {
        ROLECALL_TRY(lose_consent(consent, key));
      } else if (is_anew || seal == Seal::anew) {
        ROLECALL_TRY(workspace_.consents().reseal(consent, anew));
      }
    }
    return {};
  }

  /// One that nobody can check any more is forgotten: it would only look as if it were there.
  Result<void> reseal_hooks() {
    ROLECALL_TRY_ASSIGN(auto hooks, workspace_.hooks().list());
    for (auto& hook : hooks) {
      const std::string key(key_id_of(hook.secret));
      const Seal seal = reseal(hook.secret, hook_context(workspace_.id(), hook.directory));
      if (seal == Seal::anew) ROLECALL_TRY(workspace_.hooks().update(hook));
      if (seal != Seal::lost) continue;
      done_.lost_keys.insert(key);
      ROLECALL_TRY(workspace_.hooks().remove(hook.directory));
      ROLECALL_TRY(trail_.record("directory.hook_removed", "Directory/" + hook.directory.value(),
                                 {{"stays_there", hook.state != store::HookState::by_hand}, {"because", "lost_key"}}));
    }
    return {};
  }

  /// That so many texts were sealed anew.
  Result<void> record(std::int64_t count) {
    return trail_.record("secrets.resealed", "Workspace/" + workspace_.id().value(), {{"count", count}});
  }

 private:
  static constexpr const char* kGone = ", which is not in keys/sealing any more. ";

  Result<void> lose_consent(const store::ConsentRecord& consent, const std::string& key) {
    ROLECALL_TRY(workspace_.consents().remove(consent.directory));
    ROLECALL_TRY_ASSIGN(auto directory, workspace_.directories().find(consent.directory));
    if (!directory || directory->state == store::DirectoryState::needs_reauthorization) return {};
    return lose(*directory, key, "What was consented to was", "Authorize it again.");
  }

  Result<void> lose(store::DirectoryRecord& directory, const std::string& key, const std::string& what,
                    const std::string& next) {
    using State = store::DirectoryState;
    done_.lost_keys.insert(key);
    ROLECALL_TRY(trail_.record(
        "directory.state_changed", "Directory/" + directory.id.value(),
        {{"from", name_of(directory.state)}, {"to", name_of(State::needs_reauthorization)}, {"because", "lost_key"}}));
    directory.state = State::needs_reauthorization;
    directory.reason = what + " sealed with the key " + key + kGone + next;
    ROLECALL_TRY(workspace_.directories().update(directory));
    return {};
  }

  Seal reseal(std::string& sealed, const std::string& context) {
    if (sealed.empty() || key_id_of(sealed) == current_) return Seal::same;
    const auto opened = ring_.open(sealed, context);
    if (!opened) return Seal::lost;
    sealed = ring_.seal(*opened, context);
    done_.count += 1;
    return Seal::anew;
  }

  const Sealer& ring_;
  std::string current_;
  store::Workspace& workspace_;
  audit::Trail trail_;
  Resealed& done_;
};

/// Nobody should find out by events that never come.
Error lost(const std::set<std::string>& keys) {
  std::string names;
  for (const std::string& key : keys) names += (names.empty() ? "" : ", ") + key;
  Error error;
  error.code = ErrorCode::invalid_value;
  error.detail =
      "Secrets of webhooks or credentials of directories are sealed with a key that is not in keys/sealing or "
      "storage.sealing_key: " +
      names + ".";
  error.next =
      "Put that key back, on a line of its own. If it is lost, start once with storage.lost_keys=accept: then those "
      "webhooks are paused until they are rotated, those directories wait to be reauthorized, and all else works.";
  return error;
}

}  // namespace

Result<Resealed> reseal_secrets(const Environment& environment, LostKeys lost_keys) {
  if (environment.sealer == nullptr) return Resealed();
  return store::write(environment.store, [&](store::UnitOfWork& unit) -> Result<Resealed> {
    Resealed all;
    ROLECALL_TRY_ASSIGN(const auto workspaces, unit.workspaces());
    for (const auto& record : workspaces) {
      const std::int64_t before = all.count;
      Resealer resealer(environment, unit.workspace(record.id), all);
      ROLECALL_TRY(resealer.reseal_webhooks());
      ROLECALL_TRY(resealer.reseal_directories());
      ROLECALL_TRY(resealer.reseal_consents());
      ROLECALL_TRY(resealer.reseal_hooks());
      if (all.count > before) ROLECALL_TRY(resealer.record(all.count - before));
    }
    if (!all.lost_keys.empty() && lost_keys == LostKeys::refuse) return fail(lost(all.lost_keys));
    return all;
  });
}

}  // namespace rolecall::administration
