#include "store_contract.hpp"

namespace rolecall::contract {
namespace {

using store::DirectoryState;

class DirectoryContract : public StoreContract {
 protected:
  void SetUp() override {
    StoreContract::SetUp();
    for (const auto& workspace : {home, other}) insert(workspace, directory("d1", "okta-api"));
  }
  static store::DirectoryRecord directory(const std::string& id, const std::string& name) {
    store::DirectoryRecord record;
    record.id = DirectoryId(id);
    record.name = name;
    record.provider = "okta";
    record.domain = "acme.okta.com";
    record.credential_kind = "client_secret";
    record.client_id = "0oa1";
    record.credential = "sealed";
    record.scopes = {"okta.users.read", "okta.groups.read"};
    record.test_due = at(10);
    record.made_by = "admin";
    record.created = at(1);
    return record;
  }
  void insert(const WorkspaceId& workspace, const store::DirectoryRecord& record) {
    write_in(workspace, [&](Workspace& reached) { return reached.directories().insert(record); });
  }
  std::optional<store::DirectoryRecord> find(const WorkspaceId& workspace, const std::string& id) {
    return read_in(workspace, [&](Workspace& reached) { return reached.directories().find(DirectoryId(id)); });
  }
  std::string due(std::int64_t now, std::int64_t limit = 10) {
    std::string all;
    must(store->read([&](UnitOfWork& unit) -> Result<void> {
      ROLECALL_TRY_ASSIGN(const auto found, unit.due_directories(at(now), limit));
      for (const auto& one : found) all += (one.workspace == home ? "home/" : "other/") + one.directory.value() + " ";
      return {};
    }));
    return all;
  }
  bool lease(const std::string& name, std::int64_t now, std::int64_t until) {
    return write_in(home, [&](Workspace& reached) {
      return reached.directories().lease(DirectoryId("d1"), name, at(now), at(until));
    });
  }
  bool release(const std::string& name) {
    return write_in(home, [&](Workspace& reached) { return reached.directories().release(DirectoryId("d1"), name); });
  }
};
ROLECALL_ON_EVERY_ENGINE(DirectoryContract);

TEST_P(DirectoryContract, Stored_IsFoundAndChangedInItsWorkspaceOnly) {
  auto changed = *find(home, "d1");
  EXPECT_EQ(changed.name, "okta-api");
  EXPECT_EQ(changed.state, DirectoryState::untested);
  EXPECT_FALSE(changed.tested);
  changed.domain = "other.okta.com";
  changed.credential_kind = "ssws";
  changed.client_id = "";
  changed.credential = "sealed anew";
  changed.scopes = {};
  changed.granted = {"okta.users.read"};
  changed.is_paused = true;
  changed.state = DirectoryState::needs_reauthorization;
  changed.reason = "Invalid token “provided”";
  changed.vendor_status = 401;
  changed.vendor_code = "E0000011";
  changed.vendor_request = "req1";
  changed.throttled_until = at(70);
  changed.tested = at(60);
  changed.test_due = at(80);
  changed.failures = 3;
  changed.ends_access = false;
  EXPECT_TRUE(write_in(home, [&](Workspace& reached) { return reached.directories().update(changed); }));
  const auto found = find(home, "d1");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->provider, "okta");
  EXPECT_EQ(found->domain, changed.domain);
  EXPECT_EQ(found->credential_kind, "ssws");
  EXPECT_EQ(found->client_id, "");
  EXPECT_EQ(found->credential, "sealed anew");
  EXPECT_TRUE(found->scopes.empty());
  EXPECT_EQ(found->granted, changed.granted);
  EXPECT_TRUE(found->is_paused);
  EXPECT_EQ(found->state, DirectoryState::needs_reauthorization);
  EXPECT_EQ(found->reason, changed.reason);
  EXPECT_EQ(found->vendor_status, 401);
  EXPECT_EQ(found->vendor_code, "E0000011");
  EXPECT_EQ(found->vendor_request, "req1");
  EXPECT_EQ(found->throttled_until, at(70));
  EXPECT_EQ(found->tested, at(60));
  EXPECT_EQ(found->test_due, at(80));
  EXPECT_EQ(found->failures, 3);
  EXPECT_FALSE(found->ends_access);
  EXPECT_TRUE(find(other, "d1")->ends_access);
  EXPECT_EQ(found->made_by, "admin");
  EXPECT_EQ(found->created, at(1));
  EXPECT_EQ(find(other, "d1")->credential, "sealed");
  EXPECT_FALSE(
      write_in(home, [&](Workspace& reached) { return reached.directories().update(directory("nobody", "x")); }));
}

TEST_P(DirectoryContract, EveryState_IsKept) {
  for (const auto state : {DirectoryState::untested, DirectoryState::active, DirectoryState::degraded,
                           DirectoryState::throttled, DirectoryState::needs_reauthorization}) {
    auto record = *find(home, "d1");
    record.state = state;
    write_in(home, [&](Workspace& reached) { return reached.directories().update(record); });
    EXPECT_EQ(find(home, "d1")->state, state);
  }
}

TEST_P(DirectoryContract, Name_IsTakenOncePerWorkspace) {
  insert(home, directory("d2", "Okta-api"));
  const auto found = read_in(home, [](Workspace& reached) { return reached.directories().find_by_name("Okta-api"); });
  ASSERT_TRUE(found);
  EXPECT_EQ(found->id, DirectoryId("d2"));
  const auto taken = store->write(
      [&](UnitOfWork& unit) { return unit.workspace(home).directories().insert(directory("d3", "okta-api")); });
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, ErrorCode::uniqueness);
  const auto all = read_in(home, [](Workspace& reached) { return reached.directories().list(); });
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].name, "Okta-api") << "bytewise";
}

