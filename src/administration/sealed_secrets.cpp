#include "rolecall/administration/sealed_secrets.hpp"

#include "directory_secret.hpp"
#include "rolecall/audit/trail.hpp"
#include "rolecall/base/key_id.hpp"
#include "webhook_secret.hpp"

namespace rolecall::administration {
namespace {

/// Seals texts anew as they pass by.
class Resealer {
 public:
  Resealer(const Sealer& ring, Resealed& done) : ring_(ring), current_(current_key_id(ring)), done_(done) {}

  /// Whether `sealed` is another text now.
  bool reseal(std::string& sealed, const std::string& context) {
    if (sealed.empty() || key_id_of(sealed) == current_) return false;
    const auto opened = ring_.open(sealed, context);
    if (!opened) {
      done_.missing_keys.emplace(key_id_of(sealed));
      return false;
    }
    sealed = ring_.seal(*opened, context);
    done_.count += 1;
    return true;
  }

 private:
  const Sealer& ring_;
  std::string current_;
  Resealed& done_;
};

Result<void> reseal_webhooks(store::Workspace& workspace, Resealer& resealer) {
  ROLECALL_TRY_ASSIGN(auto webhooks, workspace.webhooks().list());
  for (auto& webhook : webhooks) {
    const std::string context = context_of(workspace.id(), webhook.id);
    const bool is_new = resealer.reseal(webhook.secret, context);
    if (resealer.reseal(webhook.old_secret, context) || is_new) ROLECALL_TRY(workspace.webhooks().update(webhook));
  }
  return {};
}

Result<void> reseal_directories(store::Workspace& workspace, Resealer& resealer) {
  ROLECALL_TRY_ASSIGN(auto directories, workspace.directories().list());
  for (auto& directory : directories) {
    const bool is_new = resealer.reseal(directory.credential, context_of(workspace.id(), directory.id));
    if (is_new) ROLECALL_TRY(workspace.directories().update(directory));
  }
  return {};
}

}  // namespace

Result<Resealed> reseal_secrets(const Environment& environment) {
  if (environment.sealer == nullptr) return Resealed();
  return store::write(environment.store, [&](store::UnitOfWork& unit) -> Result<Resealed> {
    Resealed all;
    ROLECALL_TRY_ASSIGN(const auto workspaces, unit.workspaces());
    for (const auto& record : workspaces) {
      store::Workspace& workspace = unit.workspace(record.id);
      const std::int64_t before = all.count;
      Resealer resealer(*environment.sealer, all);
      ROLECALL_TRY(reseal_webhooks(workspace, resealer));
      ROLECALL_TRY(reseal_directories(workspace, resealer));
      if (all.count == before) continue;
      audit::Trail trail(workspace, environment.digest, environment.clock.now(), "system", RequestId());
      ROLECALL_TRY(trail.record("secrets.resealed", "Workspace/" + record.id.value(), {{"count", all.count - before}}));
    }
    return all;
  });
}

}  // namespace rolecall::administration
