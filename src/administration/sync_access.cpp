#include <algorithm>

#include "sync_move.hpp"

// Whom a person of a directory is here, and what becomes of that account. The rule has to be safe before it is
// complete: somebody else's access must not end because two people share a name.

namespace rolecall::administration {
namespace {

using store::EndedAccessRecord;
using store::EndingState;
using store::ResourceRecord;

/// Of whom nobody is sure when there are several.
struct Account {
  std::optional<ResourceRecord> user;
  bool is_unclear = false;
};

/// Is the account pushed by the provider whose directory this is? Another provider's word of somebody of the same name
/// says nothing of it.
Result<bool> is_of_provider(SyncMove& move, const ResourceRecord& user) {
  ROLECALL_TRY_ASSIGN(const auto connection, move.workspace.connections().find(user.connection));
  return connection && connection->dialect == move.directory.provider;
}

/// The provider's own id, which it also pushes as externalId: nobody chooses one, and nobody else has it.
Result<Account> account_by_id(SyncMove& move, const std::string& person) {
  constexpr std::int64_t kEnough = 2;
  if (!move.connector.is_person_id(person)) return Account();
  ROLECALL_TRY_ASSIGN(auto found, move.workspace.resources().find_anywhere_by_external_id("User", person, kEnough));
  if (found.empty()) return Account();
  if (found.size() > 1) return Account{std::move(found.front()), true};
  return Account{std::move(found.front())};
}

/// Where externalId holds something else, by userName: of this provider's connections alone, of nobody whom the
/// provider knows by another id, and not where somebody else of the directory has that login now.
Result<Account> account_by_login(SyncMove& move, const std::string& person, const std::string& login) {
  constexpr std::int64_t kEnough = 2;
  if (login.empty()) return Account();
  ROLECALL_TRY_ASSIGN(auto found, move.workspace.resources().find_by_key("User", move.environment.folder.fold(login)));
  if (found.size() != 1 || move.connector.is_person_id(found.front().external_id)) return Account();
  ROLECALL_TRY_ASSIGN(const bool is_theirs, is_of_provider(move, found.front()));
  if (!is_theirs) return Account();
  ROLECALL_TRY_ASSIGN(const auto namesakes,
                      move.workspace.people().page({move.directory.id, {}, login, {}, false}, "", kEnough));
  const bool is_shared =
      std::any_of(namesakes.begin(), namesakes.end(), [&](const auto& one) { return one.id != person; });
  return Account{std::move(found.front()), is_shared};
}

Result<Account> account_of(SyncMove& move, const std::string& person, const std::string& login) {
  ROLECALL_TRY_ASSIGN(auto by_id, account_by_id(move, person));
  if (by_id.user) return by_id;
  return account_by_login(move, person, login);
}

Result<void> tell_unclear(SyncMove& move, const EndedAccessRecord& ending) {
  return move.trail.record("user.access_not_ended", "User/" + ending.user.value(),
                           {{"directory", "Directory/" + ending.directory.value()},
                            {"person", ending.person},
                            {"status", ending.status},
                            {"because", ending.cause},
                            {"refused", ending.note}});
}

/// The person has no access at the provider any more; so ends the account, if there is one that has.
Result<void> ask_for_end(SyncMove& move, const std::string& person, const std::string& login,
                         const std::string& status) {
  ROLECALL_TRY_ASSIGN(const auto account, account_of(move, person, login));
  if (!account.user || !account.user->is_active) return {};
  auto& endings = move.workspace.ended_access();
  ROLECALL_TRY_ASSIGN(const auto known, endings.find(move.directory.id, person));
  // It waits already: for whoever is next, or for an administrator.
  const bool waits = known && (known->state == EndingState::ending || known->state == EndingState::held);
  if (waits && known->user == account.user->id) return {};
  EndedAccessRecord ending{move.directory.id,
                           person,
                           account.user->id,
                           EndingState::ending,
                           status,
                           move.cause(),
                           known ? known->note : std::string(),
                           move.now,
                           std::nullopt};
  if (account.is_unclear) {
    ending.state = EndingState::refused;
    ending.note = "More than one may be meant.";
    const bool is_told = known && known->state == EndingState::refused && known->note == ending.note;
    if (!is_told) ROLECALL_TRY(tell_unclear(move, ending));
  }
  return endings.put(ending);
}

/// The person has access there again.
Result<void> ask_for_return(SyncMove& move, const std::string& person, const std::string& status) {
  auto& endings = move.workspace.ended_access();
  ROLECALL_TRY_ASSIGN(auto known, endings.find(move.directory.id, person));
  if (!known) return {};
  if (known->state == EndingState::ending || known->state == EndingState::refused) {
    ROLECALL_TRY(endings.remove(known->directory, known->person));
    return {};
  }
  known->state = EndingState::returning;
  known->status = status;
  known->cause = move.cause();
  known->asked = move.now;
  return endings.put(*known);
}

bool has_none(const std::string& status) {
  return status == connector::name_of(connector::PersonStatus::suspended) ||
         status == connector::name_of(connector::PersonStatus::deprovisioned);
}

}  // namespace

Result<void> follow_status(SyncMove& move, const std::optional<store::PersonRecord>& before,
                           const store::PersonRecord& now) {
  if (!move.directory.ends_access) return {};
  if (has_none(now.status)) return ask_for_end(move, now.id, now.login, now.status);
  // Of those who are as they were nobody looks, in a run of everybody: there is nothing to give back.
  const bool is_news =
      move.run.kind == store::SyncKind::person || (before && (before->gone || has_none(before->status)));
  return is_news ? ask_for_return(move, now.id, now.status) : Result<void>();
}

Result<void> follow_absence(SyncMove& move, const std::string& person) {
  if (!move.directory.ends_access) return {};
  ROLECALL_TRY_ASSIGN(const auto known, move.workspace.people().find(move.directory.id, person));
  return ask_for_end(move, person, known ? known->login : std::string(), "deleted");
}

}  // namespace rolecall::administration
