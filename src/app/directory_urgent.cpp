#include "directory_worker.hpp"

#include <algorithm>

// What somebody waits for: access that ends, people of whom a provider told something, hooks that are made.

namespace rolecall::app {
namespace {

/// Listing, two calls for one that is there, making and verifying, and a token.
constexpr int kCallsOfAHook = 8;
/// A person, their groups and their applications, and a token.
constexpr int kCallsOfAReread = 5;
/// Pages of one list of one person; a provider that goes on behind them is not believed.
constexpr int kPages = 20;

/// To the end of the list. `read` reads one page.
template <typename T, typename Read>
connector::Answer<std::vector<T>> read_all(connector::Session& session, connector::Call call, const Read& read) {
  std::vector<T> all;
  for (int page = 0; page < kPages; ++page) {
    const auto reply = session.call(call);
    if (!reply) return tl::unexpected(reply.error());
    auto found = read(*reply);
    if (!found) return tl::unexpected(std::move(found).error());
    for (auto& one : found->items) all.push_back(std::move(one));
    if (found->next.empty()) return all;
    call = session.connector().go_on(found->next);
  }
  return tl::unexpected(connector::no_reply("The list of what somebody is in has no end."));
}

/// What `more` has and `all` has not, to its end.
template <typename T>
void join(std::vector<T> more, std::vector<T>& all) {
  for (T& one : more) {
    const bool is_there = std::any_of(all.begin(), all.end(), [&](const T& other) { return other.id == one.id; });
    if (!is_there) all.push_back(std::move(one));
  }
}

/// The groups of whoever is read, and their applications where those may be read, added to what is there.
connector::Answer<void> read_sets(connector::Session& session, const administration::RereadJob& job,
                                  administration::ReadAgain& found) {
  const auto& connector = session.connector();
  const auto& domain = job.directory.domain;
  const Instant now = session.clock().now();
  auto groups = read_all<connector::DirectoryGroup>(
      session, connector.list_groups_of(job.wanted.person),
      [&](const connector::Reply& reply) { return connector.read_groups(reply, domain, now); });
  if (!groups) return tl::unexpected(std::move(groups).error());
  if (!found.groups) found.groups.emplace();
  join(std::move(*groups), *found.groups);
  if (!connector.reads_applications(job.directory.scopes)) return {};
  auto applications = read_all<connector::HeldApplication>(
      session, connector.list_applications_of(job.wanted.person),
      [&](const connector::Reply& reply) { return connector.read_applications_of(reply, domain, now); });
  if (!applications) {
    // What may not be read keeps nothing else from being known.
    const auto kind = applications.error().kind;
    using Kind = connector::Trouble::Kind;
    if (kind == Kind::missing_scope || kind == Kind::missing_role || kind == Kind::refused) return {};
    return tl::unexpected(std::move(applications).error());
  }
  if (!found.applications) found.applications.emplace();
  join(std::move(*applications), *found.applications);
  return {};
}

}  // namespace

Result<bool> DirectoryWorker::do_urgent(std::size_t thread) {
  ROLECALL_TRY_ASSIGN(const bool has_ended, end_access());
  if (has_ended) return true;
  ROLECALL_TRY_ASSIGN(const bool has_followed, follow_consent());
  if (has_followed) return true;
  ROLECALL_TRY_ASSIGN(const bool has_read, reread_one(thread));
  if (has_read) return true;
  return make_hook(thread);
}

Result<bool> DirectoryWorker::end_access() {
  ROLECALL_TRY_ASSIGN(const auto settled, provisioning::settle_directory_access(provisioning_));
  if (!settled) return false;
  log_.emit(log::Event::directory_access_settled, {{"workspace", settled->workspace},
                                                   {"directory", settled->directory},
                                                   {"user", settled->user},
                                                   {"what", provisioning::name_of(settled->what)}});
  return true;
}

connector::Session& DirectoryWorker::session_of(std::size_t thread, const WorkspaceId& workspace,
                                                const store::DirectoryRecord& directory,
                                                const connector::Credential& credential) {
  Kept& kept = kept_.at(thread);
  // Every sealing gives another text, so this tells any two credentials, and so any two directories, apart.
  const bool is_as_before = kept.session && kept.credential == directory.credential && kept.scopes == directory.scopes;
  if (is_as_before) return *kept.session;
  kept.credential = directory.credential;
  kept.scopes = directory.scopes;
  kept.session = std::make_unique<connector::Session>(session_with(workspace, directory, credential));
  return *kept.session;
}

administration::ReadAgain DirectoryWorker::read_again(connector::Session& session,
                                                      const administration::RereadJob& job) {
  const auto& connector = session.connector();
  const auto read = [&]() -> connector::Answer<connector::Person> {
    const auto reply = session.call(connector.get_person(job.wanted.person));
    if (!reply) return tl::unexpected(reply.error());
    return connector.read_person(*reply, session.clock().now());
  };
  administration::ReadAgain found{read()};
  if (found.person && job.wanted.with_sets) {
    auto sets = read_sets(session, job, found);
    if (!sets) found.person = tl::unexpected(std::move(sets).error());
  }
  if (!found.person) session.hide_secrets(found.person.error());
  return found;
}

Result<bool> DirectoryWorker::reread_one(std::size_t thread) {
  ROLECALL_TRY_ASSIGN(const auto job, administration::claim_reread(environment_, options_.timeout * kCallsOfAReread));
  if (!job) return false;
  if (!job->credential) {
    ROLECALL_TRY(administration::store_reread(environment_, *job, {tl::unexpected(no_key())}, false));
    return true;
  }
  connector::Session& session = session_of(thread, job->workspace, job->directory, *job->credential);
  administration::ReadAgain read = read_again(session, *job);
  if (!read.person && jobs_.is_stopping()) {
    ROLECALL_TRY(administration::abandon_reread(environment_, *job));
    return true;
  }
  ROLECALL_TRY_ASSIGN(auto outcome, administration::store_reread(environment_, *job, read, false));
  if (outcome == administration::Reread::look_again) {
    if (auto more = read_sets(session, *job, read); !more) {
      read.person = tl::unexpected(std::move(more).error());
      session.hide_secrets(read.person.error());
    }
    ROLECALL_TRY_ASSIGN(outcome, administration::store_reread(environment_, *job, read, true));
  }
  log_.emit(log::Event::directory_person_read,
            {{"workspace", job->workspace},
             {"directory", job->directory.id},
             {"outcome", outcome == administration::Reread::done ? "done" : "postponed"},
             {"kind", read.person ? "" : connector::name_of(read.person.error().kind)},
             {"vendor_request", read.person ? std::string() : read.person.error().request_id}});
  return true;
}

Result<bool> DirectoryWorker::read_log(std::size_t thread) {
  constexpr int kPagesOfATurn = 50;
  const auto lease = options_.timeout * kCallsOfAReread;
  ROLECALL_TRY_ASSIGN(auto job, administration::claim_log(environment_, lease));
  if (!job) return false;
  bool goes_on = true;
  for (int page = 0; goes_on && page < kPagesOfATurn && !jobs_.is_stopping(); ++page) {
    connector::Answer<connector::Page<connector::DirectoryEvent>> read = tl::unexpected(no_key());
    if (job->credential) {
      connector::Session& session = session_of(thread, job->workspace, job->directory, *job->credential);
      const auto& connector = session.connector();
      const auto reply = session.call(administration::next_call(connector, job->log));
      if (!reply && jobs_.is_stopping()) break;
      read = reply ? connector.read_log_page(*reply, job->directory.domain, session.clock().now())
                   : tl::unexpected(reply.error());
      if (!read) session.hide_secrets(read.error());
    }
    ROLECALL_TRY_ASSIGN(goes_on, administration::store_log_page(environment_, *job, read, lease));
    if (!read) {
      log_.emit(log::Event::directory_log_not_read, {{"workspace", job->workspace},
                                                     {"directory", job->directory.id},
                                                     {"kind", connector::name_of(read.error().kind)},
                                                     {"status", read.error().status},
                                                     {"vendor_request", read.error().request_id}});
    } else if (!read->items.empty()) {
      log_.emit(log::Event::directory_log_read,
                {{"workspace", job->workspace}, {"directory", job->directory.id}, {"events", read->items.size()}});
    }
  }
  ROLECALL_TRY(administration::release_log(environment_, *job));
  return true;
}

Result<bool> DirectoryWorker::make_hook(std::size_t thread) {
  ROLECALL_TRY_ASSIGN(const auto job, administration::claim_hook(environment_, options_.timeout * kCallsOfAHook));
  if (!job) return false;
  administration::HookOutcome outcome{{}, no_key()};
  if (job->credential) {
    outcome = administration::work_on_hook(session_of(thread, job->workspace, job->directory, *job->credential), *job);
  }
  if (jobs_.is_stopping() && outcome.trouble && outcome.trouble->status == 0) {
    ROLECALL_TRY(administration::abandon_hook(environment_, *job));
    return true;
  }
  ROLECALL_TRY_ASSIGN(const auto state, administration::settle_hook(environment_, *job, outcome));
  const connector::Trouble trouble = outcome.trouble.value_or(connector::Trouble{});
  log_.emit(log::Event::directory_hook_worked_on, {{"workspace", job->workspace},
                                                   {"directory", job->directory.id},
                                                   {"state", state ? administration::name_of(*state) : "gone"},
                                                   {"kind", outcome.trouble ? connector::name_of(trouble.kind) : ""},
                                                   {"status", trouble.status},
                                                   {"vendor_request", trouble.request_id}});
  return true;
}

}  // namespace rolecall::app
