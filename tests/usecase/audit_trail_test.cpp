#include "rolecall/audit/trail.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "rolecall/adapter/crypto/digest.hpp"
#include "rolecall/administration/audit_log.hpp"
#include "world/administration_world.hpp"
#include "world/memory_webhooks.hpp"

namespace rolecall::audit {
namespace {

/// Rows that a test can tamper with as somebody with access to the database could.
class TamperableAudit final : public store::AuditRepository {
 public:
  Result<std::optional<store::AuditRecord>> last() override {
    if (rows.empty()) return std::optional<store::AuditRecord>();
    return std::optional<store::AuditRecord>(rows.back());
  }
  Result<void> append(const store::AuditRecord& record) override {
    rows.push_back(record);
    return {};
  }
  Result<std::vector<store::AuditRecord>> page(std::int64_t after, std::int64_t limit) override {
    std::vector<store::AuditRecord> found;
    for (const auto& row : rows) {
      if (row.seq > after && found.size() < static_cast<std::size_t>(limit)) found.push_back(row);
    }
    return found;
  }
  Result<std::vector<store::AuditRecord>> about(const std::string&, std::int64_t, std::int64_t) override {
    std::abort();
  }
  Result<std::vector<store::AuditRecord>> of_request(const RequestId&, std::int64_t) override { std::abort(); }
  std::vector<store::AuditRecord> rows;
};

class AuditOnly final : public store::Workspace {
 public:
  const WorkspaceId& id() const override { return id_; }
  store::ResourceRepository& resources() override { std::abort(); }
  store::MemberRepository& members() override { std::abort(); }
  store::ParkedMemberRepository& parked_members() override { std::abort(); }
  store::TombstoneRepository& tombstones() override { std::abort(); }
  store::ConnectionRepository& connections() override { std::abort(); }
  store::TokenRepository& tokens() override { std::abort(); }
  store::RoleRepository& roles() override { std::abort(); }
  store::LinkRepository& links() override { std::abort(); }
  store::GrantRepository& grants() override { std::abort(); }
  TamperableAudit& audit() override { return audit_; }
  store::PlanRepository& plans() override { std::abort(); }
  Result<access::RoleMode> role_mode() override { std::abort(); }
  Result<void> set_role_mode(access::RoleMode) override { std::abort(); }
  store::AnswerRepository& answers() override { std::abort(); }
  store::ApiTokenRepository& api_tokens() override { std::abort(); }
  store::AdminSessionRepository& admin_sessions() override { std::abort(); }
  store::RequestLogRepository& request_log() override { std::abort(); }
  store::GrantHistoryRepository& grant_history() override { std::abort(); }
  store::GuardRepository& guard() override { std::abort(); }
  store::HeldChangeRepository& held_changes() override { std::abort(); }
  store::WebhookRepository& webhooks() override { return webhooks_; }
  store::OutboxRepository& outbox() override { std::abort(); }
  store::DirectoryRepository& directories() override { std::abort(); }
  store::PeopleRepository& people() override { std::abort(); }
  store::SyncRunRepository& sync_runs() override { std::abort(); }
  store::ActionRepository& actions() override { std::abort(); }
  store::ActionPolicyRepository& action_policies() override { std::abort(); }
  store::HookRepository& hooks() override { std::abort(); }
  store::DirectoryEventRepository& directory_events() override { std::abort(); }
  store::DirectoryLogRepository& directory_logs() override { std::abort(); }
  store::ConsentRepository& consents() override { std::abort(); }
  store::EndedAccessRepository& ended_access() override { std::abort(); }

