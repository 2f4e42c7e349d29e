#include <atomic>
#include <future>
#include <latch>
#include <set>
#include <thread>

#include "store_contract.hpp"

namespace rolecall::contract {
namespace {

using TransactionContract = StoreContract;
ROLECALL_ON_EVERY_ENGINE(TransactionContract);

/// Something of every kind of row.
Result<void> write_everything(Workspace& workspace, const store::ResourceRecord& user) {
  ROLECALL_TRY(workspace.resources().insert(user, {{"emails.value", 0, "x@example.com"}}));
  ROLECALL_TRY(workspace.members().add(ResourceId("g1"), user.id, "User", at(1)));
  ROLECALL_TRY(workspace.grants().add_direct({user.id, RoleId("agent"), "admin", at(1)}));
  ROLECALL_TRY(workspace.grants().replace_effective(user.id, {{RoleId("agent"), access::CauseKind::direct, {}, {}}}));
  ROLECALL_TRY(workspace.links().insert({LinkId("l1"), ResourceId("g1"), RoleId("agent"), ConnectionId("okta"), "",
                                         store::LinkState::active, store::LinkOrigin::admin, "admin", at(1)}));
  ROLECALL_TRY(workspace.roles().insert_group({ResourceId("g1"), RoleId("agent"), ConnectionId("okta"), false}));
  ROLECALL_TRY(workspace.audit().append({1, at(1), "admin", "user.created", "", "{}", {}, "", ""}));
  ROLECALL_TRY(workspace.tokens().insert(
      {TokenId("t1"), workspace.id(), ConnectionId("okta"), {}, std::string(32, 'x'), "", at(1), {}, {}}));
  return {};
}

/// How much of it there is.
Result<std::int64_t> rows_of(UnitOfWork& unit, const WorkspaceId& id, const ResourceId& user) {
  Workspace& workspace = unit.workspace(id);
  ROLECALL_TRY_ASSIGN(std::int64_t rows, workspace.resources().count("User"));
  ROLECALL_TRY_ASSIGN(const auto members, workspace.members().count(ResourceId("g1")));
  ROLECALL_TRY_ASSIGN(const auto direct, workspace.grants().direct_of(user));
  ROLECALL_TRY_ASSIGN(const auto effective, workspace.grants().effective_of(user));
  ROLECALL_TRY_ASSIGN(const auto links, workspace.links().list());
  ROLECALL_TRY_ASSIGN(const auto role_groups, workspace.roles().groups_of(RoleId("agent")));
  ROLECALL_TRY_ASSIGN(const auto audit, workspace.audit().page(0, 10));
  ROLECALL_TRY_ASSIGN(const auto token, unit.find_token(TokenId("t1")));
  rows += members + static_cast<std::int64_t>(direct.size() + effective.size() + links.size() + role_groups.size() +
                                              audit.size());
  return rows + (token ? 1 : 0);
}

constexpr std::int64_t kEveryRow = 8;

TEST_P(TransactionContract, AnErrorInTheWork_IsReturnedAndLeavesNothing) {
  const auto refused = store->write([&](UnitOfWork& unit) -> Result<void> {
    ROLECALL_TRY(write_everything(unit.workspace(home), user("u1", "maya")));
    ROLECALL_TRY(unit.insert_workspace({WorkspaceId("w3"), "w3", at(1)}));
    ROLECALL_TRY_ASSIGN(const auto rows, rows_of(unit, home, ResourceId("u1")));
    EXPECT_EQ(rows, kEveryRow) << "a unit of work sees what it wrote";
    return fail(ErrorCode::forbidden, "The work thought better of it.", "members");
  });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::forbidden);
  EXPECT_EQ(refused.error().detail, "The work thought better of it.");
  EXPECT_EQ(refused.error().attribute, "members");
  const auto check = [&] {
    EXPECT_EQ(must(store::read(*store, [&](UnitOfWork& unit) { return rows_of(unit, home, ResourceId("u1")); })), 0);
    EXPECT_EQ(must(store::read(*store, [](UnitOfWork& unit) { return unit.workspaces(); })).size(), 2U);
  };
  check();
  reopen();
  check();
}

TEST_P(TransactionContract, AnExceptionInTheWork_IsAnErrorAndLeavesNothing) {
  for (int round = 0; round < 3; ++round) {
    const auto refused = store->write([&](UnitOfWork& unit) -> Result<void> {
      ROLECALL_TRY(write_everything(unit.workspace(home), user("u1", "maya")));
      if (round == 1) throw 42;
      throw std::runtime_error("secret words");
    });
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::internal);
    EXPECT_EQ(refused.error().detail.find("secret"), std::string::npos) << "not for the caller";
    EXPECT_EQ(must(store::read(*store, [&](UnitOfWork& unit) { return rows_of(unit, home, ResourceId("u1")); })), 0);
  }
  must(store->write([&](UnitOfWork& unit) { return write_everything(unit.workspace(home), user("u1", "maya")); }));
}

