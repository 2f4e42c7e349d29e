#include "store_contract.hpp"

namespace rolecall::contract {
namespace {

class AdminSessionsContract : public StoreContract {
 protected:
  void SetUp() override {
    StoreContract::SetUp();
    for (const char* id : {"t1", "t2"}) {
      const store::ApiTokenRecord token{
          TokenId(id), home, id, {"users:read"}, ResourceId("u1"), std::string(32, 'd'), "admin", at(0), {}, {}};
      write_in(home, [&](Workspace& reached) { return reached.api_tokens().insert(token); });
    }
  }
  void begin(const std::string& id, const std::string& user, const std::string& token, std::int64_t created) {
    const store::AdminSessionRecord session{
        SessionId(id),           home,        ResourceId(user), TokenId(token),    {"audit:read", "users:read"},
        std::string(32, '\x81'), at(created), at(created),      at(created + 100), {}};
    write_in(home, [&](Workspace& reached) { return reached.admin_sessions().insert(session); });
  }
  std::optional<store::AdminSessionRecord> find(const std::string& id) {
    const auto found = store::read(*store, [&](UnitOfWork& unit) { return unit.find_admin_session(SessionId(id)); });
    EXPECT_TRUE(found);
    return found.value_or(std::nullopt);
  }
  template <typename F>
  auto change(const WorkspaceId& workspace, F&& work) {
    return must(
        store::write(*store, [&](UnitOfWork& unit) { return work(unit.workspace(workspace).admin_sessions()); }));
  }
  std::string listed(const WorkspaceId& workspace) {
    std::string ids;
    for (const auto& one : read_in(workspace, [](Workspace& reached) { return reached.admin_sessions().list(); })) {
      ids += one.id.value() + " ";
    }
    return ids;
  }
};
ROLECALL_ON_EVERY_ENGINE(AdminSessionsContract);

TEST_P(AdminSessionsContract, Begun_AreFoundAndListedInTheirWorkspace) {
  begin("s2", "u1", "t1", 2);
  begin("s1", "u2", "t2", 1);
  const auto found = find("s2");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->workspace, home);
  EXPECT_EQ(found->user, ResourceId("u1"));
  EXPECT_EQ(found->token, TokenId("t1"));
  EXPECT_EQ(found->scopes, (std::vector<std::string>{"audit:read", "users:read"}));
  EXPECT_EQ(found->digest, std::string(32, '\x81'));
  EXPECT_EQ(found->created, at(2));
  EXPECT_EQ(found->used, at(2));
  EXPECT_EQ(found->expires, at(102));
  EXPECT_FALSE(found->ended);
  EXPECT_FALSE(find("s3"));
  EXPECT_EQ(listed(home), "s1 s2 ");
  EXPECT_EQ(listed(other), "");
  const auto hers =
      read_in(home, [](Workspace& reached) { return reached.admin_sessions().of_user(ResourceId("u2")); });
  ASSERT_EQ(hers.size(), 1U);
  EXPECT_EQ(hers.front().id, SessionId("s1"));
}

TEST_P(AdminSessionsContract, Ended_AreEndedOnceAndInTheirWorkspace) {
  begin("s1", "u1", "t1", 1);
  const auto end = [](auto& sessions) { return sessions.end(SessionId("s1"), at(5)); };
  EXPECT_FALSE(change(other, end));
  EXPECT_EQ(change(home, end), ResourceId("u1"));
  EXPECT_FALSE(change(home, end));
  EXPECT_EQ(find("s1")->ended, at(5));
}

TEST_P(AdminSessionsContract, OfATokenOrAUser_EndTogether) {
  begin("s3", "u1", "t1", 1);
  begin("s1", "u1", "t1", 2);
  begin("s2", "u1", "t2", 3);
  begin("s4", "u2", "t2", 4);
  using Ids = std::vector<SessionId>;
  EXPECT_EQ(change(other, [](auto& all) { return all.end_of_token(TokenId("t1"), at(5)); }), Ids());
  EXPECT_EQ(change(home, [](auto& all) { return all.end_of_token(TokenId("t1"), at(5)); }),
            (Ids{SessionId("s1"), SessionId("s3")}));
  EXPECT_EQ(change(home, [](auto& all) { return all.end_of_user(ResourceId("u1"), at(6)); }), Ids{SessionId("s2")});
  EXPECT_EQ(find("s3")->ended, at(5));
  EXPECT_EQ(find("s2")->ended, at(6));
  EXPECT_FALSE(find("s4")->ended);
}

TEST_P(AdminSessionsContract, WhoseTokenIsRevoked_CountsAsEnded) {
  begin("s1", "u1", "t1", 1);
  write_in(home, [](Workspace& reached) -> Result<void> {
    ROLECALL_TRY(reached.api_tokens().revoke(TokenId("t1"), at(7)));
    return {};
  });
  EXPECT_EQ(find("s1")->ended, at(7));
}

TEST_P(AdminSessionsContract, Use_IsNotedWhenTheLastIsOldEnough) {
  begin("s1", "u1", "t1", 1);
  const auto note = [&](std::int64_t time, std::int64_t before) {
    write_in(home, [&](Workspace& reached) {
      return reached.admin_sessions().note_use(SessionId("s1"), at(time), at(before));
    });
    return find("s1")->used;
  };
  EXPECT_EQ(note(60, 0), at(1));
  EXPECT_EQ(note(61, 1), at(61));
  EXPECT_EQ(note(90, 30), at(61));
}

TEST_P(AdminSessionsContract, Expired_AreForgottenInParts) {
  for (int i = 1; i <= 4; ++i) begin("s" + std::to_string(i), "u1", "t1", i);
  EXPECT_EQ(change(other, [](auto& all) { return all.forget_expired(at(200), 10); }), 0);
  EXPECT_EQ(change(home, [](auto& all) { return all.forget_expired(at(103), 2); }), 2);
  EXPECT_EQ(listed(home), "s3 s4 ");
  EXPECT_EQ(change(home, [](auto& all) { return all.forget_expired(at(103), 2); }), 1);
  write_in(home, [](Workspace& reached) { return reached.admin_sessions().remove(SessionId("s4")); });
  EXPECT_EQ(listed(home), "");
}

TEST_P(AdminSessionsContract, TokensOfAUser_AreRevokedTogether) {
  const auto revoke = [&](const std::string& user) {
    return must(store::write(*store, [&](UnitOfWork& unit) {
      return unit.workspace(home).api_tokens().revoke_of(ResourceId(user), at(5));
    }));
  };
  EXPECT_TRUE(revoke("u2").empty());
  EXPECT_TRUE(revoke("").empty());
  EXPECT_EQ(revoke("u1"), (std::vector<TokenId>{TokenId("t1"), TokenId("t2")}));
  EXPECT_TRUE(revoke("u1").empty());
}

}  // namespace
}  // namespace rolecall::contract