 private:
  testing_support::MemoryTables tables_;
  testing_support::MemoryWebhooks webhooks_{tables_};
  WorkspaceId id_{"workspace"};
  TamperableAudit audit_;
};

class AuditTrail : public testing::Test {
 protected:
  void write(int count) {
    Trail trail(workspace, *digest, Instant(std::chrono::microseconds(1'700'000'000'000'000)), "admin",
                RequestId("request"));
    for (int i = 0; i < count; ++i) {
      ASSERT_TRUE(trail.record("role.updated", "Role/" + std::to_string(i), {{"attributes", json::Array{"name"}}}));
    }
  }
  std::vector<store::AuditRecord>& rows() { return workspace.audit().rows; }

  std::unique_ptr<Digest> digest = adapter::crypto::make_digest();
  AuditOnly workspace;
};

TEST_F(AuditTrail, EmptyChain_Holds) {
  const auto verification = verify(workspace, *digest);
  ASSERT_TRUE(verification);
  EXPECT_EQ(verification->rows, 0);
  EXPECT_FALSE(verification->first_bad_seq);
}

TEST_F(AuditTrail, SeveralTrails_MakeOneChain) {
  write(3);
  write(1);
  write(2000);
  const auto verification = verify(workspace, *digest);
  ASSERT_TRUE(verification);
  EXPECT_EQ(verification->rows, 2004);
  EXPECT_FALSE(verification->first_bad_seq);
  EXPECT_EQ(verification->head, rows().back().hash);
  EXPECT_EQ(rows().front().seq, 1);
  EXPECT_EQ(rows().front().previous_hash, std::string(64, '0'));
  EXPECT_EQ(rows().back().hash.size(), 64U);
}

TEST_F(AuditTrail, Fields_CannotFlowIntoEachOther) {
  store::AuditRecord a;
  a.actor = "ab";
  a.action = "c";
  store::AuditRecord b;
  b.actor = "a";
  b.action = "bc";
  EXPECT_NE(hash_of(a, *digest), hash_of(b, *digest));
}

/// One way to falsify the chain; what it does must show at or before the next row.
void tamper(std::vector<store::AuditRecord>& rows, int kind, std::size_t at, std::mt19937& random) {
  store::AuditRecord& row = rows[at];
  switch (kind) {
    case 0:
      row.at += std::chrono::microseconds(1);
      break;
    case 1:
      row.actor += 'x';
      break;
    case 2:
      row.action = "role.removed";
      break;
    case 3:
      row.target.pop_back();
      break;
    case 4:
      row.details[random() % row.details.size()] ^= 1;
      break;
    case 5:
      row.request = RequestId("other");
      break;
    case 6:
      row.hash[random() % row.hash.size()] ^= 1;
      break;
    case 7:
      row.previous_hash[random() % row.previous_hash.size()] ^= 1;
      break;
    case 8:
      row.seq += 1;
      break;
    case 9:
      rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(at));
      break;
    case 10:
      std::swap(rows[at], rows[at + 1]);
      std::swap(rows[at].seq, rows[at + 1].seq);
      break;
    default:
      rows.insert(rows.begin() + static_cast<std::ptrdiff_t>(at), row);
      break;
  }
}

TEST_F(AuditTrail, AThousandTamperings_AreAllFoundWhereTheyAre) {
  write(60);
  const auto honest = rows();
  std::mt19937 random(20261124);
  for (int i = 0; i < 1'000; ++i) {
    rows() = honest;
    const int kind = i % 12;
    const std::size_t at = random() % (honest.size() - 2);
    tamper(rows(), kind, at, random);
    const auto verification = verify(workspace, *digest);
    ASSERT_TRUE(verification);
    ASSERT_TRUE(verification->first_bad_seq) << "kind " << kind << " at " << at;
    EXPECT_GE(*verification->first_bad_seq, honest[at].seq) << "kind " << kind;
    EXPECT_LE(*verification->first_bad_seq, honest[at].seq + 1) << "kind " << kind;
  }
}

TEST_F(AuditTrail, RehashedTail_IsOnlyFoundByTheHeadKeptOutside) {
  write(10);
  const std::string known_head = verify(workspace, *digest)->head;
  for (std::size_t i = 5; i < rows().size(); ++i) {
    rows()[i].actor = "somebody else";
    rows()[i].previous_hash = rows()[i - 1].hash;
    rows()[i].hash = hash_of(rows()[i], *digest);
  }
  const auto verification = verify(workspace, *digest);
  EXPECT_FALSE(verification->first_bad_seq)
      << "whoever rewrites everything after a row is not found by the chain alone";
  EXPECT_NE(verification->head, known_head);
}

TEST(AuditStored, WholeWorld_VerifiesAndHasNoGaps) {
  testing_support::World world;
  const auto maya = world.add_user("maya");
  ASSERT_TRUE(world.join(maya, world.group_of_role("HR Admin")));
  ASSERT_FALSE(administration::set_ceiling(world.environment, world.workspace, world.admin, "okta", "IT Agent"))
      << "a refused change must leave no row";
  const auto verification = administration::verify_audit(world.environment, world.workspace);
  ASSERT_TRUE(verification);
  EXPECT_FALSE(verification->first_bad_seq);
  const auto newest = administration::audit_before(world.environment, world.workspace, {}, 1);
  ASSERT_EQ(newest->rows.size(), 1U);
  EXPECT_EQ(newest->rows.front().seq, verification->rows);
  EXPECT_EQ(newest->rows.front().action, "grant.added");
  ASSERT_EQ(newest->next, verification->rows);
  const auto older = administration::audit_before(world.environment, world.workspace, newest->next, 1000);
  ASSERT_EQ(older->rows.size(), static_cast<std::size_t>(verification->rows) - 1);
  EXPECT_EQ(older->rows.back().seq, verification->rows - 1);
  EXPECT_FALSE(older->next);
}

/// Somebody who can write to the database, and knows how rows are hashed.
class Tamperer {
 public:
  Tamperer(const Digest& digest, std::uint64_t seed) : digest_(digest), random_(seed) {}