TEST_P(TransactionContract, AnExceptionInARead_IsAnError) {
  for (int round = 0; round < 20; ++round) {
    const auto refused = store->read([&](UnitOfWork& unit) -> Result<void> {
      ROLECALL_TRY(unit.workspace(home).resources().count("User"));
      throw std::runtime_error("words");
    });
    ASSERT_FALSE(refused) << round;
    EXPECT_EQ(refused.error().code, ErrorCode::internal);
  }
  EXPECT_EQ(count("User"), 0) << "the connections found their way back";
}

TEST_P(TransactionContract, APartThatFails_LeavesNothingOfItself) {
  must(store->write([&](UnitOfWork& unit) -> Result<void> {
    Workspace& reached = unit.workspace(home);
    ROLECALL_TRY(reached.resources().insert(user("before", "bo"), {}));
    const auto attempted = must(unit.attempt([&]() -> Result<void> {
      ROLECALL_TRY(write_everything(reached, user("u1", "maya")));
      ROLECALL_TRY(reached.resources().touch("User", ResourceId("before"), at(9)));
      return fail(ErrorCode::forbidden, "The part thought better of it.");
    }));
    EXPECT_FALSE(attempted);
    EXPECT_EQ(attempted.error().code, ErrorCode::forbidden);
    EXPECT_EQ(must(rows_of(unit, home, ResourceId("u1"))), 1);
    return reached.resources().insert(user("after", "li"), {});
  }));
  reopen();
  EXPECT_EQ(must(store::read(*store, [&](UnitOfWork& unit) { return rows_of(unit, home, ResourceId("u1")); })), 2);
  EXPECT_EQ(stored("User", "before").version.number, 1);
  EXPECT_EQ(stored("User", "after").display, "li");
}

/// Twice the same number: no client can cause that, so the engine may find it when it writes what waits.
Result<void> append_twice(Workspace& workspace) {
  for (int i = 0; i < 2; ++i) {
    ROLECALL_TRY(workspace.audit().append({1, at(1), "admin", "user.created", "", "{}", {}, "", ""}));
  }
  return {};
}

TEST_P(TransactionContract, ARowThatIsRefusedLate_FailsItsRequestAndNoOther) {
  EXPECT_FALSE(store->write([&](UnitOfWork& unit) -> Result<void> {
    ROLECALL_TRY(unit.workspace(home).resources().insert(user("u1", "maya"), {}));
    return append_twice(unit.workspace(home));
  }));
  must(store->write([&](UnitOfWork& unit) -> Result<void> {
    Workspace& reached = unit.workspace(home);
    ROLECALL_TRY(reached.resources().insert(user("before", "bo"), {}));
    EXPECT_FALSE(must(unit.attempt([&] { return append_twice(reached); })));
    return reached.resources().insert(user("after", "li"), {});
  }));
  EXPECT_EQ(must(store::read(*store, [&](UnitOfWork& unit) { return rows_of(unit, home, ResourceId("u1")); })), 2);
}

TEST_P(TransactionContract, AWorkThatFailed_LeavesNothingToTheNextOfItsTransaction) {
  std::vector<std::future<Result<void>>> writes;
  for (std::int64_t i = 1; i <= 40; ++i) {
    writes.push_back(std::async(std::launch::async, [&, i] {
      return store->write([&, i](UnitOfWork& unit) -> Result<void> {
        Workspace& reached = unit.workspace(home);
        ROLECALL_TRY_ASSIGN(const auto last, reached.audit().last());
        ROLECALL_TRY(
            reached.audit().append({last ? last->seq + 1 : 1, at(1), "admin", "user.created", "", "{}", {}, "", ""}));
        return i % 3 == 0 ? Result<void>(fail(ErrorCode::conflict, "no")) : Result<void>();
      });
    }));
  }
  std::int64_t stayed = 0;
  for (auto& write : writes) stayed += write.get() ? 1 : 0;
  EXPECT_EQ(stayed, 27);
  const auto rows = read([](Workspace& reached) { return reached.audit().page(0, 100); });
  ASSERT_EQ(rows.size(), 27U);
  EXPECT_EQ(rows.back().seq, 27) << "without gaps";
}

