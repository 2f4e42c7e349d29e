#include "enum_text.hpp"
#include "workspace.hpp"

namespace rolecall::adapter::soci {
namespace {

using store::DirectorySetRecord;
using store::PersonRecord;
using store::SetKind;

constexpr EnumText<SetKind, 2> kSetKinds{{{{SetKind::group, "group"}, {SetKind::application, "application"}}}};

#define ROLECALL_PERSON                                                                                        \
  "SELECT directory, id, login, email, email_key, display_name, employee_number, title, department, manager, " \
  "manager_id, city, country, status, raw_status, type, changed, custom, run, gone FROM people WHERE workspace = ? "
constexpr const char* kPersonKinds = "ttttttttttttttttntnn";
constexpr Sql kFind{"people.find", ROLECALL_PERSON "AND directory = ? AND id = ?", kPersonKinds};
constexpr Sql kInsert{"people.insert",
                      "INSERT INTO people (workspace, directory, id, login, email, email_key, display_name, "
                      "employee_number, title, department, manager, manager_id, city, country, status, raw_status, "
                      "type, changed, custom, run, gone) "
                      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"};
constexpr Sql kUpdate{"people.update",
                      "UPDATE people SET login = ?, email = ?, email_key = ?, display_name = ?, employee_number = ?, "
                      "title = ?, department = ?, manager = ?, manager_id = ?, city = ?, country = ?, status = ?, "
                      "raw_status = ?, type = ?, changed = ?, custom = ?, run = ?, gone = ? "
                      "WHERE workspace = ? AND directory = ? AND id = ?"};
constexpr Sql kTouch{"people.touch", "UPDATE people SET run = ? WHERE workspace = ? AND directory = ? AND id = ?"};
constexpr Sql kNextMissing{"people.next_missing",
                           "SELECT id FROM people WHERE workspace = ? AND directory = ? AND id > ? AND run < ? AND "
                           "gone IS NULL ORDER BY id LIMIT 1",
                           "t"};

#define ROLECALL_SET                                                                                          \
  "SELECT s.directory, s.kind, s.id, s.name, s.description, s.type, s.status, s.accepts_members, s.changed, " \
  "s.members_changed, s.run"
constexpr Sql kFindSet{"directory_sets.find",
                       ROLECALL_SET
                       " FROM directory_sets s WHERE s.workspace = ? AND s.directory = ? AND s.kind = ? AND s.id = ?",
                       "tttttttnnnn"};
constexpr Sql kSetsOf{"directory_sets.of_person",
                      ROLECALL_SET
                      ", m.is_direct FROM directory_members m JOIN directory_sets s ON s.workspace = m.workspace AND "
                      "s.directory = m.directory AND s.kind = m.kind AND s.id = m.set_id "
                      "WHERE m.workspace = ? AND m.directory = ? AND m.person = ? AND m.kind = ? ORDER BY s.name, s.id",
                      "tttttttnnnnn"};
constexpr Sql kInsertSet{"directory_sets.insert",
                         "INSERT INTO directory_sets (workspace, directory, kind, id, name, description, type, status, "
                         "accepts_members, changed, members_changed, run) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"};
constexpr Sql kUpdateSet{"directory_sets.update",
                         "UPDATE directory_sets SET name = ?, description = ?, type = ?, status = ?, "
                         "accepts_members = ?, changed = ?, members_changed = ?, run = ? "
                         "WHERE workspace = ? AND directory = ? AND kind = ? AND id = ?"};
constexpr Sql kOldSets{"directory_sets.old",
                       "SELECT id FROM directory_sets WHERE workspace = ? AND directory = ? AND kind = ? AND run < ? "
                       "ORDER BY id",
                       "t"};
constexpr Sql kRemoveSet{"directory_sets.remove",
                         "DELETE FROM directory_sets WHERE workspace = ? AND directory = ? AND kind = ? AND id = ?"};
constexpr Sql kRemoveMembers{
    "directory_members.remove_of_set",
    "DELETE FROM directory_members WHERE workspace = ? AND directory = ? AND kind = ? AND set_id = ?"};
constexpr Sql kSetNamed{"directory_sets.named",
                        "SELECT id FROM directory_sets WHERE workspace = ? AND directory = ? AND kind = ? AND name = ? "
                        "LIMIT 1",
                        "t"};
constexpr Sql kSetsNamed{"directory_sets.all_named",
                         ROLECALL_SET
                         " FROM directory_sets s WHERE s.workspace = ? AND s.directory = ? AND s.kind = ? AND "
                         "s.name = ? ORDER BY s.id LIMIT 2",
                         "tttttttnnnn"};
constexpr Sql kNextSet{"directory_sets.next",
                       "SELECT id FROM directory_sets WHERE workspace = ? AND directory = ? AND kind = ? AND run = ? "
                       "AND id > ? ORDER BY id LIMIT 1",
                       "t"};
constexpr Sql kTouchMember{"directory_members.touch",
                           "UPDATE directory_members SET is_direct = ?, run = ? WHERE workspace = ? AND directory = ? "
                           "AND kind = ? AND set_id = ? AND person = ? AND run < ?"};
constexpr Sql kInsertMember{"directory_members.insert",
                            "INSERT INTO directory_members (workspace, directory, kind, set_id, person, is_direct, "
                            "run) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"};
constexpr Sql kOldMembers{"directory_members.old",
                          "SELECT person FROM directory_members WHERE workspace = ? AND directory = ? AND kind = ? "
                          "AND set_id = ? AND run < ? ORDER BY person",
                          "t"};
constexpr Sql kRemoveOldMembers{"directory_members.remove_old",
                                "DELETE FROM directory_members WHERE workspace = ? AND directory = ? AND kind = ? AND "
                                "set_id = ? AND run < ?"};
constexpr Sql kRemoveMember{"directory_members.remove",
                            "DELETE FROM directory_members WHERE workspace = ? AND directory = ? AND kind = ? AND "
                            "set_id = ? AND person = ?"};
constexpr Sql kForgetMembers{"directory_members.forget",
                             "DELETE FROM directory_members WHERE workspace = ? AND directory = ?"};
constexpr Sql kForgetSets{"directory_sets.forget", "DELETE FROM directory_sets WHERE workspace = ? AND directory = ?"};
constexpr Sql kForgetPeople{"people.forget", "DELETE FROM people WHERE workspace = ? AND directory = ?"};

PersonRecord person_of(Row& row) {
  PersonRecord person;
  person.directory = row.id<DirectoryId>(0);
  person.id = row.text(1);
  person.login = row.text(2);
  person.email = row.text(3);
  person.email_key = row.text(4);
  person.display_name = row.text(5);
  person.employee_number = row.text(6);
  person.title = row.text(7);
  person.department = row.text(8);
  person.manager = row.text(9);
  person.manager_id = row.text(10);
  person.city = row.text(11);
  person.country = row.text(12);
  person.status = row.text(13);
  person.raw_status = row.text(14);
  person.type = row.text(15);
  person.changed = row.optional_instant(16);
  person.custom = row.text(17);
  person.run = row.number(18);
  person.gone = row.optional_instant(19);
  return person;
}

DirectorySetRecord set_of(Row& row) {
  DirectorySetRecord set;
  set.directory = row.id<DirectoryId>(0);
  set.kind = kSetKinds.value(row.view(1));
  set.id = row.text(2);
  set.name = row.text(3);
  set.description = row.text(4);
  set.type = row.text(5);
  set.status = row.text(6);
  set.accepts_members = row.flag(7);
  set.changed = row.optional_instant(8);
  set.members_changed = row.optional_instant(9);
  set.run = row.number(10);
  return set;
}

}  // namespace

Result<std::optional<PersonRecord>> PeopleRepository::find(const DirectoryId& directory, const std::string& id) {
  std::optional<PersonRecord> found;
  ROLECALL_TRY(
      scope_.session.select(kFind, {scope_.workspace, directory, id}, [&](Row& row) { found = person_of(row); }));
  return found;
}

Result<void> PeopleRepository::insert(const PersonRecord& person) {
  ROLECALL_TRY(
      scope_.session.execute(kInsert, {scope_.workspace, person.directory,  person.id,           person.login,
                                       person.email,     person.email_key,  person.display_name, person.employee_number,
                                       person.title,     person.department, person.manager,      person.manager_id,
                                       person.city,      person.country,    person.status,       person.raw_status,
                                       person.type,      person.changed,    person.custom,       person.run,
                                       person.gone}));
  return {};
}

Result<void> PeopleRepository::update(const PersonRecord& person) {
  ROLECALL_TRY(scope_.session.execute(
      kUpdate, {person.login,   person.email,      person.email_key,  person.display_name, person.employee_number,
                person.title,   person.department, person.manager,    person.manager_id,   person.city,
                person.country, person.status,     person.raw_status, person.type,         person.changed,
                person.custom,  person.run,        person.gone,       scope_.workspace,    person.directory,
                person.id}));
  return {};
}

Result<void> PeopleRepository::touch(const DirectoryId& directory, const std::string& id, std::int64_t run) {
  ROLECALL_TRY(scope_.session.execute(kTouch, {run, scope_.workspace, directory, id}));
  return {};
}

Result<std::optional<std::string>> PeopleRepository::next_missing(const DirectoryId& directory, std::int64_t run,
                                                                  const std::string& after) {
  std::optional<std::string> found;
  ROLECALL_TRY(scope_.session.select(kNextMissing, {scope_.workspace, directory, after, run},
                                     [&](Row& row) { found = row.text(0); }));
  return found;
}

Result<std::vector<PersonRecord>> PeopleRepository::page(const store::PeopleFilter& filter, const std::string& after,
                                                         std::int64_t limit) {
  std::string text = ROLECALL_PERSON;
  std::vector<Param> params{scope_.workspace};
  const auto blank = after.find(' ');
  const std::string_view after_directory = std::string_view(after).substr(0, blank);
  const std::string_view after_id =
      blank == std::string::npos ? std::string_view() : std::string_view(after).substr(blank + 1);
  // A pair, so that an engine takes it for one place in the key.
  text += "AND (directory, id) > (?, ?) ";
  params.emplace_back(after_directory);
  params.emplace_back(after_id);
  const auto equals = [&](const char* condition, const std::string& value) {
    if (value.empty()) return;
    text += condition;
    params.emplace_back(value);
  };
  equals("AND directory = ? ", filter.directory.value());
  equals("AND login = ? ", filter.login);
  equals("AND email_key = ? ", filter.email_key);
  if (!filter.with_gone) text += "AND gone IS NULL ";
  if (!filter.statuses.empty()) {
    std::string marks;
    for (const std::string& status : filter.statuses) {
      marks += marks.empty() ? "?" : ", ?";
      params.emplace_back(status);
    }
    text += "AND status IN (" + marks + ") ";
  }
  text += "ORDER BY directory, id LIMIT ?";
  params.emplace_back(limit);
  std::vector<PersonRecord> found;
  ROLECALL_TRY(
      scope_.session.select_built(text, kPersonKinds, params, [&](Row& row) { found.push_back(person_of(row)); }));
  return found;
}

Result<std::optional<DirectorySetRecord>> PeopleRepository::find_set(const DirectoryId& directory, SetKind kind,
                                                                     const std::string& id) {
  std::optional<DirectorySetRecord> found;
  ROLECALL_TRY(scope_.session.select(kFindSet, {scope_.workspace, directory, kSetKinds.text(kind), id},
                                     [&](Row& row) { found = set_of(row); }));
  return found;
}

Result<void> PeopleRepository::insert_set(const DirectorySetRecord& set) {
  ROLECALL_TRY(scope_.session.execute(
      kInsertSet, {scope_.workspace, set.directory, kSetKinds.text(set.kind), set.id, set.name, set.description,
                   set.type, set.status, set.accepts_members, set.changed, set.members_changed, set.run}));
  return {};
}

Result<void> PeopleRepository::update_set(const DirectorySetRecord& set) {
  ROLECALL_TRY(scope_.session.execute(
      kUpdateSet, {set.name, set.description, set.type, set.status, set.accepts_members, set.changed,
                   set.members_changed, set.run, scope_.workspace, set.directory, kSetKinds.text(set.kind), set.id}));
  return {};
}

Result<std::vector<std::string>> PeopleRepository::old_sets(const DirectoryId& directory, SetKind kind,
                                                            std::int64_t run) {
  std::vector<std::string> found;
  ROLECALL_TRY(scope_.session.select(kOldSets, {scope_.workspace, directory, kSetKinds.text(kind), run},
                                     [&](Row& row) { found.push_back(row.text(0)); }));
  return found;
}

Result<void> PeopleRepository::remove_set(const DirectoryId& directory, SetKind kind, const std::string& id) {
  for (const Sql* one : {&kRemoveMembers, &kRemoveSet}) {
    ROLECALL_TRY(scope_.session.execute(*one, {scope_.workspace, directory, kSetKinds.text(kind), id}));
  }
  return {};
}

Result<std::optional<std::string>> PeopleRepository::next_set(const DirectoryId& directory, SetKind kind,
                                                              std::int64_t run, const std::string& after) {
  std::optional<std::string> found;
  ROLECALL_TRY(scope_.session.select(kNextSet, {scope_.workspace, directory, kSetKinds.text(kind), run, after},
                                     [&](Row& row) { found = row.text(0); }));
  return found;
}

Result<bool> PeopleRepository::has_set_named(const DirectoryId& directory, SetKind kind, const std::string& name) {
  bool found = false;
  ROLECALL_TRY(scope_.session.select(kSetNamed, {scope_.workspace, directory, kSetKinds.text(kind), name},
                                     [&](Row&) { found = true; }));
  return found;
}

Result<std::vector<DirectorySetRecord>> PeopleRepository::sets_named(const DirectoryId& directory, SetKind kind,
                                                                     const std::string& name) {
  std::vector<DirectorySetRecord> found;
  ROLECALL_TRY(scope_.session.select(kSetsNamed, {scope_.workspace, directory, kSetKinds.text(kind), name},
                                     [&](Row& row) { found.push_back(set_of(row)); }));
  return found;
}

Result<std::vector<store::HeldSet>> PeopleRepository::sets_of(const DirectoryId& directory, SetKind kind,
                                                              const std::string& person) {
  std::vector<store::HeldSet> found;
  ROLECALL_TRY(
      scope_.session.select(kSetsOf, {scope_.workspace, directory, person, kSetKinds.text(kind)}, [&](Row& row) {
        found.push_back({set_of(row), row.flag(11)});
      }));
  return found;
}

Result<store::Seen> PeopleRepository::put_member(const DirectoryId& directory, SetKind kind, const std::string& set,
                                                 const std::string& person, bool is_direct, std::int64_t run) {
  ROLECALL_TRY_ASSIGN(const auto known,
                      scope_.session.execute(kTouchMember, {is_direct, run, scope_.workspace, directory,
                                                            kSetKinds.text(kind), set, person, run}));
  if (known > 0) return store::Seen::known;
  ROLECALL_TRY_ASSIGN(const auto added,
                      scope_.session.execute(kInsertMember, {scope_.workspace, directory, kSetKinds.text(kind), set,
                                                             person, is_direct, run}));
  return added > 0 ? store::Seen::added : store::Seen::again;
}

Result<std::vector<std::string>> PeopleRepository::old_members(const DirectoryId& directory, SetKind kind,
                                                               const std::string& set, std::int64_t run) {
  std::vector<std::string> found;
  ROLECALL_TRY(scope_.session.select(kOldMembers, {scope_.workspace, directory, kSetKinds.text(kind), set, run},
                                     [&](Row& row) { found.push_back(row.text(0)); }));
  return found;
}

Result<std::int64_t> PeopleRepository::remove_old_members(const DirectoryId& directory, SetKind kind,
                                                          const std::string& set, std::int64_t run) {
  return scope_.session.execute(kRemoveOldMembers, {scope_.workspace, directory, kSetKinds.text(kind), set, run});
}

Result<bool> PeopleRepository::remove_member(const DirectoryId& directory, SetKind kind, const std::string& set,
                                             const std::string& person) {
  ROLECALL_TRY_ASSIGN(const auto removed, scope_.session.execute(kRemoveMember, {scope_.workspace, directory,
                                                                                 kSetKinds.text(kind), set, person}));
  return removed > 0;
}

Result<void> PeopleRepository::forget(const DirectoryId& directory) {
  for (const Sql* one : {&kForgetMembers, &kForgetSets, &kForgetPeople}) {
    ROLECALL_TRY(scope_.session.execute(*one, {scope_.workspace, directory}));
  }
  return {};
}

}  // namespace rolecall::adapter::soci