  /// What was done, for the message of a failure.
  std::string tamper(std::vector<store::AuditRecord>& rows, const std::vector<store::AuditRecord>& foreign) {
    const std::size_t at = below(rows.size());
    const auto there = rows.begin() + static_cast<std::ptrdiff_t>(at);
    switch (below(9)) {
      case 0:
        rows[at].actor += "x";
        return "edited a row";
      case 1:
        rows.erase(rows.begin());
        return "deleted the first row";
      case 2:
        rows.erase(there);
        return "deleted a row";
      case 3:
        rows.resize(at);
        return "deleted the end";
      case 4:
        rows.clear();
        return "deleted all";
      case 5: {
        const std::size_t other = (at + 1 + below(rows.size() - 1)) % rows.size();
        std::swap(rows[at], rows[other]);
        std::swap(rows[at].seq, rows[other].seq);
        return "swapped two rows";
      }
      case 6:
        rows.insert(there, store::AuditRecord(*there));
        return "doubled a row";
      case 7:
        rows[at] = foreign[at];
        return "put in a row of another workspace";
      default:
        rows[at].details = "{}";
        rows[at].target = "Role/other";
        reseal(rows, at);
        return "wrote the trail anew from a row on";
    }
  }

 private:
  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(random_() % bound); }
  void reseal(std::vector<store::AuditRecord>& rows, std::size_t from) {
    for (std::size_t at = from; at < rows.size(); ++at) {
      if (at > 0) rows[at].previous_hash = rows[at - 1].hash;
      rows[at].hash = hash_of(rows[at], digest_);
    }
  }
  const Digest& digest_;
  std::mt19937_64 random_;
};

TEST_F(AuditTrail, ThousandTamperings_AreAllFoundAgainstAnOutsideCheckpoint) {
  constexpr int kTamperings = 1'000;
  write(40);
  const std::vector<store::AuditRecord> genuine = rows();
  const Checkpoint checkpoint = *head_of(workspace);
  rows().clear();
  Trail other(workspace, *digest, Instant(std::chrono::seconds(1)), "admin", RequestId("other"));
  for (int i = 0; i < 40; ++i) ASSERT_TRUE(other.record("role.created", "Role/" + std::to_string(i), {}));
  const std::vector<store::AuditRecord> foreign = rows();
  Tamperer tamperer(*digest, 20'261'125);
  std::set<std::string> kinds;
  for (int run = 0; run < kTamperings; ++run) {
    rows() = genuine;
    ASSERT_TRUE(verify(workspace, *digest, checkpoint)->is_intact());
    const std::string what = tamperer.tamper(rows(), foreign);
    kinds.insert(what);
    ASSERT_FALSE(verify(workspace, *digest, checkpoint)->is_intact()) << what << " in run " << run;
  }
  EXPECT_EQ(kinds.size(), 9U) << "not everything was tried";
}

TEST_F(AuditTrail, LaterRows_LeaveACheckpointStanding) {
  const Checkpoint of_nothing = *head_of(workspace);
  write(3);
  const Checkpoint early = *head_of(workspace);
  write(3);
  using State = Verification::AtCheckpoint;
  EXPECT_EQ(verify(workspace, *digest, early)->at_checkpoint, State::holds);
  EXPECT_EQ(verify(workspace, *digest, of_nothing)->at_checkpoint, State::holds);
  EXPECT_EQ(verify(workspace, *digest)->at_checkpoint, State::not_asked);
  EXPECT_EQ(verify(workspace, *digest, Checkpoint{early.seq, of_nothing.hash})->at_checkpoint, State::differs);
  EXPECT_EQ(verify(workspace, *digest, Checkpoint{7, early.hash})->at_checkpoint, State::missing);
}

}  // namespace
}  // namespace rolecall::audit
