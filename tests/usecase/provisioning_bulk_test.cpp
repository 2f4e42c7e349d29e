#include <string>
#include <utility>
#include <vector>

#include "provisioning_fixture.hpp"
#include "rolecall/json/write.hpp"
#include "rolecall/provisioning/bulk.hpp"

namespace rolecall::test {
namespace {

class ProvisioningBulkTest : public ProvisioningTest {
 protected:
  static std::string user_as(const std::string& bulk_id, const std::string& name, const std::string& more = "") {
    return R"({"method":"POST","path":"/Users","bulkId":")" + bulk_id + R"(","data":{"userName":")" + name + "\"" +
           more + "}}";
  }
  static std::string user(const std::string& name, const std::string& more = "") { return user_as(name, name, more); }
  static std::string manager(const std::string& value) {
    return R"(,"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"IT","manager":{"value":")" +
           value + R"("}})";
  }
  static std::string group(const std::string& name, const std::vector<std::string>& members) {
    std::string list;
    for (const std::string& member : members) list += (list.empty() ? "" : ",") + (R"({"value":")" + member + R"("})");
    return R"({"method":"POST","path":"/Groups","bulkId":")" + name + R"(","data":{"displayName":")" + name +
           R"(","members":[)" + list + "]}}";
  }
  static std::string patched(const std::string& path, const std::string& operation) {
    return R"({"method":"PATCH","path":")" + path +
           R"(","data":{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[)" + operation +
           "]}}";
  }
  static std::string removed(const std::string& path) { return R"({"method":"DELETE","path":")" + path + R"("})"; }
  /// A User without a name.
  static std::string broken(const std::string& bulk_id) {
    return R"({"method":"POST","path":"/Users","bulkId":")" + bulk_id + R"(","data":{"title":"x"}})";
  }

  provisioning::BulkJob job_of(const std::vector<std::string>& operations, const std::string& more = "") {
    std::string text =
        R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"])" + more + R"(,"Operations":[)";
    for (std::size_t at = 0; at < operations.size(); ++at) text += (at > 0 ? "," : "") + operations[at];
    auto message = bulk::parse_message(json::parse(text + "]}").value(), {}, patch::okta_dialect());
    provisioning::BulkJob job;
    job.plan = bulk::make_plan(std::move(message.value()), *registry_);
    job.dialect = patch::okta_dialect();
    job.expected.resize(operations.size());
    return job;
  }
  provisioning::BulkAnswer run(const provisioning::BulkJob& job) {
    auto answer = provisioning::bulk(*environment_, caller_, job);
    EXPECT_TRUE(answer.has_value()) << (answer ? "" : answer.error().detail + answer.error().note);
    return std::move(answer.value());
  }
  provisioning::BulkAnswer run(const std::vector<std::string>& operations, const std::string& more = "") {
    return run(job_of(operations, more));
  }
  provisioning::BulkAnswer run_atomic(const std::vector<std::string>& operations, const std::string& more = "") {
    auto job = job_of(operations, more);
    job.all_or_nothing = true;
    return run(job);
  }

  /// "ok" or the name of the error, "-" for what was not processed.
  static std::vector<std::string> words(const provisioning::BulkAnswer& answer) {
    std::vector<std::string> all;
    for (const auto& outcome : answer.outcomes) {
      EXPECT_TRUE(outcome.is_processed || (!outcome.error && outcome.id.empty()));
      all.emplace_back(!outcome.is_processed ? "-" : outcome.error ? name_of(outcome.error->code) : "ok");
    }
    return all;
  }
  using Words = std::vector<std::string>;

  std::int64_t count(std::string_view type_name) {
    return store::read(*store_,
                       [&](store::UnitOfWork& unit) { return unit.workspace(workspace_).resources().count(type_name); })
        .value();
  }
  std::int64_t audit_rows() {
    return store::read(*store_,
                       [&](store::UnitOfWork& unit) { return audit::verify(unit.workspace(workspace_), *digest_); })
        .value()
        .rows;
  }
  std::vector<std::string> members(const ResourceId& id) {
    std::vector<std::string> all;
    const auto view = get("Group", id).value();
    for (const auto& member : view.members) all.push_back(member.display);
    std::sort(all.begin(), all.end());
    return all;
  }
  std::string manager_of(const ResourceId& id) {
    const auto document = parse(get("User", id).value().record.document);
    const json::Value* extension = document.find("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User");
    const json::Value* value = extension != nullptr ? extension->as_object()->find("manager") : nullptr;
    return value != nullptr ? *value->as_object()->find("value")->as_string() : std::string();
  }
};

TEST_F(ProvisioningBulkTest, EachOperation_StandsAlone) {
  const auto bo = create_user("bo");
  const auto answer = run({user("ana"), broken("x"), user("bo"),
                           patched("/Users/" + bo.id.value(), R"({"op":"add","path":"title","value":"Lead"})"),
                           removed("/Users/none"), removed("/Users/bulkId:ana")});
  EXPECT_EQ(words(answer), (Words{"ok", "invalid_value", "uniqueness", "ok", "not_found", "ok"}));
  EXPECT_EQ(answer.outcomes[3].version.number, 2);
  EXPECT_EQ(answer.outcomes[5].id, answer.outcomes[0].id);
  EXPECT_EQ(count("User"), 1);
  EXPECT_EQ(audit_actions_about("User/" + answer.outcomes[0].id.value()),
            (Words{"user.created", "access.revoked", "user.deleted"}));
}

