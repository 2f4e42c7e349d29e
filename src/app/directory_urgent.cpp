#include "directory_worker.hpp"

// What somebody waits for: access that ends, people of whom a provider told something, hooks that are made.

namespace rolecall::app {
namespace {

/// Listing, two calls for one that is there, making and verifying, and a token.
constexpr int kCallsOfAHook = 8;
/// A person and their groups, and a token.
constexpr int kCallsOfAReread = 4;
/// Pages of groups of one person; a provider that goes on behind them is not believed.
constexpr int kPages = 20;

bool is_same(const std::vector<connector::DirectoryGroup>& all, const connector::DirectoryGroup& group) {
  for (const auto& one : all) {
    if (one.id == group.id) return true;
  }
  return false;
}

/// To the end of the list, added to what is there.
connector::Answer<std::vector<connector::DirectoryGroup>> read_groups(connector::Session& session,
                                                                      const administration::RereadJob& job) {
  const auto& connector = session.connector();
  std::vector<connector::DirectoryGroup> all;
  connector::Call call = connector.list_groups_of(job.wanted.person);
  for (int page = 0; page < kPages; ++page) {
    const auto reply = session.call(call);
    if (!reply) return tl::unexpected(reply.error());
    auto read = connector.read_groups(*reply, job.directory.domain, session.clock().now());
    if (!read) return tl::unexpected(std::move(read).error());
    for (auto& group : read->items) all.push_back(std::move(group));
    if (read->next.empty()) return all;
    call = connector.go_on(read->next);
  }
  return tl::unexpected(connector::no_reply("The list of somebody's groups has no end."));
}

}  // namespace

Result<bool> DirectoryWorker::do_urgent(std::size_t thread) {
  ROLECALL_TRY_ASSIGN(const bool has_ended, end_access());
  if (has_ended) return true;
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

connector::Session& DirectoryWorker::session_of(std::size_t thread, const store::DirectoryRecord& directory,
                                                const connector::Credential& credential) {
  Kept& kept = kept_.at(thread);
  // Every sealing gives another text, so this tells any two credentials, and so any two directories, apart.
  const bool is_as_before = kept.session && kept.credential == directory.credential && kept.scopes == directory.scopes;
  if (is_as_before) return *kept.session;
  kept.credential = directory.credential;
  kept.scopes = directory.scopes;
  kept.session = std::make_unique<connector::Session>(session_with(directory, credential));
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
  administration::ReadAgain found{read(), std::nullopt};
  if (found.person && job.wanted.with_groups) {
    auto groups = read_groups(session, job);
    if (groups) {
      found.groups = std::move(*groups);
    } else {
      found.person = tl::unexpected(std::move(groups).error());
    }
  }
  if (!found.person) session.hide_secrets(found.person.error());
  return found;
}

Result<bool> DirectoryWorker::reread_one(std::size_t thread) {
  ROLECALL_TRY_ASSIGN(const auto job, administration::claim_reread(environment_, options_.timeout * kCallsOfAReread));
  if (!job) return false;
  if (!job->credential) {
    ROLECALL_TRY(administration::store_reread(environment_, *job, {tl::unexpected(no_key()), std::nullopt}, false));
    return true;
  }
  connector::Session& session = session_of(thread, job->directory, *job->credential);
  administration::ReadAgain read = read_again(session, *job);
  if (!read.person && jobs_.is_stopping()) {
    ROLECALL_TRY(administration::abandon_reread(environment_, *job));
    return true;
  }
  ROLECALL_TRY_ASSIGN(auto outcome, administration::store_reread(environment_, *job, read, false));
  if (outcome == administration::Reread::look_again) {
    auto more = read_groups(session, *job);
    if (more) {
      for (auto& group : *more) {
        if (!is_same(*read.groups, group)) read.groups->push_back(std::move(group));
      }
    } else {
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
      connector::Session& session = session_of(thread, job->directory, *job->credential);
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
    outcome = administration::work_on_hook(session_of(thread, job->directory, *job->credential), *job);
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