TEST_P(TransactionContract, APartThatSucceeds_StaysAndManyFollow) {
  constexpr std::size_t kParts = 300;
  must(store->write([&](UnitOfWork& unit) -> Result<void> {
    Workspace& reached = unit.workspace(home);
    for (std::size_t i = 0; i < kParts; ++i) {
      // Every third takes a name that is gone; the store's own refusal is undone like any other.
      const auto record = resource("User", numbered("u", i), "user " + std::to_string(i % 3 == 2 ? 0 : i));
      const auto attempted = must(unit.attempt([&] {
        return reached.resources().insert(record, {{"title", 0, "t"}});
      }));
      EXPECT_EQ(attempted.has_value(), i % 3 != 2) << i;
      if (!attempted) {
        EXPECT_EQ(attempted.error().code, ErrorCode::uniqueness);
      }
    }
    return {};
  }));
  reopen();
  EXPECT_EQ(count("User"), static_cast<std::int64_t>(kParts * 2 / 3));
}

TEST_P(TransactionContract, PartsThatSucceeded_AreGoneWhenTheWholeFails) {
  EXPECT_FALSE(store->write([&](UnitOfWork& unit) -> Result<void> {
    Workspace& reached = unit.workspace(home);
    const auto attempted = must(unit.attempt([&] { return write_everything(reached, user("u1", "maya")); }));
    EXPECT_TRUE(attempted);
    return fail(ErrorCode::conflict, "no");
  }));
  EXPECT_EQ(must(store::read(*store, [&](UnitOfWork& unit) { return rows_of(unit, home, ResourceId("u1")); })), 0);
}

TEST_P(TransactionContract, AnExceptionInAPart_EndsTheWhole) {
  EXPECT_FALSE(store->write([&](UnitOfWork& unit) -> Result<void> {
    ROLECALL_TRY(unit.workspace(home).resources().insert(user("u1", "maya"), {}));
    ROLECALL_TRY(unit.attempt([]() -> Result<void> { throw std::runtime_error("words"); }));
    return {};
  }));
  EXPECT_EQ(count("User"), 0);
  insert(user("u1", "maya"));
}

TEST_P(TransactionContract, ARead_CannotWrite) {
  EXPECT_FALSE(
      store->read([&](UnitOfWork& unit) { return unit.workspace(home).resources().insert(user("u1", "maya"), {}); }));
  EXPECT_EQ(count("User"), 0);
}

TEST_P(TransactionContract, EverythingAnswered_IsThereAfterReopening) {
  must(store->write([&](UnitOfWork& unit) { return write_everything(unit.workspace(home), user("u1", "maya")); }));
  const auto rows = [&] {
    return must(store::read(*store, [&](UnitOfWork& unit) { return rows_of(unit, home, ResourceId("u1")); }));
  };
  EXPECT_EQ(rows(), kEveryRow);
  for (int i = 0; i < 3; ++i) reopen();
  EXPECT_EQ(rows(), kEveryRow);
  EXPECT_EQ(fields(stored("User", "u1")), fields(user("u1", "maya")));
}

TEST_P(TransactionContract, ARead_SeesOneSnapshot) {
  insert(user("u1", "maya"));
  must(store->read([&](UnitOfWork& unit) -> Result<void> {
    Workspace& seen = unit.workspace(home);
    EXPECT_EQ(must(seen.resources().count("User")), 1);
    auto writer = std::async(std::launch::async, [&] {
      insert(user("u2", "li"));
      write([&](Workspace& reached) { return reached.resources().touch("User", ResourceId("u1"), at(9)); });
      write(
          [&](Workspace& reached) { return reached.members().add(ResourceId("g1"), ResourceId("u1"), "User", at(9)); });
    });
    writer.get();
    EXPECT_EQ(must(seen.resources().count("User")), 1);
    EXPECT_FALSE(must(seen.resources().find_anywhere("User", ResourceId("u2"))));
    EXPECT_EQ(must(seen.resources().find_anywhere("User", ResourceId("u1")))->version.number, 1);
    EXPECT_EQ(must(seen.members().count(ResourceId("g1"))), 0);
    return {};
  }));
  EXPECT_EQ(count("User"), 2);
  EXPECT_EQ(stored("User", "u1").version.number, 2);
}

TEST_P(TransactionContract, AReadAfterAWrite_SeesIt) {
  for (std::size_t i = 0; i < 50; ++i) {
    insert(resource("User", numbered("u", i), "user " + std::to_string(i)));
    ASSERT_EQ(count("User"), static_cast<std::int64_t>(i + 1));
  }
}