TEST_F(ProvisioningBulkTest, AFailure_LeavesTheAuditChainWhole) {
  std::vector<std::string> operations;
  for (int i = 0; i < 250; ++i) {
    operations.push_back(user_as("b" + std::to_string(i), "u" + std::to_string(i % 3 == 2 ? 0 : i)));
  }
  const auto answer = run(operations);
  const auto outcome = words(answer);
  for (std::size_t i = 0; i < outcome.size(); ++i) EXPECT_EQ(outcome[i], i % 3 == 2 ? "uniqueness" : "ok") << i;
  EXPECT_EQ(count("User"), 167);
  expect_audit_holds();
}

TEST_F(ProvisioningBulkTest, References_AreFilledInWhereverTheyStand) {
  const auto answer =
      run({group("g", {"bulkId:a", "bulkId:b"}), user("a", manager("bulkId:boss")), user("b"), user("boss"),
           patched("/Groups/bulkId:g", R"({"op":"remove","path":"members[value eq \"bulkId:b\"]"})")});
  EXPECT_EQ(words(answer), (Words(5, "ok")));
  EXPECT_EQ(members(answer.outcomes[0].id), (Words{"a"}));
  EXPECT_EQ(manager_of(answer.outcomes[1].id), answer.outcomes[3].id.value());
}

TEST_F(ProvisioningBulkTest, ACircle_IsMadeFirstAndClosedAfter) {
  const auto bo = create_user("bo");
  const auto answer =
      run({group("a", {"bulkId:b", bo.id.value()}), group("b", {"bulkId:c"}), group("c", {"bulkId:a", "bulkId:x"}),
           user("x", manager("bulkId:y")), user("y", manager("bulkId:x")), user("z", manager("bulkId:z"))});
  EXPECT_EQ(words(answer), (Words(6, "ok")));
  EXPECT_EQ(members(answer.outcomes[0].id), (Words{"b", "bo"}));
  EXPECT_EQ(members(answer.outcomes[1].id), (Words{"c"}));
  EXPECT_EQ(members(answer.outcomes[2].id), (Words{"a", "x"}));
  EXPECT_EQ(manager_of(answer.outcomes[3].id), answer.outcomes[4].id.value());
  EXPECT_EQ(manager_of(answer.outcomes[4].id), answer.outcomes[3].id.value());
  EXPECT_EQ(manager_of(answer.outcomes[5].id), answer.outcomes[5].id.value());
  for (const auto& outcome : answer.outcomes) {
    const auto at = &outcome - answer.outcomes.data();
    // x joins a group after it was answered for, which changes it.
    if (at == 3) continue;
    const bool is_user = at > 2;
    const auto view = get(is_user ? "User" : "Group", outcome.id).value();
    EXPECT_EQ(view.record.version.number, outcome.version.number) << "what is answered is what stands";
  }
}

TEST_F(ProvisioningBulkTest, ACircleThatCannotBeClosed_LeavesNothing) {
  const auto groups = count("Group");
  const auto answer =
      run({group("a", {"bulkId:b"}),
           R"({"method":"POST","path":"/Groups","bulkId":"b","data":{"members":[{"value":"bulkId:a"}]}})",
           group("c", {"bulkId:a"}), group("self", {"bulkId:self"}), group("d", {})});
  EXPECT_EQ(words(answer), (Words{"conflict", "invalid_value", "conflict", "invalid_value", "ok"}));
  EXPECT_EQ(count("Group"), groups + 1);
}

TEST_F(ProvisioningBulkTest, AReferenceToWhatFailed_FailsWithoutBeingTried) {
  const auto groups = count("Group");
  const auto answer = run({broken("x"), group("g", {"bulkId:x"}),
                           patched("/Groups/bulkId:g", R"({"op":"add","path":"externalId","value":"e"})"),
                           removed("/Users/bulkId:x"), group("h", {"bulkId:none"})});
  EXPECT_EQ(words(answer), (Words{"invalid_value", "conflict", "conflict", "conflict", "invalid_value"}));
  EXPECT_EQ(count("Group"), groups);
}

TEST_F(ProvisioningBulkTest, FailOnErrors_EndsTheJob) {
  const std::vector<std::string> operations{user("a"), broken("x"), user("b"), broken("y"), user("c")};
  EXPECT_EQ(words(run(operations, R"(,"failOnErrors":1)")), (Words{"ok", "invalid_value", "-", "-", "-"}));
  EXPECT_EQ(words(run(operations, R"(,"failOnErrors":2)")), (Words{"uniqueness", "invalid_value", "-", "-", "-"}));
  EXPECT_EQ(words(run(operations, R"(,"failOnErrors":4)")),
            (Words{"uniqueness", "invalid_value", "ok", "invalid_value", "ok"}));
  EXPECT_EQ(count("User"), 3);
}

TEST_F(ProvisioningBulkTest, AVersion_GuardsItsOperation) {
  const auto bo = create_user("bo");
  auto job = job_of({removed("/Users/" + bo.id.value()),
                     patched("/Users/" + bo.id.value(), R"({"op":"add","path":"title","value":"x"})")});
  job.expected = {Version{7}, Version{1}};
  EXPECT_EQ(words(run(job)), (Words{"precondition_failed", "ok"}));
}

TEST_F(ProvisioningBulkTest, AllOrNothing_KeepsAllWhenAllSucceed) {
  std::vector<std::string> operations;
  for (int i = 0; i < 300; ++i) operations.push_back(user("u" + std::to_string(i)));
  operations.push_back(group("g", {"bulkId:u0", "bulkId:u299"}));
  EXPECT_EQ(words(run_atomic(operations)), Words(301, "ok"));
  EXPECT_EQ(count("User"), 300);
}

TEST_F(ProvisioningBulkTest, AllOrNothing_LeavesNothingOfAnyWhenOneFails) {
  const auto bo = create_user("bo");
  grant_directly(bo.id, "IT Admin");
  const auto version = get("User", bo.id).value().record.version;
  const auto groups = count("Group");
  const auto rows = audit_rows();
  std::vector<std::string> operations{removed("/Users/" + bo.id.value()), user("bo"), group("g", {"bulkId:bo"})};
  for (int i = 0; i < 200; ++i) operations.push_back(user("u" + std::to_string(i)));
  operations.push_back(user("late", R"(,"active":"maybe")"));
  operations.push_back(user("never"));
  const auto answer = run_atomic(operations, R"(,"failOnErrors":500)");
  auto expected = Words(operations.size(), "conflict");
  expected[203] = "invalid_value";
  EXPECT_EQ(words(answer), expected);
  for (const auto& outcome : answer.outcomes) EXPECT_TRUE(outcome.id.empty());
  EXPECT_TRUE(answer.notices.texts.empty()) << "of what did not happen";
  EXPECT_EQ(count("User"), 1);
  EXPECT_EQ(count("Group"), groups);
  EXPECT_EQ(audit_rows(), rows);
  EXPECT_EQ(get("User", bo.id).value().record.version, version);
  EXPECT_EQ(roles_of(bo.id), (Words{"IT Admin"}));
}

TEST_F(ProvisioningBulkTest, WhenTheTimeIsOver_TheRestFailsAndWhatIsDoneStays) {
  auto job = job_of({user("a"), user("b"), user("c")});
  const std::chrono::steady_clock::time_point start;
  int asked = 0;
  // Each question costs a commit's worth of time: one operation, then the end.
  job.ticks = [&] { return start + std::chrono::seconds(asked++); };
  job.end = start + std::chrono::seconds(4);
  const auto answer = run(job);
  const auto outcome = words(answer);
  EXPECT_EQ(outcome.front(), "ok");
  EXPECT_EQ(outcome.back(), "unavailable");
  EXPECT_TRUE(answer.outcomes.back().error->retry_after.has_value());
  EXPECT_EQ(count("User"), std::count(outcome.begin(), outcome.end(), "ok"));
}

TEST_F(ProvisioningBulkTest, WhenTheTimeIsOver_AllOrNothingLeavesNothing) {
  auto job = job_of({user("a"), user("b"), user("c")});
  const std::chrono::steady_clock::time_point start;
  int asked = 0;
  job.ticks = [&] { return start + std::chrono::seconds(asked++); };
  job.end = start + std::chrono::seconds(4);
  job.all_or_nothing = true;
  const auto answer = provisioning::bulk(*environment_, caller_, job);
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().code, ErrorCode::unavailable);
  EXPECT_EQ(count("User"), 0);
}

TEST_F(ProvisioningBulkTest, RewritesAndNotices_AreHandedOn) {
  const auto answer = run({user("a", R"(,"active":"True")"), group("g", {"nobody"}), broken("x")});
  EXPECT_EQ(words(answer), (Words{"ok", "ok", "invalid_value"}));
  EXPECT_NE(std::find(answer.rewrites.begin(), answer.rewrites.end(), "text_booleans"), answer.rewrites.end());
  EXPECT_FALSE(answer.notices.texts.empty());
}

TEST_F(ProvisioningBulkTest, AGroupThatIsARole_GrantsItToItsMembers) {
  const auto link_target = find_group("IT Agent");
  const auto answer = run(
      {user("a"),
       patched("/Groups/" + link_target.id.value(), R"({"op":"add","path":"members","value":[{"value":"bulkId:a"}]})"),
       user("b"), group("Owner", {"bulkId:b"})});
  EXPECT_EQ(words(answer), (Words{"ok", "ok", "ok", "forbidden"})) << "the gate stands in front of every operation";
  EXPECT_EQ(roles_of(answer.outcomes[0].id), (Words{"IT Agent"}));
}

}  // namespace
}  // namespace rolecall::test