TEST_P(DirectoryContract, Due_AreThoseThatNobodyTestsAndThatAreNotPaused) {
  EXPECT_EQ(due(9), "");
  EXPECT_EQ(due(10), due(11));
  EXPECT_EQ(due(10).size(), std::string("home/d1 other/d1 ").size());
  auto paused = *find(other, "d1");
  paused.is_paused = true;
  write_in(other, [&](Workspace& reached) { return reached.directories().update(paused); });
  EXPECT_EQ(due(10), "home/d1 ");
  EXPECT_TRUE(lease("one", 10, 50));
  EXPECT_EQ(due(49), "");
  EXPECT_EQ(due(50), "home/d1 ") << "the lease has run out";
}

TEST_P(DirectoryContract, Lease_IsOfOneUntilItEnds) {
  EXPECT_FALSE(lease("early", 9, 50));
  EXPECT_TRUE(lease("one", 10, 50));
  EXPECT_FALSE(lease("two", 49, 90));
  EXPECT_FALSE(release("two"));
  EXPECT_TRUE(lease("two", 50, 90));
  EXPECT_FALSE(release("one")) << "it went to somebody else";
  EXPECT_TRUE(release("two"));
  EXPECT_TRUE(lease("three", 51, 90));
}

TEST_P(DirectoryContract, Removed_IsGoneFromItsWorkspaceOnly) {
  EXPECT_TRUE(write_in(home, [](Workspace& reached) { return reached.directories().remove(DirectoryId("d1")); }));
  EXPECT_FALSE(write_in(home, [](Workspace& reached) { return reached.directories().remove(DirectoryId("d1")); }));
  EXPECT_FALSE(find(home, "d1"));
  EXPECT_TRUE(find(other, "d1"));
}

TEST_P(DirectoryContract, Reading_IsSetApartFromTheRest) {
  auto changed = *find(home, "d1");
  changed.reading = {3600, {"A group", "00g1"}, {"Payroll"}, {"oty1", "oty2"}};
  changed.read_due = at(50);
  changed.read_until = at(40);
  changed.read_whole = at(30);
  write_in(home, [&](Workspace& reached) { return reached.directories().update(changed); });
  EXPECT_EQ(find(home, "d1")->reading, store::Reading());
  EXPECT_FALSE(find(home, "d1")->read_due);
  EXPECT_TRUE(write_in(home, [&](Workspace& reached) { return reached.directories().set_reading(changed); }));
  EXPECT_EQ(find(home, "d1")->reading, changed.reading);
  EXPECT_FALSE(find(home, "d1")->read_due);
  EXPECT_TRUE(write_in(home, [&](Workspace& reached) { return reached.directories().set_read(changed); }));
  EXPECT_EQ(find(home, "d1")->read_due, at(50));
  EXPECT_EQ(find(home, "d1")->read_until, at(40));
  EXPECT_EQ(find(home, "d1")->read_whole, at(30));
  EXPECT_EQ(find(other, "d1")->reading, store::Reading());
  const auto due = [&](std::int64_t now) {
    std::size_t count = 0;
    must(store->read([&](UnitOfWork& unit) -> Result<void> {
      ROLECALL_TRY_ASSIGN(const auto found, unit.due_readings(at(now), 10));
      count = found.size();
      return {};
    }));
    return count;
  };
  EXPECT_EQ(due(49), 0U);
  EXPECT_EQ(due(50), 1U);
  changed.is_paused = true;
  write_in(home, [&](Workspace& reached) { return reached.directories().update(changed); });
  EXPECT_EQ(due(50), 0U);
}

}  // namespace
}  // namespace rolecall::contract
