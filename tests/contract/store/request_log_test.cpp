#include "store_contract.hpp"

namespace rolecall::contract {
namespace {

class RequestLogContract : public StoreContract {
 protected:
  static store::LoggedRequest request(const std::string& id, std::int64_t time, std::int64_t status = 200,
                                      const std::string& connection = "okta") {
    store::LoggedRequest logged;
    logged.id = RequestId(id);
    logged.at = at(time);
    logged.connection = ConnectionId(connection);
    logged.method = "PATCH";
    logged.route = "/Users/{id}";
    logged.resource = ResourceId("u1");
    logged.status = status;
    logged.scim_type = "uniqueness";
    logged.micros = 1'234;
    logged.intent = "removed Ünal from “x”";
    logged.effect = "{}";
    logged.body = R"({"a":1})";
    logged.body_state = "kept";
    return logged;
  }
  void append(const WorkspaceId& workspace, const store::LoggedRequest& logged) {
    write_in(workspace, [&](Workspace& reached) { return reached.request_log().append(logged); });
  }
  std::string page(const store::RequestLogFilter& filter, std::int64_t limit = 100) {
    const auto rows = read_in(home, [&](Workspace& reached) { return reached.request_log().page(filter, limit); });
    std::string ids;
    for (const auto& row : rows) ids += row.id.value() + " ";
    return ids;
  }
};
ROLECALL_ON_EVERY_ENGINE(RequestLogContract);

TEST_P(RequestLogContract, Appended_IsFoundInItsWorkspaceOnly) {
  append(home, request("r1", 5));
  append(home, request("r1", 9));
  const auto found = read_in(home, [](Workspace& reached) { return reached.request_log().find(RequestId("r1")); });
  ASSERT_TRUE(found);
  EXPECT_EQ(found->at, at(5)) << "the first one stays";
  EXPECT_EQ(found->intent, "removed Ünal from “x”");
  EXPECT_EQ(found->body, R"({"a":1})");
  EXPECT_EQ(found->micros, 1'234);
  EXPECT_FALSE(read_in(other, [](Workspace& reached) { return reached.request_log().find(RequestId("r1")); }));
}

TEST_P(RequestLogContract, Pages_AreTheNewestFirstAndFiltered) {
  append(home, request("r1", 1));
  append(home, request("r2", 2, 404));
  append(home, request("r3", 3, 401, ""));
  append(home, request("r4", 4, 299));
  append(other, request("r5", 5));
  EXPECT_EQ(page({}), "r4 r3 r2 r1 ");
  EXPECT_EQ(page({}, 2), "r4 r3 ");
  EXPECT_EQ(page({std::nullopt, 4, std::nullopt, std::nullopt}), "r3 r2 ");
  EXPECT_EQ(page({std::nullopt, 2, std::nullopt, std::nullopt}), "r4 r1 ");
  EXPECT_EQ(page({ConnectionId("okta"), 0, std::nullopt, std::nullopt}), "r4 r2 r1 ");
  EXPECT_EQ(page({ConnectionId(), 0, std::nullopt, std::nullopt}), "r3 ");
  EXPECT_EQ(page({std::nullopt, 0, at(3), std::nullopt}), "r4 r3 ");
  EXPECT_EQ(page({std::nullopt, 0, std::nullopt, RequestId("r3")}), "r2 r1 ");
}

TEST_P(RequestLogContract, Prune_LeavesTheNewestThatAreYoungEnough) {
  for (int i = 1; i <= 6; ++i) append(home, request("r" + std::to_string(i), i));
  append(other, request("r0", 0));
  write_in(home, [](Workspace& reached) { return reached.request_log().prune(6, at(1)); });
  EXPECT_EQ(page({}), "r6 r5 r4 r3 r2 r1 ");
  write_in(home, [](Workspace& reached) { return reached.request_log().prune(4, at(1)); });
  EXPECT_EQ(page({}), "r6 r5 r4 r3 ");
  write_in(home, [](Workspace& reached) { return reached.request_log().prune(4, at(5)); });
  EXPECT_EQ(page({}), "r6 r5 ");
  EXPECT_TRUE(read_in(other, [](Workspace& reached) { return reached.request_log().find(RequestId("r0")); }));
}

class ApiTokensContract : public StoreContract {};
ROLECALL_ON_EVERY_ENGINE(ApiTokensContract);

TEST_P(ApiTokensContract, Inserted_AreListedFoundAndRevoked) {
  const std::string digest(32, '\x81');
  const store::ApiTokenRecord token{
      TokenId("t1"), home,  "reports",   {"audit:read", "users:read"}, ResourceId("u1"), digest, "admin",
      at(1),         at(9), std::nullopt};
  write_in(home, [&](Workspace& reached) { return reached.api_tokens().insert(token); });
  const auto found = store::read(*store, [](UnitOfWork& unit) { return unit.find_api_token(TokenId("t1")); });
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->workspace, home);
  EXPECT_EQ((*found)->scopes, token.scopes);
  EXPECT_EQ((*found)->digest, digest);
  EXPECT_EQ((*found)->user, ResourceId("u1"));
  EXPECT_EQ((*found)->expires, at(9));
  const auto here = [](Workspace& reached) { return reached.api_tokens().find(TokenId("t1")); };
  EXPECT_EQ(read_in(home, here)->digest, digest);
  EXPECT_FALSE(read_in(other, here));
  EXPECT_EQ(read_in(home, [](Workspace& reached) { return reached.api_tokens().list(); }).size(), 1U);
  EXPECT_TRUE(read_in(other, [](Workspace& reached) { return reached.api_tokens().list(); }).empty());
  const auto revoke = [&](const WorkspaceId& workspace) {
    return store::write(
        *store, [&](UnitOfWork& unit) { return unit.workspace(workspace).api_tokens().revoke(TokenId("t1"), at(5)); });
  };
  EXPECT_FALSE(*revoke(other));
  EXPECT_TRUE(*revoke(home));
  EXPECT_FALSE(*revoke(home));
}

class GrantHistoryContract : public StoreContract {
 protected:
  static store::GrantSpell spell(const std::string& user, std::int64_t seq, std::int64_t gained) {
    store::GrantSpell made;
    made.user = ResourceId(user);
    made.grant = {RoleId("agent"), access::CauseKind::link, LinkId("l"), ResourceId("g")};
    made.connection = ConnectionId("okta");
    made.made_by = "admin";
    made.detail = "roles “x”";
    made.seq = seq;
    made.gained = at(gained);
    return made;
  }
  void begin(const store::GrantSpell& made) {
    write_in(home, [&](Workspace& reached) { return reached.grant_history().begin(made); });
  }
  std::size_t spells(const std::string& user, std::int64_t time) {
    return read_in(home,
                   [&](Workspace& reached) { return reached.grant_history().spells_at(ResourceId(user), at(time)); })
        .size();
  }
};
ROLECALL_ON_EVERY_ENGINE(GrantHistoryContract);

TEST_P(GrantHistoryContract, Spells_LastFromTheirBeginningToTheirEnd) {
  begin(spell("u1", 1, 10));
  begin(spell("u2", 2, 12));
  write_in(home, [](Workspace& reached) { return reached.grant_history().end(spell("u1", 1, 10), at(20)); });
  EXPECT_EQ(spells("u1", 9), 0U);
  EXPECT_EQ(spells("u1", 10), 1U);
  EXPECT_EQ(spells("u1", 19), 1U);
  EXPECT_EQ(spells("u1", 20), 0U);
  EXPECT_EQ(spells("u2", 99), 1U);
  const auto open = read_in(home, [](Workspace& reached) { return reached.grant_history().open_of(ResourceId("u2")); });
  ASSERT_EQ(open.size(), 1U);
  EXPECT_EQ(open[0].detail, "roles “x”");
  EXPECT_EQ(open[0].grant, spell("u2", 2, 12).grant);
  const auto holders = read_in(home, [](Workspace& reached) {
    return reached.grant_history().holders_at(spell("u1", 1, 10).grant, at(15), 10);
  });
  EXPECT_EQ(holders, (std::vector<ResourceId>{ResourceId("u1"), ResourceId("u2")}));
}

TEST_P(GrantHistoryContract, Names_HoldUntilTheNextOne) {
  const auto note = [&](const std::string& name, std::int64_t time) {
    write_in(home, [&](Workspace& reached) {
      return reached.grant_history().note_name(store::NamedKind::user, "u1", name, name, at(time));
    });
  };
  const auto name = [&](std::int64_t time) {
    return read_in(home,
                   [&](Workspace& reached) {
                     return reached.grant_history().name_at(store::NamedKind::user, "u1", at(time));
                   })
        .value_or("(none)");
  };
  note("maria", 10);
  note("maya", 20);
  note("mája", 20);
  note("", 30);
  EXPECT_EQ(name(9), "(none)");
  EXPECT_EQ(name(19), "maria");
  EXPECT_EQ(name(20), "mája") << "the last of one instant";
  EXPECT_EQ(name(30), "(none)") << "gone";
  const auto named = read_in(home, [](Workspace& reached) {
    return reached.grant_history().named_at(store::NamedKind::user, "maria", at(15));
  });
  EXPECT_EQ(named, "u1");
}

TEST_P(GrantHistoryContract, ForgetEnded_TakesTheOldestAndWhatEndedWithThem) {
  for (std::int64_t i = 1; i <= 5; ++i) begin(spell("u" + std::to_string(i), i, i));
  const auto end = [&](std::int64_t i, std::int64_t time) {
    write_in(home, [&](Workspace& reached) {
      return reached.grant_history().end(spell("u" + std::to_string(i), i, i), at(time));
    });
  };
  end(1, 10);
  end(2, 20);
  end(3, 20);
  end(4, 30);
  const auto beyond = [&](std::int64_t keep) {
    return read_in(home, [&](Workspace& reached) { return reached.grant_history().end_beyond(keep); });
  };
  EXPECT_FALSE(beyond(4));
  EXPECT_EQ(beyond(3), at(10));
  EXPECT_EQ(beyond(1), at(20));
  EXPECT_EQ(beyond(0), at(30));
  const auto forget = [&](std::int64_t until, std::int64_t limit) {
    return write_in(home, [&](Workspace& reached) { return reached.grant_history().forget_ended(at(until), limit); });
  };
  EXPECT_EQ(forget(9, 10), 0);
  EXPECT_EQ(forget(29, 1), 1);
  EXPECT_EQ(spells("u1", 9), 0U);
  EXPECT_EQ(forget(29, 1), 2) << "both that ended at once";
  EXPECT_EQ(forget(29, 1), 0);
  EXPECT_EQ(spells("u4", 29), 1U);
  EXPECT_EQ(forget(99, 10), 1);
  EXPECT_EQ(spells("u5", 99), 1U) << "what has not ended stays";
}

TEST_P(GrantHistoryContract, Horizon_NeverGoesBack) {
  const auto horizon = [&](const WorkspaceId& workspace) {
    return read_in(workspace, [](Workspace& reached) { return reached.grant_history().horizon(); });
  };
  EXPECT_FALSE(horizon(home));
  for (const std::int64_t time : {5, 9, 7}) {
    write_in(home, [&](Workspace& reached) { return reached.grant_history().raise_horizon(at(time)); });
  }
  EXPECT_EQ(horizon(home), at(9));
  EXPECT_FALSE(horizon(other));
}

TEST_P(GrantHistoryContract, ForgetNames_LeavesWhatIsCalledSoFromThatInstantOn) {
  const auto note = [&](const std::string& id, const std::string& name, std::int64_t time) {
    write_in(home, [&](Workspace& reached) {
      return reached.grant_history().note_name(store::NamedKind::user, id, name, name, at(time));
    });
  };
  const auto name = [&](const std::string& id, std::int64_t time) {
    return read_in(home,
                   [&](Workspace& reached) {
                     return reached.grant_history().name_at(store::NamedKind::user, id, at(time));
                   })
        .value_or("(none)");
  };
  note("u1", "maria", 10);
  note("u1", "maya", 20);
  note("u1", "mia", 30);
  note("u2", "noa", 10);
  note("u2", "", 20);
  note("u3", "ana", 10);
  note("u3", "", 25);
  std::string after;
  std::int64_t forgotten = 0;
  int pages = 0;
  do {
    const auto page = write_in(home, [&](Workspace& reached) {
      return reached.grant_history().forget_names(store::NamedKind::user, after, at(20), 2);
    });
    forgotten += page.count;
    after = page.last;
    ASSERT_LT(++pages, 10);
  } while (!after.empty());
  EXPECT_EQ(forgotten, 3) << "maria, noa, and that noa is gone";
  EXPECT_EQ(name("u1", 19), "(none)");
  EXPECT_EQ(name("u1", 20), "maya");
  EXPECT_EQ(name("u1", 30), "mia");
  EXPECT_EQ(name("u2", 20), "(none)");
  EXPECT_EQ(name("u3", 24), "ana");
  EXPECT_EQ(name("u3", 25), "(none)");
}

}  // namespace
}  // namespace rolecall::contract
