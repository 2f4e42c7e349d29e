#include "store_contract.hpp"

namespace rolecall::contract {
namespace {

const DirectoryId kOkta("d1");

class ConsentContract : public StoreContract {
 protected:
  void SetUp() override {
    StoreContract::SetUp();
    for (const auto& workspace : {home, other}) {
      store::DirectoryRecord record;
      record.id = kOkta;
      record.name = "okta";
      record.provider = "okta";
      record.created = at(1);
      write_in(workspace, [&](Workspace& reached) { return reached.directories().insert(record); });
    }
  }
  static store::ConsentRecord asked(const std::string& state) {
    store::ConsentRecord record;
    record.directory = kOkta;
    record.state = state;
    record.verifier = "sealed verifier";
    record.redirect = "https://scim.example.com/directories/callback";
    record.expires = at(100);
    record.asked_by = "admin";
    record.asked = at(10);
    return record;
  }
  void ask(const std::string& state) {
    write([&](Workspace& reached) { return reached.consents().ask(asked(state)); });
  }
  bool answer(const std::string& state, const std::string& code, std::int64_t now) {
    return write([&](Workspace& reached) { return reached.consents().answer(kOkta, state, code, at(now)); });
  }
  bool lease(const char* name, std::int64_t now, std::int64_t until) {
    return write([&](Workspace& reached) { return reached.consents().lease(kOkta, name, at(now), at(until)); });
  }
  bool settle(const char* name, const store::ConsentEnd& end) {
    return write([&](Workspace& reached) { return reached.consents().settle(kOkta, name, end); });
  }
  store::ConsentRecord found() {
    return *read([](Workspace& reached) { return reached.consents().find(kOkta); });
  }
  std::size_t due(std::int64_t now) {
    return must(store::read(*store, [&](UnitOfWork& unit) { return unit.due_consents(at(now), 10); })).size();
  }
};
ROLECALL_ON_EVERY_ENGINE(ConsentContract);

TEST_P(ConsentContract, WayThatWasBegun_IsFoundInItsWorkspaceAndFromAnywhere) {
  EXPECT_FALSE(must(store::read(*store, [](UnitOfWork& unit) { return unit.find_consent(kOkta); })));
  write_in(other, [&](Workspace& reached) { return reached.consents().ask(asked("s1")); });
  EXPECT_FALSE(read([](Workspace& reached) { return reached.consents().find(kOkta); }));
  const auto anywhere = must(store::read(*store, [](UnitOfWork& unit) { return unit.find_consent(kOkta); }));
  ASSERT_TRUE(anywhere);
  EXPECT_EQ(anywhere->workspace, other);
  EXPECT_EQ(anywhere->consent, asked("s1"));
  const auto listed = read_in(other, [](Workspace& reached) { return reached.consents().list(); });
  ASSERT_EQ(listed.size(), 1U);
  EXPECT_EQ(listed.front(), asked("s1"));
  EXPECT_FALSE(write([](Workspace& reached) { return reached.consents().remove(kOkta); }));
  EXPECT_TRUE(write_in(other, [](Workspace& reached) { return reached.consents().remove(kOkta); }));
  EXPECT_FALSE(read_in(other, [](Workspace& reached) { return reached.consents().find(kOkta); }));
}

TEST_P(ConsentContract, Answer_IsTakenOnceByItsStateAndInTime) {
  ask("s1");
  EXPECT_FALSE(answer("s2", "code", 20));
  EXPECT_FALSE(answer("s1", "code", 100)) << "it has expired";
  EXPECT_EQ(due(200), 0U);
  EXPECT_TRUE(answer("s1", "code", 99));
  EXPECT_FALSE(answer("s1", "other code", 99)) << "a second time";
  EXPECT_EQ(found().code, "code");
  EXPECT_TRUE(found().is_answered);
  EXPECT_EQ(found().due, at(99));
  EXPECT_EQ(due(98), 0U);
  EXPECT_EQ(due(99), 1U);
  // Another way ends this one, with its code.
  ask("s2");
  EXPECT_EQ(found().code, "");
  EXPECT_FALSE(found().is_answered);
  EXPECT_FALSE(answer("s1", "code", 20));
  EXPECT_TRUE(answer("s2", "", 20)) << "the answer is no";
  EXPECT_EQ(found().code, "");
  EXPECT_FALSE(answer("s2", "code", 21));
}

TEST_P(ConsentContract, Lease_IsOnesAndRunsOut) {
  EXPECT_FALSE(lease("one", 1, 9)) << "there is nothing";
  ask("s1");
  EXPECT_TRUE(lease("one", 10, 50));
  EXPECT_FALSE(lease("two", 49, 90));
  EXPECT_EQ(due(49), 0U);
  EXPECT_EQ(due(50), 1U) << "whoever held it is gone, and nobody else asks";
  EXPECT_TRUE(lease("two", 50, 90));
  EXPECT_FALSE(settle("one", {"late", "", 0, std::nullopt})) << "what the first one brings is of no use any more";
  EXPECT_EQ(found().granted, "");
  EXPECT_TRUE(settle("two", {"sealed tokens", "", 2, at(95)}));
  EXPECT_FALSE(settle("two", {"again", "", 0, std::nullopt}));
  EXPECT_EQ(found().granted, "sealed tokens");
  EXPECT_EQ(found().failures, 2);
  EXPECT_EQ(due(94), 0U);
  EXPECT_EQ(due(95), 1U);
  EXPECT_TRUE(lease("three", 60, 99));
  EXPECT_TRUE(settle("three", {"sealed tokens", "", 0, std::nullopt}));
  EXPECT_EQ(due(1'000), 0U);
}

TEST_P(ConsentContract, End_ForgetsTheCodeThatItIsOf) {
  ask("s1");
  ASSERT_TRUE(answer("s1", "code 1", 20));
  ASSERT_TRUE(lease("one", 20, 60));
  EXPECT_TRUE(settle("one", {"tokens 1", "code 1", 0, std::nullopt}));
  EXPECT_EQ(found().code, "");
  EXPECT_FALSE(found().due);
  // One that is tried again.
  ask("s2");
  ASSERT_TRUE(answer("s2", "code 2", 30));
  EXPECT_EQ(found().granted, "tokens 1") << "what was granted stays until there is something better";
  ASSERT_TRUE(lease("two", 30, 60));
  EXPECT_TRUE(settle("two", {"tokens 1", "", 1, at(35)}));
  EXPECT_EQ(found().code, "code 2");
  EXPECT_EQ(due(60), 1U);
  // One that came while the one before was exchanged.
  ASSERT_TRUE(lease("three", 60, 90));
  ask("s3");
  ASSERT_TRUE(answer("s3", "code 3", 61));
  EXPECT_TRUE(settle("three", {"tokens 2", "code 2", 0, std::nullopt}));
  EXPECT_EQ(found().code, "code 3");
  EXPECT_EQ(found().granted, "tokens 2");
  EXPECT_EQ(due(61), 1U);
}

TEST_P(ConsentContract, PausedDirectory_IsNotDue) {
  ask("s1");
  ASSERT_TRUE(answer("s1", "code", 20));
  auto record = *read([](Workspace& reached) { return reached.directories().find(kOkta); });
  record.is_paused = true;
  write([&](Workspace& reached) { return reached.directories().update(record); });
  EXPECT_EQ(due(30), 0U);
}

TEST_P(ConsentContract, Resealing_IsOfTheTextsThatWereRead) {
  ask("s1");
  ASSERT_TRUE(answer("s1", "code", 20));
  const store::ConsentRecord before = found();
  store::ConsentRecord after = before;
  after.verifier = "verifier anew";
  after.code = "code anew";
  after.state = "not this";
  EXPECT_TRUE(write([&](Workspace& reached) { return reached.consents().reseal(before, after); }));
  EXPECT_FALSE(write([&](Workspace& reached) { return reached.consents().reseal(before, after); }));
  EXPECT_EQ(found().verifier, "verifier anew");
  EXPECT_EQ(found().code, "code anew");
  EXPECT_EQ(found().state, "s1");
  EXPECT_FALSE(write_in(other, [&](Workspace& reached) { return reached.consents().reseal(before, after); }));
}

}  // namespace
}  // namespace rolecall::contract
