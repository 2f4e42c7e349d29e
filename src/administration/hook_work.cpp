#include <algorithm>

#include "claim_first.hpp"
#include "hook_secret.hpp"
#include "rolecall/administration/directory_hooks.hpp"
#include "rolecall/audit/trail.hpp"

namespace rolecall::administration {
namespace {

using connector::Answer;
using connector::Call;
using connector::Reply;
using connector::Trouble;
using std::chrono::seconds;
using store::HookRecord;
using store::HookState;

/// Hooks looked at for one claim. Others who make them may have taken the first ones.
constexpr std::int64_t kLookedAt = 8;
constexpr seconds kFirstRetry{2};
constexpr seconds kLongestRetry{600};

std::optional<Trouble> send(connector::Session& session, const Call& call) {
  const auto reply = session.call(call);
  if (!reply) return reply.error();
  return session.connector().trouble_of(*reply, session.clock().now());
}

/// Of those that lead to us all go: ours of an attempt whose answer was lost is among them.
std::optional<Trouble> take_away(connector::Session& session, const HookRecord& hook) {
  const auto& connector = session.connector();
  const auto reply = session.call(connector.list_hooks());
  if (!reply) return reply.error();
  const auto all = connector.read_hooks(*reply, session.clock().now());
  if (!all) return all.error();
  for (const connector::VendorHook& one : *all) {
    if (one.url != hook.url && (one.id != hook.vendor_id || hook.vendor_id.empty())) continue;
    for (const Call& call : {connector.deactivate_hook(one.id), connector.delete_hook(one.id)}) {
      auto trouble = send(session, call);
      const bool is_off = call.method == "POST" && !one.is_active;
      if (trouble && !is_off && !connector.is_absence(*trouble)) return trouble;
    }
  }
  return std::nullopt;
}

HookOutcome make(connector::Session& session, const HookJob& job) {
  const auto& connector = session.connector();
  const auto ask = [&](const Call& call) -> Answer<connector::VendorHook> {
    const auto reply = session.call(call);
    if (!reply) return tl::unexpected(reply.error());
    return connector.read_hook(*reply, session.clock().now());
  };
  const auto made = ask(connector.create_hook("Rolecall " + job.directory.name, job.hook.url, job.secret));
  if (!made) return {{}, made.error()};
  const auto verified = ask(connector.verify_hook(made->id));
  if (!verified) return {made->id, verified.error()};
  if (verified->is_verified) return {made->id, std::nullopt};
  return {made->id, connector::no_reply("It does not say that it has reached " + job.hook.url + ".")};
}

Result<std::optional<HookJob>> claim(const Environment& environment, store::UnitOfWork& unit,
                                     const store::DueDirectory& due, const std::string& lease,
                                     std::chrono::milliseconds lasts) {
  const Instant now = environment.clock.now();
  store::Workspace& workspace = unit.workspace(due.workspace);
  ROLECALL_TRY_ASSIGN(const bool is_mine, workspace.hooks().lease(due.directory, lease, now, now + lasts));
  if (!is_mine) return std::optional<HookJob>();
  ROLECALL_TRY_ASSIGN(auto hook, workspace.hooks().find(due.directory));
  ROLECALL_TRY_ASSIGN(auto directory, workspace.directories().find(due.directory));
  if (!hook || !directory || connector::find_connector(directory->provider) == nullptr) {
    return std::optional<HookJob>();
  }
  return std::optional(HookJob{due.workspace, std::move(*hook), std::move(*directory), lease, std::nullopt, {}});
}

/// Keeps what is wrong, for whoever looks, and tries again later.
Result<void> note_trouble(store::Workspace& workspace, const HookJob& job, const Trouble& trouble, Instant now,
                          HookRecord& hook) {
  hook.reason = connector::sentence_of(trouble);
  hook.vendor_request = trouble.request_id;
  hook.failures += 1;
  seconds wait = kFirstRetry;
  for (std::int64_t failed = 1; failed < hook.failures && wait < kLongestRetry; ++failed) wait *= 2;
  hook.due = trouble.retry_at.value_or(now + std::min(wait, kLongestRetry));
  const bool is_for_a_test = connector::is_of_credential(trouble.kind) || trouble.kind == Trouble::Kind::missing_scope;
  if (!is_for_a_test) return {};
  // What is wrong with the credential is for a test to say.
  ROLECALL_TRY_ASSIGN(auto directory, workspace.directories().find(job.directory.id));
  if (!directory) return {};
  directory->test_due = now;
  ROLECALL_TRY(workspace.directories().update(*directory));
  return {};
}

}  // namespace

Result<std::optional<HookJob>> claim_hook(const Environment& environment, std::chrono::milliseconds lease) {
  ROLECALL_TRY_ASSIGN(
      auto job,
      claim_first<HookJob>(
          environment, [&](store::UnitOfWork& unit) { return unit.due_hooks(environment.clock.now(), kLookedAt); },
          [&](store::UnitOfWork& unit, const store::DueDirectory& due, const std::string& name) {
            return claim(environment, unit, due, name, lease);
          }));
  if (!job || environment.sealer == nullptr) return job;
  auto secret = environment.sealer->open(job->hook.secret, hook_context(job->workspace, job->directory.id));
  if (secret) {
    job->secret = Secret(std::move(*secret));
  } else {
    job->credential.reset();
  }
  return job;
}

HookOutcome work_on_hook(connector::Session& session, const HookJob& job) {
  auto trouble = take_away(session, job.hook);
  HookOutcome outcome{{}, std::move(trouble)};
  if (!outcome.trouble && job.hook.state == HookState::making) outcome = make(session, job);
  if (outcome.trouble) session.hide_secrets(*outcome.trouble);
  return outcome;
}

Result<std::optional<HookState>> settle_hook(const Environment& environment, const HookJob& job,
                                             const HookOutcome& outcome) {
  using Stored = std::optional<HookState>;
  return store::write(environment.store, [&](store::UnitOfWork& unit) -> Result<Stored> {
    const Instant now = environment.clock.now();
    store::Workspace& workspace = unit.workspace(job.workspace);
    ROLECALL_TRY_ASSIGN(const bool was_mine, workspace.hooks().release(job.directory.id, job.lease));
    if (!was_mine) return Stored();
    ROLECALL_TRY_ASSIGN(auto hook, workspace.hooks().find(job.directory.id));
    if (!hook || hook->secret != job.hook.secret) return Stored();
    if (!outcome.vendor_id.empty()) hook->vendor_id = outcome.vendor_id;
    const std::string target = "Directory/" + job.directory.id.value();
    audit::Trail trail(workspace, environment.digest, now, "system", RequestId());
    if (outcome.trouble) {
      ROLECALL_TRY(note_trouble(workspace, job, *outcome.trouble, now, *hook));
    } else if (hook->state == HookState::removing && job.hook.state == HookState::removing) {
      ROLECALL_TRY(workspace.hooks().remove(job.directory.id));
      ROLECALL_TRY(trail.record("directory.hook_removed", target, {{"stays_there", false}}));
      return Stored();
    } else if (hook->state == HookState::making) {
      hook->state = HookState::verified;
      hook->verified = now;
      hook->reason.clear();
      hook->vendor_request.clear();
      hook->failures = 0;
      ROLECALL_TRY(trail.record("directory.hook_verified", target, {}));
    }
    ROLECALL_TRY(workspace.hooks().update(*hook));
    return Stored(hook->state);
  });
}

Result<void> abandon_hook(const Environment& environment, const HookJob& job) {
  return environment.store.write([&](store::UnitOfWork& unit) -> Result<void> {
    ROLECALL_TRY(unit.workspace(job.workspace).hooks().release(job.directory.id, job.lease));
    return {};
  });
}

}  // namespace rolecall::administration
