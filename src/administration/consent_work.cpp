#include <algorithm>

#include "claim_first.hpp"
#include "consent_secrets.hpp"
#include "directory_state.hpp"
#include "rolecall/administration/consents.hpp"
#include "rolecall/administration/directories.hpp"
#include "rolecall/audit/trail.hpp"

namespace rolecall::administration {
namespace {

using connector::Access;
using connector::Answer;
using connector::Trouble;
using std::chrono::seconds;

constexpr std::int64_t kLookedAt = 8;
constexpr seconds kFirstRetry{2};
constexpr seconds kLongestRetry{300};

std::string target_of(const DirectoryId& id) { return "Directory/" + id.value(); }

Trouble no_consent() {
  Trouble trouble = connector::no_reply({});
  trouble.kind = Trouble::Kind::no_consent;
  return trouble;
}

/// With everything opened that a key opens.
ConsentJob job_of(const Environment& environment, const WorkspaceId& workspace, store::DirectoryRecord directory,
                  store::ConsentRecord consent, std::string lease) {
  ConsentJob job{workspace, std::move(directory), std::move(consent), std::move(lease), {}, {}, {}};
  if (environment.sealer == nullptr) return job;
  const ConsentContexts contexts(workspace, job.directory.id);
  const auto open = [&](const std::string& sealed, const std::string& context) -> std::optional<std::string> {
    if (sealed.empty()) return std::nullopt;
    auto opened = environment.sealer->open(sealed, context);
    return opened ? std::optional(std::move(*opened)) : std::nullopt;
  };
  auto code = open(job.consent.code, contexts.code);
  auto verifier = open(job.consent.verifier, contexts.verifier);
  if (code && verifier) {
    job.code = connector::ConsentCode{Secret(std::move(*code)), Secret(std::move(*verifier)), job.consent.redirect};
  }
  if (const auto granted = open(job.consent.granted, contexts.granted)) job.access = access_in(*granted);
  return job;
}

/// When it is tried again without anybody asking: while nobody knows whether the provider has replaced the tokens, the
/// ones before are good for seconds.
std::optional<Instant> due_after(const Trouble& trouble, std::int64_t failures, Instant now) {
  if (!connector::passes(trouble.kind)) return std::nullopt;
  seconds wait = kFirstRetry;
  for (std::int64_t failed = 1; failed < failures && wait < kLongestRetry; ++failed) wait *= 2;
  return std::max(trouble.retry_at.value_or(now), now + std::min(wait, kLongestRetry));
}

/// Whoever waits for the directory is told, and what is known of it by older tokens says nothing any more.
Result<void> follow(const Environment& environment, store::Workspace& workspace, const ConsentJob& job,
                    const Answer<Access>& got, Instant now) {
  ROLECALL_TRY_ASSIGN(auto directory, workspace.directories().find(job.directory.id));
  if (!directory) return {};
  audit::Trail trail(workspace, environment.digest, now, job.consent.asked_by, RequestId());
  if (got) {
    begin_anew(*directory, now);
    ROLECALL_TRY(workspace.directories().update(*directory));
    return trail.record("directory.authorized", target_of(directory->id), {{"provider", directory->provider}});
  }
  // Tokens of an earlier consent go on counting.
  if (!job.access) {
    judge({{}, got.error(), false}, now, *directory);
    // A test would only find that there is no consent, and forget why.
    directory->test_due = now + std::chrono::hours(1);
    ROLECALL_TRY(workspace.directories().update(*directory));
  }
  return trail.record("directory.authorization_failed", target_of(directory->id),
                      {{"because", connector::name_of(got.error().kind)}, {"code", got.error().code}});
}

/// The end of an exchange or a renewal in one transaction; false when the lease has gone to somebody else.
Result<bool> settle(const Environment& environment, const ConsentJob& job, const Answer<Access>& got) {
  const Instant now = environment.clock.now();
  const bool is_of_code = !job.consent.code.empty();
  store::ConsentEnd end{job.consent.granted, job.consent.code, 0, std::nullopt};
  if (got) {
    const ConsentContexts contexts(job.workspace, job.directory.id);
    end.granted = environment.sealer->seal(text_of(*got).expose(), contexts.granted);
  } else {
    end.failures = job.consent.failures + 1;
    end.due = due_after(got.error(), end.failures, now);
    // A code is good for minutes.
    const bool is_late = is_of_code && now >= job.consent.expires;
    if (is_late) end.due.reset();
    if (end.due) end.code.clear();
  }
  return store::write(environment.store, [&](store::UnitOfWork& unit) -> Result<bool> {
    store::Workspace& workspace = unit.workspace(job.workspace);
    ROLECALL_TRY_ASSIGN(const bool was_mine, workspace.consents().settle(job.directory.id, job.lease, end));
    if (!was_mine || !is_of_code || end.due) return was_mine;
    ROLECALL_TRY(follow(environment, workspace, job, got, now));
    return true;
  });
}

}  // namespace

Result<std::optional<ConsentJob>> claim_consent(const Environment& environment, std::chrono::milliseconds lease) {
  return claim_first<ConsentJob>(
      environment, [&](store::UnitOfWork& unit) { return unit.due_consents(environment.clock.now(), kLookedAt); },
      [&](store::UnitOfWork& unit, const store::DueDirectory& due,
          const std::string& name) -> Result<std::optional<ConsentJob>> {
        const Instant now = environment.clock.now();
        store::Workspace& workspace = unit.workspace(due.workspace);
        ROLECALL_TRY_ASSIGN(const bool is_mine, workspace.consents().lease(due.directory, name, now, now + lease));
        if (!is_mine) return std::optional<ConsentJob>();
        ROLECALL_TRY_ASSIGN(auto directory, workspace.directories().find(due.directory));
        ROLECALL_TRY_ASSIGN(auto consent, workspace.consents().find(due.directory));
        if (!directory || !consent) return std::optional<ConsentJob>();
        return std::optional(job_of(environment, due.workspace, std::move(*directory), std::move(*consent), name));
      });
}

Result<Reach> reach_consented(const Environment& environment, const WorkspaceId& workspace_id,
                              const store::DirectoryRecord& directory, const Secret& rejected,
                              std::chrono::milliseconds lease) {
  const auto is_good = [&](const std::optional<Access>& access) {
    return access && (!access->ends || environment.clock.now() < *access->ends) &&
           access->authorization.expose() != rejected.expose();
  };
  const auto reach_of = [&](std::optional<store::ConsentRecord> consent, const std::string& name) -> Reach {
    if (!consent || consent->granted.empty()) return Reach{{}, {}, no_consent()};
    ConsentJob job = job_of(environment, workspace_id, directory, std::move(*consent), name);
    // A code has its own way.
    job.code.reset();
    job.consent.code.clear();
    if (!job.access) {
      Trouble trouble = no_consent();
      trouble.message = "No key opens what was granted.";
      return Reach{{}, {}, std::move(trouble)};
    }
    if (is_good(job.access)) return Reach{std::move(job.access), {}, {}};
    job.credential = credential_of(environment, workspace_id, directory);
    return Reach{{}, std::move(job), {}};
  };
  ROLECALL_TRY_ASSIGN(Reach seen, store::read(environment.store, [&](store::UnitOfWork& unit) -> Result<Reach> {
                        ROLECALL_TRY_ASSIGN(auto consent, unit.workspace(workspace_id).consents().find(directory.id));
                        return reach_of(std::move(consent), "");
                      }));
  if (!seen.job) return seen;
  const std::string name = environment.ids.next();
  return store::write(environment.store, [&](store::UnitOfWork& unit) -> Result<Reach> {
    const Instant now = environment.clock.now();
    auto& consents = unit.workspace(workspace_id).consents();
    ROLECALL_TRY_ASSIGN(const bool is_mine, consents.lease(directory.id, name, now, now + lease));
    if (!is_mine) return Reach();
    // What was read before may have been replaced since.
    ROLECALL_TRY_ASSIGN(auto consent, consents.find(directory.id));
    std::string granted = consent ? consent->granted : std::string();
    Reach reach = reach_of(std::move(consent), name);
    if (reach.job) return reach;
    ROLECALL_TRY(consents.settle(directory.id, name, {std::move(granted), "", 0, std::nullopt}));
    return reach;
  });
}

Result<std::optional<Answer<Access>>> work_on_consent(const Environment& environment, const ConsentJob& job,
                                                      const connector::Send& send, const connector::Prover& prover) {
  using Done = std::optional<Answer<Access>>;
  const auto* connector = connector::find_connector(job.directory.provider);
  Answer<Access> got = tl::unexpected(no_consent());
  const bool can_ask =
      connector != nullptr && job.credential && (job.code || (job.access && !job.access->refresh.empty()));
  if (can_ask) {
    const auto make = [&]() -> Answer<connector::Call> {
      return job.code ? connector->code_call(*job.credential, *job.code)
                      : connector->refresh_call(*job.credential, job.access->refresh);
    };
    Secret key = job.access && !job.code ? job.access->key : Secret();
    if (key.empty() && prover.possession != nullptr) {
      key = prover.possession->key_of(prover.domain, job.credential->client_id);
    }
    got = connector::ask_for_access(*connector, make, send, environment.clock, prover, job.credential->client_id,
                                    std::move(key));
  }
  if (got && got->refresh.empty()) {
    // RFC 6749 §6: the one that there is may stay as it is.
    if (job.access && !job.code) got->refresh = job.access->refresh;
    if (got->refresh.empty()) {
      Trouble trouble = connector::no_reply(
          "There is no refresh token in the provider's answer: allow the grant type “Refresh Token” for the app.");
      trouble.kind = Trouble::Kind::no_consent;
      got = tl::unexpected(std::move(trouble));
    }
  }
  if (!got) {
    std::vector<std::string_view> secrets;
    if (job.credential) secrets.push_back(job.credential->secret.expose());
    if (job.code) secrets.insert(secrets.end(), {job.code->code.expose(), job.code->verifier.expose()});
    if (job.access) secrets.push_back(job.access->refresh.expose());
    connector::hide(got.error(), secrets);
  }
  ROLECALL_TRY_ASSIGN(const bool is_stored, settle(environment, job, got));
  return is_stored ? Done(std::move(got)) : Done();
}

Result<void> abandon_consent(const Environment& environment, const ConsentJob& job) {
  const Instant now = environment.clock.now();
  return environment.store.write([&](store::UnitOfWork& unit) -> Result<void> {
    ROLECALL_TRY(unit.workspace(job.workspace)
                     .consents()
                     .settle(job.directory.id, job.lease, {job.consent.granted, "", job.consent.failures, now}));
    return {};
  });
}

}  // namespace rolecall::administration