TEST_P(TransactionContract, ConcurrentWrites_AreAllKeptAndNoRefusedOneIs) {
  constexpr std::size_t kThreads = 8;
  constexpr std::size_t kWrites = 40;
  std::latch start(kThreads);
  std::atomic<int> refused = 0;
  std::vector<std::thread> threads;
  for (std::size_t thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      start.arrive_and_wait();
      for (std::size_t i = 0; i < kWrites; ++i) {
        const bool is_refused = i % 5 == 4;
        const auto record = resource("User", numbered("u", thread * kWrites + i),
                                     "user " + std::to_string(thread) + "." + std::to_string(i));
        const auto done = try_write([&](Workspace& reached) -> Result<void> {
          ROLECALL_TRY(reached.resources().insert(record, {{"title", 0, "t"}}));
          ROLECALL_TRY(reached.members().add(ResourceId("g1"), record.id, "User", at(1)));
          if (is_refused) return fail(ErrorCode::conflict, "no");
          return {};
        });
        EXPECT_EQ(done.has_value(), !is_refused) << (done ? "" : done.error().note);
        if (!done) ++refused;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  reopen();
  const auto expected = static_cast<std::int64_t>(kThreads * kWrites * 4 / 5);
  EXPECT_EQ(refused, static_cast<int>(kThreads * kWrites / 5));
  EXPECT_EQ(count("User"), expected);
  EXPECT_EQ(read([&](Workspace& reached) { return reached.members().count(ResourceId("g1")); }), expected);
  EXPECT_EQ(read([&](Workspace& reached) { return reached.resources().list("User", {}, 10'000); }).size(),
            static_cast<std::size_t>(expected));
}

TEST_P(TransactionContract, ConcurrentUpdatesOfOneRow_LoseNoIncrement) {
  insert(user("u1", "maya"));
  constexpr int kThreads = 4;
  constexpr int kRounds = 25;
  std::latch start(kThreads);
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&] {
      start.arrive_and_wait();
      for (int done = 0; done < kRounds;) {
        auto record = stored("User", "u1");
        const Version expected = record.version;
        record.version = Version{expected.number + 1};
        if (write([&](Workspace& reached) { return reached.resources().update(record, {}, expected); })) ++done;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(stored("User", "u1").version.number, 1 + kThreads * kRounds);
}

TEST_P(TransactionContract, ConcurrentAppends_MakeOneChain) {
  constexpr int kThreads = 6;
  constexpr int kRows = 20;
  std::latch start(kThreads);
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&] {
      start.arrive_and_wait();
      for (int i = 0; i < kRows; ++i) {
        write([](Workspace& reached) -> Result<void> {
          ROLECALL_TRY_ASSIGN(const auto last, reached.audit().last());
          store::AuditRecord next;
          next.seq = last ? last->seq + 1 : 1;
          next.previous_hash = last ? last->hash : "0";
          next.hash = std::to_string(next.seq);
          return reached.audit().append(next);
        });
      }
    });
  }
  for (auto& thread : threads) thread.join();
  const auto rows = read([](Workspace& reached) { return reached.audit().page(0, 1'000); });
  ASSERT_EQ(rows.size(), static_cast<std::size_t>(kThreads * kRows));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(rows[i].seq, static_cast<std::int64_t>(i + 1));
    EXPECT_EQ(rows[i].previous_hash, std::to_string(i));
  }
}

TEST_P(TransactionContract, ReadersAmongWriters_NeverSeeHalfAWrite) {
  std::atomic<bool> is_over = false;
  std::vector<std::thread> readers;
  for (int i = 0; i < 6; ++i) {
    readers.emplace_back([&] {
      while (!is_over) {
        read([&](Workspace& reached) -> Result<int> {
          ROLECALL_TRY_ASSIGN(const auto users, reached.resources().count("User"));
          ROLECALL_TRY_ASSIGN(const auto members, reached.members().count(ResourceId("g1")));
          EXPECT_EQ(users, members);
          return 0;
        });
      }
    });
  }
  for (std::size_t i = 0; i < 100; ++i) {
    write([&](Workspace& reached) -> Result<void> {
      const auto id = numbered("u", i);
      ROLECALL_TRY(reached.resources().insert(resource("User", id, id.value()), {}));
      ROLECALL_TRY(reached.members().add(ResourceId("g1"), id, "User", at(1)));
      return {};
    });
  }
  is_over = true;
  for (auto& reader : readers) reader.join();
}

TEST_P(TransactionContract, OneUnitOfWork_ReachesSeveralWorkspaces) {
  must(store->write([&](UnitOfWork& unit) -> Result<void> {
    Workspace& first = unit.workspace(home);
    Workspace& second = unit.workspace(other);
    EXPECT_EQ(&first, &unit.workspace(home));
    EXPECT_EQ(first.id(), home);
    EXPECT_EQ(second.id(), other);
    ROLECALL_TRY(first.resources().insert(user("u1", "maya"), {}));
    return second.resources().insert(user("u1", "li"), {});
  }));
  EXPECT_EQ(stored("User", "u1").display, "maya");
}

TEST_P(TransactionContract, Check_FindsNothingInAHealthyStore) {
  insert(user("u1", "maya"));
  EXPECT_THAT(must(store->check()), testing::IsEmpty());
}

}  // namespace
}  // namespace rolecall::contract
