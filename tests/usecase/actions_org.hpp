#pragma once

#include <gmock/gmock.h>

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "rolecall/administration/action_engine.hpp"
#include "rolecall/administration/action_policies.hpp"
#include "rolecall/administration/actions.hpp"
#include "rolecall/administration/api_tokens.hpp"
#include "rolecall/administration/directories.hpp"
#include "world/administration_world.hpp"

namespace rolecall::administration {

using access::ActionState;
using store::ActionRecord;

inline constexpr std::chrono::milliseconds kActionLease{30'000};
inline const connector::Reply kDone{200, {{"x-okta-request-id", "v1"}}, "{}"};
inline const connector::Reply kBusy{503, {}, R"({"errorCode":"E0000010","errorSummary":"Read only"})"};
inline const connector::Reply kRevoked{401, {}, R"({"errorCode":"E0000011","errorSummary":"Invalid token"})"};

/// A directory with Maya, Tom and Ana in it, an org whose answers are given by path, and users who may ask and approve.
class AdministrationActions : public testing::Test {
 protected:
  void SetUp() override {
    const auto made = create_directory(world.environment, world.workspace, world.admin,
                                       {"okta-api", "okta", "acme.okta.com", "ssws", "", Secret("00token"), {}});
    ASSERT_TRUE(made);
    directory = made->id;
    settle_test();
    for (const char* name : {"maya", "tom", "ana"}) add_person(name);
    asker = actor_of("asker@acme.example", "HR Admin");
    boss = actor_of("boss@acme.example", "IT Admin");
    other_boss = actor_of("other@acme.example", "IT Admin");
    for (const char* step : {"suspend", "unsuspend", "deactivate", "reset_password", "activate", "reset_factors",
                             "expire_password", "expire_password_with_temp_password"}) {
      org[std::string("POST /api/v1/users/maya/lifecycle/") + step] = kDone;
      org[std::string("POST /api/v1/users/tom/lifecycle/") + step] = kDone;
    }
    org["DELETE /api/v1/users/maya/sessions"] = {204, {}, ""};
    for (const char* name : {"maya", "tom", "ana"}) set_status(name, "ACTIVE");
  }

  void settle_test() {
    auto test = claim_directory_test(world.environment, kActionLease);
    ASSERT_TRUE(test && *test);
    ASSERT_TRUE(settle_directory_test(world.environment, **test, {}));
  }
  void add_person(const std::string& id) {
    store::PersonRecord person;
    person.directory = directory;
    person.id = id;
    person.login = id + "@acme.example";
    person.email = person.login;
    person.email_key = person.login;
    person.status = "active";
    person.custom = "{}";
    person.run = 1;
    ASSERT_TRUE(world.environment.store.write(
        [&](store::UnitOfWork& unit) { return unit.workspace(world.workspace).people().insert(person); }));
  }
  /// A token that stands for a new user with this role.
  Actor actor_of(const std::string& name, const std::string& role, bool is_bound = true) {
    const auto user = world.add_user(name);
    users[name] = user;
    const auto granted = grant_direct(world.environment, world.workspace, world.admin, name, role);
    EXPECT_TRUE(granted) << granted.error().detail;
    return token_for(is_bound ? name : "");
  }
  Actor token_for(const std::string& user, const Actor& maker = {"admin", {}}) {
    WantedApiToken wanted{"token", {"actions:write"}, {}, user};
    const auto made =
        create_api_token(world.environment, world.workspace, maker, wanted, {"actions:write"}, std::nullopt);
    EXPECT_TRUE(made) << made.error().detail;
    return {"api-token:" + made->record.id.value(), RequestId("request")};
  }
  void set_status(const std::string& id, const std::string& status, const std::string& next = "") {
    org["GET /api/v1/users/" + id] = {200,
                                      {},
                                      R"({"id":")" + id + R"(","status":")" + status + R"(")" +
                                          (next.empty() ? "" : R"(,"transitioningToStatus":")" + next + R"(")") +
                                          R"(,"profile":{"login":")" + id + R"(@acme.example"}})"};
  }

  Result<ActionRecord> ask(const Actor& actor, const std::string& action, const std::string& person = "maya",
                           const std::string& reason = "Because") {
    return request_action(world.environment, world.workspace, actor,
                          {action, person.empty() ? "" : person + "@acme.example", "", "", {}, reason});
  }
  ActionRecord must_ask(const Actor& actor, const std::string& action, const std::string& person = "maya") {
    auto made = ask(actor, action, person);
    EXPECT_TRUE(made) << made.error().detail << made.error().note;
    return made.value_or(ActionRecord());
  }
  Result<ActionRecord> approve(const Actor& actor, const ActionRecord& action) {
    return approve_action(world.environment, world.workspace, actor, action.id, {action.digest, ""});
  }
  ActionView view(const ActionRecord& action) {
    auto found = get_action(world.environment, world.workspace, action.id);
    EXPECT_TRUE(found);
    return found.value_or(ActionView());
  }
  ActionState state(const ActionRecord& action) { return view(action).action.state; }
  void set_policy(const WantedActionPolicy& wanted) {
    const auto made = create_action_policy(world.environment, world.workspace, world.admin, wanted);
    ASSERT_TRUE(made) << made.error().detail;
  }

  std::optional<ActionJob> claim() {
    auto job = claim_action(world.environment, kActionLease);
    EXPECT_TRUE(job) << job.error().note;
    return job ? std::move(*job) : std::nullopt;
  }
  connector::Answer<connector::Reply> answer(const connector::Call& call) {
    const std::string path = call.method + " " + call.target.substr(0, call.target.find('?'));
    asked.push_back(path);
    const auto found = org.find(path);
    if (found == org.end()) return tl::unexpected(connector::no_reply("Nobody answers."));
    return found->second;
  }
  /// One step of a job; false when it has ended or waits.
  bool step(ActionJob& job) {
    const auto call = next_call(job);
    EXPECT_TRUE(call);
    const auto begun = begin_step(world.environment, job, kActionLease);
    EXPECT_TRUE(begun) << begun.error().note;
    if (!begun || !*begun) return false;
    const auto reply = answer(*call);
    const auto settled =
        settle_step(world.environment, job,
                    reply ? read_answer(job, *reply, world.clock.now()) : trouble_answer(reply.error()), kActionLease);
    EXPECT_TRUE(settled) << settled.error().note;
    return settled.value_or(false);
  }
  /// Everything that can be done now.
  std::vector<std::string> run() {
    asked.clear();
    for (int turn = 0; turn < 100; ++turn) {
      auto job = claim();
      if (!job) break;
      while (step(*job)) {
      }
    }
    return asked;
  }
  std::vector<std::string> rows() {
    std::vector<std::string> found;
    const auto all = store::read(world.environment.store, [&](store::UnitOfWork& unit) {
      return unit.workspace(world.workspace).audit().page(0, 1000);
    });
    EXPECT_TRUE(all);
    for (const auto& row : *all) {
      if (row.action.starts_with("action.")) found.push_back(row.action);
    }
    return found;
  }

  testing_support::World world;
  DirectoryId directory;
  Actor asker, boss, other_boss;
  std::map<std::string, ResourceId> users;
  std::map<std::string, connector::Reply> org;
  std::vector<std::string> asked;
};

}  // namespace rolecall::administration
