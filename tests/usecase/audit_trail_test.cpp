#include "rolecall/audit/trail.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <random>
#include <vector>

#include "administration_world.hpp"
#include "rolecall/administration/audit_log.hpp"

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
  store::AnswerRepository& answers() override { std::abort(); }
  store::ApiTokenRepository& api_tokens() override { std::abort(); }
  store::RequestLogRepository& request_log() override { std::abort(); }
  store::GrantHistoryRepository& grant_history() override { std::abort(); }

 private:
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
  const auto newest = administration::newest_audit(world.environment, world.workspace, 1);
  ASSERT_EQ(newest->size(), 1U);
  EXPECT_EQ(newest->front().seq, verification->rows);
  EXPECT_EQ(newest->front().action, "grant.added");
}

}  // namespace
}  // namespace rolecall::audit
