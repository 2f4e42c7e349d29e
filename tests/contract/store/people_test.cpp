#include "store_contract.hpp"

namespace rolecall::contract {
namespace {

using store::Seen;
using store::SetKind;
using store::SyncKind;
using store::SyncPhase;
using store::SyncState;

const DirectoryId kOkta("d1");
const DirectoryId kEntra("d2");

class PeopleContract : public StoreContract {
 protected:
  static store::PersonRecord person(const DirectoryId& directory, const std::string& id, std::int64_t run = 1) {
    store::PersonRecord record;
    record.directory = directory;
    record.id = id;
    record.login = id + "@acme.example";
    record.email = "Work@acme.example";
    record.email_key = "work@acme.example";
    record.display_name = "Zoë";
    record.employee_number = "E1";
    record.title = "Analyst";
    record.department = "Finance";
    record.manager = "bo@acme.example";
    record.manager_id = "E0";
    record.city = "Lisbon";
    record.country = "PT";
    record.status = "active";
    record.raw_status = "LOCKED_OUT";
    record.type = "oty1";
    record.changed = at(5);
    record.custom = R"({"a":1})";
    record.run = run;
    return record;
  }
  void insert(const WorkspaceId& workspace, const store::PersonRecord& record) {
    write_in(workspace, [&](Workspace& reached) { return reached.people().insert(record); });
  }
  std::optional<store::PersonRecord> find(const WorkspaceId& workspace, const std::string& id) {
    return read_in(workspace, [&](Workspace& reached) { return reached.people().find(kOkta, id); });
  }
  std::string page(const store::PeopleFilter& filter, const std::string& after = "", std::int64_t limit = 10) {
    std::string all;
    for (const auto& one :
         read_in(home, [&](Workspace& reached) { return reached.people().page(filter, after, limit); })) {
      all += one.directory.value() + "/" + one.id + " ";
    }
    return all;
  }
  static store::DirectorySetRecord set(SetKind kind, const std::string& id, std::int64_t run) {
    return {kOkta, kind, id, "Name of " + id, "", "OKTA_GROUP", "ACTIVE", id != "g2", at(1), at(2), run};
  }
  void insert_set(SetKind kind, const std::string& id, std::int64_t run) {
    write_in(home, [&](Workspace& reached) { return reached.people().insert_set(set(kind, id, run)); });
  }
  Seen put_member(SetKind kind, const std::string& set, const std::string& who, std::int64_t run,
                  bool is_direct = true) {
    return write_in(
        home, [&](Workspace& reached) { return reached.people().put_member(kOkta, kind, set, who, is_direct, run); });
  }
  std::string sets_of(SetKind kind, const std::string& who) {
    std::string all;
    for (const auto& one :
         read_in(home, [&](Workspace& reached) { return reached.people().sets_of(kOkta, kind, who); })) {
      all += one.set.id + (one.is_direct ? " " : "* ");
    }
    return all;
  }
  std::string next_set(std::int64_t run, const std::string& after) {
    return read_in(home,
                   [&](Workspace& reached) { return reached.people().next_set(kOkta, SetKind::group, run, after); })
        .value_or("none");
  }
  std::string next_missing(std::int64_t run, const std::string& after) {
    return read_in(home, [&](Workspace& reached) { return reached.people().next_missing(kOkta, run, after); })
        .value_or("none");
  }
};
ROLECALL_ON_EVERY_ENGINE(PeopleContract);

TEST_P(PeopleContract, Person_IsKeptWhole_InItsWorkspaceOnly) {
  insert(home, person(kOkta, "u1"));
  EXPECT_EQ(find(home, "u1"), person(kOkta, "u1"));
  EXPECT_FALSE(find(other, "u1"));
  auto changed = person(kOkta, "u1", 2);
  changed.login = "other";
  changed.status = "suspended";
  changed.changed.reset();
  changed.custom = "{}";
  changed.gone = at(9);
  write_in(home, [&](Workspace& reached) { return reached.people().update(changed); });
  EXPECT_EQ(find(home, "u1"), changed);
  write_in(home, [&](Workspace& reached) { return reached.people().touch(kOkta, "u1", 7); });
  changed.run = 7;
  EXPECT_EQ(find(home, "u1"), changed);
}

TEST_P(PeopleContract, Page_IsOfThoseWhoFit_InOrder) {
  for (const char* id : {"u2", "u1", "u3"}) insert(home, person(kOkta, id));
  insert(home, person(kEntra, "u1"));
  insert(other, person(kOkta, "u9"));
  auto left = person(kOkta, "u4");
  left.gone = at(1);
  insert(home, left);
  auto suspended = person(kOkta, "u5");
  suspended.status = "suspended";
  insert(home, suspended);
  EXPECT_EQ(page({}), "d1/u1 d1/u2 d1/u3 d1/u5 d2/u1 ");
  EXPECT_EQ(page({}, "d1 u2"), "d1/u3 d1/u5 d2/u1 ");
  EXPECT_EQ(page({}, "d1 u5", 1), "d2/u1 ");
  EXPECT_EQ(page({kOkta, {}, "", "", true}), "d1/u1 d1/u2 d1/u3 d1/u4 d1/u5 ");
  EXPECT_EQ(page({{}, {"suspended"}, "", "", false}), "d1/u5 ");
  EXPECT_EQ(page({{}, {"suspended", "active"}, "u1@acme.example", "", false}), "d1/u1 d2/u1 ");
  EXPECT_EQ(page({{}, {}, "", "work@acme.example", true}, "d1 u4"), "d1/u5 d2/u1 ");
  EXPECT_EQ(page({{}, {}, "", "Work@acme.example", true}), "");
}

TEST_P(PeopleContract, Missing_AreThoseWhomOnlyAnEarlierRunSaw) {
  for (const char* id : {"u3", "u1"}) insert(home, person(kOkta, id, 1));
  insert(home, person(kOkta, "u2", 2));
  insert(home, person(kEntra, "u0", 1));
  auto left = person(kOkta, "u4", 1);
  left.gone = at(1);
  insert(home, left);
  EXPECT_EQ(next_missing(2, ""), "u1");
  EXPECT_EQ(next_missing(2, "u1"), "u3");
  EXPECT_EQ(next_missing(2, "u3"), "none");
  EXPECT_EQ(next_missing(1, ""), "none");
}

TEST_P(PeopleContract, Sets_AreKeptByTheirKind) {
  for (const char* id : {"g2", "g1", "g3"}) insert_set(SetKind::group, id, 1);
  insert_set(SetKind::application, "g1", 1);
  const auto find_set = [&](SetKind kind) {
    return read_in(home, [&](Workspace& reached) { return reached.people().find_set(kOkta, kind, "g1"); });
  };
  EXPECT_EQ(find_set(SetKind::group), set(SetKind::group, "g1", 1));
  auto changed = set(SetKind::group, "g1", 2);
  changed.name = "Another";
  changed.accepts_members = false;
  changed.changed.reset();
  write_in(home, [&](Workspace& reached) { return reached.people().update_set(changed); });
  EXPECT_EQ(find_set(SetKind::group), changed);
  EXPECT_EQ(find_set(SetKind::application), set(SetKind::application, "g1", 1));
  EXPECT_EQ(next_set(1, ""), "g2");
  EXPECT_EQ(next_set(1, "g2"), "g3");
  EXPECT_EQ(next_set(1, "g3"), "none");
  EXPECT_EQ(next_set(2, ""), "g1");
  const auto is_named = [&](const std::string& name) {
    return read_in(home,
                   [&](Workspace& reached) { return reached.people().has_set_named(kOkta, SetKind::group, name); });
  };
  EXPECT_TRUE(is_named("Another"));
  EXPECT_FALSE(is_named("Name of g1"));
  const auto old =
      read_in(home, [](Workspace& reached) { return reached.people().old_sets(kOkta, SetKind::group, 2); });
  EXPECT_EQ(old, (std::vector<std::string>{"g2", "g3"}));
}

TEST_P(PeopleContract, Members_AreSeenByRuns) {
  for (const char* id : {"g2", "g1"}) insert_set(SetKind::group, id, 1);
  insert_set(SetKind::application, "a1", 1);
  EXPECT_EQ(put_member(SetKind::group, "g1", "u1", 1), Seen::added);
  EXPECT_EQ(put_member(SetKind::group, "g1", "u1", 1), Seen::again);
  EXPECT_EQ(put_member(SetKind::group, "g1", "u1", 2), Seen::known);
  EXPECT_EQ(put_member(SetKind::group, "g2", "u1", 1), Seen::added);
  EXPECT_EQ(put_member(SetKind::group, "g1", "u2", 1), Seen::added);
  EXPECT_EQ(put_member(SetKind::application, "a1", "u1", 1, false), Seen::added);
  EXPECT_EQ(sets_of(SetKind::group, "u1"), "g1 g2 ");
  EXPECT_EQ(sets_of(SetKind::application, "u1"), "a1* ");
  put_member(SetKind::application, "a1", "u1", 2);
  EXPECT_EQ(sets_of(SetKind::application, "u1"), "a1 ") << "by hand by now";
  const auto old = [&] {
    return read_in(home,
                   [](Workspace& reached) { return reached.people().old_members(kOkta, SetKind::group, "g1", 2); });
  };
  EXPECT_EQ(old(), std::vector<std::string>{"u2"});
  EXPECT_EQ(
      write_in(home,
               [](Workspace& reached) { return reached.people().remove_old_members(kOkta, SetKind::group, "g1", 2); }),
      1);
  EXPECT_EQ(old(), std::vector<std::string>());
  EXPECT_EQ(sets_of(SetKind::group, "u2"), "");
  write_in(home, [](Workspace& reached) { return reached.people().remove_set(kOkta, SetKind::group, "g1"); });
  insert_set(SetKind::group, "g1", 3);
  EXPECT_EQ(sets_of(SetKind::group, "u1"), "g2 ") << "members go with their group";
  insert(home, person(kOkta, "u1"));
  write_in(home, [](Workspace& reached) { return reached.people().forget(kOkta); });
  EXPECT_EQ(sets_of(SetKind::application, "u1"), "");
  EXPECT_EQ(page({}), "");
}

class SyncRunContract : public StoreContract {
 protected:
  void SetUp() override {
    StoreContract::SetUp();
    store::DirectoryRecord directory;
    directory.id = kOkta;
    directory.name = "okta-api";
    write_in(home, [&](Workspace& reached) { return reached.directories().insert(directory); });
  }
  static store::SyncRunRecord run(const std::string& id, std::int64_t number) {
    store::SyncRunRecord record;
    record.id = SyncRunId(id);
    record.directory = kOkta;
    record.number = number;
    record.requested_by = "admin";
    record.requested = at(1);
    record.due = at(10);
    record.kind = SyncKind::changes;
    record.since = at(2);
    record.phase_began = at(1);
    record.expected = 99;
    return record;
  }
  Result<void> insert(const store::SyncRunRecord& record) {
    return store->write([&](UnitOfWork& unit) { return unit.workspace(home).sync_runs().insert(record); });
  }
  store::SyncRunRecord find(const std::string& id) {
    return *read_in(home, [&](Workspace& reached) { return reached.sync_runs().find(SyncRunId(id)); });
  }
  std::size_t due(std::int64_t now) {
    std::size_t count = 0;
    must(store->read([&](UnitOfWork& unit) -> Result<void> {
      ROLECALL_TRY_ASSIGN(const auto found, unit.due_sync_runs(at(now), 10));
      count = found.size();
      return {};
    }));
    return count;
  }
  std::int64_t end_far_times(std::int64_t horizon) {
    return store::write(*store, [&](UnitOfWork& unit) { return unit.end_far_times(at(horizon)); }).value();
  }
  bool lease(const std::string& name, std::int64_t now, std::int64_t until) {
    return write_in(
        home, [&](Workspace& reached) { return reached.sync_runs().lease(SyncRunId("r1"), name, at(now), at(until)); });
  }
  bool renew(const std::string& name, std::int64_t until) {
    return write_in(home,
                    [&](Workspace& reached) { return reached.sync_runs().renew(SyncRunId("r1"), name, at(until)); });
  }
};
ROLECALL_ON_EVERY_ENGINE(SyncRunContract);

TEST_P(SyncRunContract, FarTimes_AreEnded_OfRunsThatGoOn) {
  must(insert(run("r1", 1)));
  ASSERT_TRUE(lease("far", 10, 5'000));
  EXPECT_EQ(due(20), 0U);
  EXPECT_EQ(end_far_times(5'000), 0);
  EXPECT_EQ(end_far_times(4'999), 1);
  EXPECT_EQ(due(20), 1U);
  EXPECT_FALSE(renew("far", 90)) << "whoever held it has lost it";
  auto ended = find("r1");
  ended.due = at(9'000);
  ended.state = SyncState::partial;
  ended.ended = at(80);
  ASSERT_TRUE(write_in(home, [&](Workspace& reached) { return reached.sync_runs().update(ended); }));
  EXPECT_EQ(end_far_times(4'999), 0) << "it has nothing to wait for";
}

TEST_P(SyncRunContract, Run_IsKeptWhole) {
  must(insert(run("r1", 1)));
  auto changed = find("r1");
  changed.phase = SyncPhase::members;
  changed.phase_began = at(3);
  changed.at = "g1";
  changed.is_second_look = true;
  changed.lists = 17;
  changed.next = "/api/v1/x?after=ü";
  changed.people = {1, 2, 3, 4};
  changed.groups = {5, 6, 7, 8};
  changed.members = {90'000'000'000, 10, 11, 12};
  changed.applications = {13, 14, 15, 16};
  changed.assignments = {17, 18, 19, 20};
  changed.due = at(70);
  changed.failures = 3;
  changed.reason = "It waits.";
  changed.vendor_request = "req1";
  changed.state = SyncState::partial;
  changed.ended = at(80);
  EXPECT_TRUE(write_in(home, [&](Workspace& reached) { return reached.sync_runs().update(changed); }));
  const auto found = find("r1");
  EXPECT_EQ(found.phase, changed.phase);
  EXPECT_EQ(found.phase_began, at(3));
  EXPECT_EQ(found.at, "g1");
  EXPECT_TRUE(found.is_second_look);
  EXPECT_EQ(found.lists, 17);
  EXPECT_EQ(found.kind, SyncKind::changes);
  EXPECT_EQ(found.since, at(2));
  EXPECT_EQ(found.expected, 99);
  EXPECT_EQ(found.applications, changed.applications);
  EXPECT_EQ(found.assignments, changed.assignments);
  EXPECT_EQ(found.next, changed.next);
  EXPECT_EQ(found.people, changed.people);
  EXPECT_EQ(found.groups, changed.groups);
  EXPECT_EQ(found.members, changed.members);
  EXPECT_EQ(found.due, at(70));
  EXPECT_EQ(found.failures, 3);
  EXPECT_EQ(found.reason, "It waits.");
  EXPECT_EQ(found.vendor_request, "req1");
  EXPECT_EQ(found.state, SyncState::partial);
  EXPECT_EQ(found.ended, at(80));
  EXPECT_EQ(found.requested_by, "admin");
}

TEST_P(SyncRunContract, OneRunsAtATime) {
  must(insert(run("r1", 1)));
  EXPECT_FALSE(insert(run("r2", 2)));
  auto of_person = run("r3", 3);
  of_person.kind = SyncKind::person;
  of_person.person = "u1";
  must(insert(of_person));
  EXPECT_EQ(find("r3").person, "u1");
  const auto running = [&] {
    return read_in(home, [](Workspace& reached) { return reached.sync_runs().running(kOkta); });
  };
  EXPECT_EQ(running()->id, SyncRunId("r1")) << "that of a person is none";
  auto ended = find("r1");
  ended.state = SyncState::failed;
  write_in(home, [&](Workspace& reached) { return reached.sync_runs().update(ended); });
  must(insert(run("r2", 2)));
  EXPECT_EQ(read_in(home, [](Workspace& reached) { return reached.sync_runs().last(kOkta); })->id, SyncRunId("r3"));
  EXPECT_EQ(running()->id, SyncRunId("r2"));
  const auto page = [&](const DirectoryId& directory, const std::string& after) {
    std::string all;
    for (const auto& one :
         read_in(home, [&](Workspace& reached) { return reached.sync_runs().page(directory, SyncRunId(after), 10); })) {
      all += one.id.value() + " ";
    }
    return all;
  };
  EXPECT_EQ(page({}, ""), "r3 r2 r1 ");
  EXPECT_EQ(page(kOkta, "r2"), "r1 ");
  EXPECT_EQ(page(kEntra, ""), "");
  write_in(home, [](Workspace& reached) { return reached.sync_runs().keep_newest(kOkta, 2); });
  EXPECT_EQ(page({}, ""), "r3 r2 ");
  write_in(home, [](Workspace& reached) { return reached.sync_runs().keep_newest(kOkta, 0); });
  EXPECT_EQ(page({}, ""), "r3 r2 ") << "they have not ended";
  write_in(home, [](Workspace& reached) { return reached.sync_runs().forget(kOkta); });
  EXPECT_EQ(page({}, ""), "");
}

TEST_P(SyncRunContract, Lease_IsRenewedByWhoHasIt) {
  must(insert(run("r1", 1)));
  EXPECT_EQ(due(9), 0U);
  EXPECT_FALSE(lease("early", 9, 50));
  EXPECT_EQ(due(10), 1U);
  EXPECT_TRUE(lease("one", 10, 50));
  EXPECT_EQ(due(49), 0U);
  EXPECT_TRUE(renew("one", 90));
  EXPECT_FALSE(lease("two", 50, 99));
  EXPECT_TRUE(lease("two", 90, 120));
  EXPECT_FALSE(renew("one", 200)) << "it went to somebody else";
  auto ended = find("r1");
  ended.state = SyncState::failed;
  write_in(home, [&](Workspace& reached) { return reached.sync_runs().update(ended); });
  EXPECT_FALSE(renew("two", 130)) << "it was ended by somebody else";
  ended.state = SyncState::running;
  write_in(home, [&](Workspace& reached) { return reached.sync_runs().update(ended); });
  EXPECT_TRUE(write_in(home, [](Workspace& reached) { return reached.sync_runs().release(SyncRunId("r1"), "two"); }));
  EXPECT_EQ(due(91), 1U);
  auto directory = *read_in(home, [](Workspace& reached) { return reached.directories().find(kOkta); });
  directory.is_paused = true;
  write_in(home, [&](Workspace& reached) { return reached.directories().update(directory); });
  EXPECT_EQ(due(91), 0U) << "nothing is read of a paused one";
}

}  // namespace
}  // namespace rolecall::contract
