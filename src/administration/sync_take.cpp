#include <algorithm>

#include "rolecall/administration/sync_runs.hpp"
#include "rolecall/base/text.hpp"
#include "rolecall/json/array_of.hpp"
#include "rolecall/json/write.hpp"
#include "sync_move.hpp"

namespace rolecall::administration {
namespace {

using store::PersonRecord;
using store::SetKind;
using store::SyncPhase;

constexpr std::size_t kLongestField = 1000;         ///< bytes, of a text that an index may hold
constexpr std::size_t kLongestCustom = 256 * 1024;  ///< bytes, of all custom attributes of somebody

/// As much of it as is kept: no database takes every text.
std::string bounded(std::string_view text) {
  std::string kept(text.substr(0, kLongestField));
  kept.erase(std::remove(kept.begin(), kept.end(), '\0'), kept.end());
  while (!is_valid_utf8(kept)) kept.pop_back();
  return kept;
}

std::string custom_of(const connector::Person& person) {
  std::string text = json::write(person.custom);
  return text.size() <= kLongestCustom ? text : "{}";
}

PersonRecord record_of(const SyncMove& move, const connector::Person& person) {
  PersonRecord record;
  record.directory = move.run.directory;
  record.id = person.id;
  record.login = bounded(person.login);
  record.email = bounded(person.email);
  record.email_key = move.environment.folder.fold(record.email);
  record.display_name = bounded(person.display_name);
  record.employee_number = bounded(person.employee_number);
  record.title = bounded(person.title);
  record.department = bounded(person.department);
  record.manager = bounded(person.manager);
  record.manager_id = bounded(person.manager_id);
  record.city = bounded(person.city);
  record.country = bounded(person.country);
  record.status = connector::name_of(person.status);
  record.raw_status = bounded(person.raw_status);
  record.type = bounded(person.type);
  record.changed = person.changed;
  record.custom = custom_of(person);
  record.run = move.run.number;
  return record;
}

bool holds(const std::vector<std::string>& wanted, const std::string& text) {
  return std::find(wanted.begin(), wanted.end(), text) != wanted.end();
}

Result<bool> is_in_one(SyncMove& move, const std::string& person, SetKind kind,
                       const std::vector<std::string>& wanted) {
  if (wanted.empty()) return true;
  ROLECALL_TRY_ASSIGN(const auto held, move.workspace.people().sets_of(move.run.directory, kind, person));
  return std::any_of(held.begin(), held.end(), [&](const store::HeldSet& one) {
    return holds(wanted, one.set.id) || holds(wanted, one.set.name);
  });
}

Result<bool> is_kept(SyncMove& move, const PersonRecord& person) {
  const store::Reading& reading = move.directory.reading;
  if (!reading.types.empty() && !holds(reading.types, person.type)) return false;
  ROLECALL_TRY_ASSIGN(const bool in_group, is_in_one(move, person.id, SetKind::group, reading.groups));
  if (!in_group) return false;
  return is_in_one(move, person.id, SetKind::application, reading.applications);
}

Result<void> take_person(SyncMove& move, const connector::Person& found, SyncChanges& changes) {
  PersonRecord record = record_of(move, found);
  auto& people = move.workspace.people();
  ROLECALL_TRY_ASSIGN(auto known, people.find(record.directory, record.id));
  // Somebody who moved between two pages comes twice.
  if (known && known->run == record.run && move.run.kind != store::SyncKind::person) return {};
  ROLECALL_TRY(follow_status(move, known, record));
  ROLECALL_TRY_ASSIGN(const bool kept, is_kept(move, record));
  if (!kept) return known ? take_absence(move, record.id) : Result<void>();
  move.run.people.seen += 1;
  if (!known) {
    changes.added.push_back(record.id);
    return people.insert(record);
  }
  // One who was read by themselves has been seen by a later run than this one.
  record.run = std::max(record.run, known->run);
  known->run = record.run;
  if (*known == record) return people.touch(record.directory, record.id, record.run);
  changes.changed.push_back(record.id);
  return people.update(record);
}

Result<void> take_set(SyncMove& move, const store::DirectorySetRecord& record, store::SyncCounts& counts,
                      SyncChanges& changes) {
  auto& people = move.workspace.people();
  ROLECALL_TRY_ASSIGN(auto known, people.find_set(record.directory, record.kind, record.id));
  if (known && known->run == record.run) return {};
  counts.seen += 1;
  if (!known) {
    changes.added.push_back(record.id);
    return people.insert_set(record);
  }
  known->run = record.run;
  if (*known != record) changes.changed.push_back(record.id);
  return people.update_set(record);
}

store::SyncCounts& counts_of(store::SyncRunRecord& run, SyncPhase what) {
  switch (what) {
    case SyncPhase::people:
    case SyncPhase::missing:
      return run.people;
    case SyncPhase::groups:
      return run.groups;
    case SyncPhase::members:
      return run.members;
    case SyncPhase::applications:
      return run.applications;
    case SyncPhase::assignments:
      break;
  }
  return run.assignments;
}

}  // namespace

Result<void> tell(SyncMove& move, const SyncChanges& changes, SyncPhase what, const std::string& of) {
  const char* by = move.is_of_action() ? "action" : "event";
  json::Object row{{move.event.empty() ? "run" : by, move.cause()},
                   {"what", name_of(what == SyncPhase::missing ? SyncPhase::people : what)}};
  if (!of.empty()) row.append("of", of);
  store::SyncCounts& counts = counts_of(move.run, what);
  bool is_any = false;
  const auto add = [&](const char* name, const std::vector<std::string>& ids, std::int64_t& count) {
    if (ids.empty()) return;
    row.append(name, json::array_of(ids));
    count += static_cast<std::int64_t>(ids.size());
    is_any = true;
  };
  add("added", changes.added, counts.added);
  add("changed", changes.changed, counts.changed);
  add("gone", changes.gone, counts.gone);
  if (!is_any) return {};
  return move.trail.record("directory.read", "Directory/" + move.run.directory.value(), std::move(row));
}

Result<void> take(SyncMove& move, const std::vector<connector::Person>& people) {
  SyncChanges changes;
  for (const auto& person : people) ROLECALL_TRY(take_person(move, person, changes));
  return tell(move, changes, SyncPhase::people);
}

Result<void> take(SyncMove& move, const std::vector<connector::DirectoryGroup>& groups) {
  SyncChanges changes;
  for (const auto& group : groups) {
    ROLECALL_TRY(take_set(
        move,
        {move.run.directory, SetKind::group, group.id, bounded(group.name), bounded(group.description),
         bounded(group.kind), "", group.accepts_members, group.changed, group.members_changed, move.run.number},
        move.run.groups, changes));
  }
  return tell(move, changes, SyncPhase::groups);
}

Result<void> take(SyncMove& move, const std::vector<connector::Application>& applications) {
  SyncChanges changes;
  for (const auto& one : applications) {
    ROLECALL_TRY(take_set(move,
                          {move.run.directory, SetKind::application, one.id, bounded(one.name), "", bounded(one.kind),
                           bounded(one.status), true, one.changed, std::nullopt, move.run.number},
                          move.run.applications, changes));
  }
  return tell(move, changes, SyncPhase::applications);
}

Result<void> take(SyncMove& move, const std::vector<connector::Assignment>& members) {
  const bool is_of_group = move.run.phase == SyncPhase::members;
  store::SyncCounts& counts = counts_of(move.run, move.run.phase);
  SyncChanges changes;
  for (const auto& member : members) {
    ROLECALL_TRY_ASSIGN(
        const store::Seen seen,
        move.workspace.people().put_member(move.run.directory, is_of_group ? SetKind::group : SetKind::application,
                                           move.run.at, member.person, member.is_direct, move.run.number));
    counts.seen += seen == store::Seen::again ? 0 : 1;
    if (seen == store::Seen::added) changes.added.push_back(member.person);
  }
  return tell(move, changes, move.run.phase, move.run.at);
}

namespace {

/// Of one kind, what a list of theirs holds.
Result<std::vector<std::string>> take_sets_of(SyncMove& move, SetKind kind, const std::string& person,
                                              const std::vector<connector::HeldApplication>& listed, bool is_sure) {
  auto& people = move.workspace.people();
  const DirectoryId& directory = move.run.directory;
  const SyncPhase what = kind == SetKind::group ? SyncPhase::members : SyncPhase::assignments;
  ROLECALL_TRY_ASSIGN(const auto held, people.sets_of(directory, kind, person));
  std::vector<std::string> lacking;
  for (const store::HeldSet& one : held) {
    const bool is_there =
        std::any_of(listed.begin(), listed.end(), [&](const auto& listed_one) { return listed_one.id == one.set.id; });
    if (!is_there) lacking.push_back(one.set.id);
  }
  if (!lacking.empty() && !is_sure) return lacking;
  for (const auto& one : listed) {
    ROLECALL_TRY_ASSIGN(const auto known, people.find_set(directory, kind, one.id));
    if (!known) continue;
    ROLECALL_TRY_ASSIGN(const store::Seen seen,
                        people.put_member(directory, kind, one.id, person, one.is_direct, move.run.number));
    if (seen == store::Seen::added) ROLECALL_TRY(tell(move, {{person}, {}, {}}, what, one.id));
  }
  for (const std::string& set : lacking) {
    ROLECALL_TRY(people.remove_member(directory, kind, set, person));
    ROLECALL_TRY(tell(move, {{}, {}, {person}}, what, set));
  }
  return lacking;
}

}  // namespace

Result<std::vector<std::string>> take_groups_of(SyncMove& move, const std::string& person,
                                                const std::vector<connector::DirectoryGroup>& groups, bool is_sure) {
  std::vector<connector::HeldApplication> listed;
  for (const auto& group : groups) listed.push_back({group.id, true});
  return take_sets_of(move, SetKind::group, person, listed, is_sure);
}

Result<std::vector<std::string>> take_applications_of(SyncMove& move, const std::string& person,
                                                      const std::vector<connector::HeldApplication>& applications,
                                                      bool is_sure) {
  return take_sets_of(move, SetKind::application, person, applications, is_sure);
}

Result<void> take_absence(SyncMove& move, const std::string& id) {
  auto& people = move.workspace.people();
  ROLECALL_TRY_ASSIGN(auto person, people.find(move.run.directory, id));
  if (!person || person->gone) return {};
  person->gone = move.now;
  ROLECALL_TRY(people.update(*person));
  return tell(move, {{}, {}, {id}}, SyncPhase::people);
}

}  // namespace rolecall::administration
