#pragma once

#include <gmock/gmock.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "rolecall/administration/directories.hpp"
#include "rolecall/administration/sync_runs.hpp"
#include "world/administration_world.hpp"

namespace rolecall::administration {

inline constexpr std::chrono::milliseconds kLease{30'000};
inline const connector::Reply kAbsent{404, {}, R"({"errorCode":"E0000007"})"};

inline std::string user(const std::string& id, const std::string& status = "ACTIVE", const std::string& type = "oty1") {
  return R"({"id":")" + id + R"(","status":")" + status + R"(","type":{"id":")" + type + R"("},"profile":{"login":")" +
         id + R"(@acme.example","email":")" + id + R"(@Work.example"}})";
}
inline std::string group(const std::string& id) {
  return R"({"id":")" + id + R"(","type":"OKTA_GROUP","profile":{"name":"Name of )" + id + R"("}})";
}
inline std::string application(const std::string& id) {
  return R"({"id":")" + id + R"(","label":")" + id + R"(","signOnMode":"SAML_2_0","status":"ACTIVE"})";
}
inline std::string list(const std::vector<std::string>& items) {
  std::string text = "[";
  for (const std::string& item : items) text += (text.size() > 1 ? "," : "") + item;
  return text + "]";
}
inline connector::Reply page(const std::vector<std::string>& items, const std::string& next = "") {
  connector::Reply reply{200, {}, list(items)};
  if (!next.empty()) reply.headers.emplace_back("Link", "<https://acme.okta.com" + next + R"(>; rel="next")");
  return reply;
}

/// An org whose answers are given by path, or by path and query.
class AdministrationSync : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(create_directory(world.environment, world.workspace, world.admin,
                                 {"okta-api", "okta", "acme.okta.com", "ssws", "", Secret("00token"), {}}));
    org = {{"/api/v1/users", page({user("u1"), user("u2")})},
           {"/api/v1/groups", page({group("g1")})},
           {"/api/v1/groups/g1/users", page({user("u1"), user("u2")})},
           {"/api/v1/apps", page({application("a1")})},
           {"/api/v1/apps/a1/users", page({R"({"id":"u1","scope":"USER"})", R"({"id":"u2","scope":"GROUP"})"})}};
  }
  connector::Reply answer(const std::string& target) {
    const auto exact = org.find(target);
    if (exact != org.end()) return exact->second;
    const auto path = org.find(target.substr(0, target.find('?')));
    return path != org.end() ? path->second : kAbsent;
  }
  void request(store::SyncKind kind = store::SyncKind::whole) {
    const auto run = request_sync(world.environment, world.workspace, world.admin, "okta-api", kind);
    ASSERT_TRUE(run) << run.error().detail << run.error().note;
  }
  std::optional<SyncJob> claim() {
    auto job = claim_sync(world.environment, kLease);
    EXPECT_TRUE(job) << job.error().note;
    return std::move(*job);
  }
  /// One call of a claimed run; false when it has ended or waits.
  bool read(SyncJob& job) {
    const auto& okta = *connector::find_connector("okta");
    asked.push_back(next_call(okta, job.run).target);
    return read(job, answer(asked.back()));
  }
  bool read(SyncJob& job, const connector::Reply& reply) {
    const auto& okta = *connector::find_connector("okta");
    const auto page = read_page(okta, job, reply, world.clock.now());
    const auto stored = page ? store_page(world.environment, job, *page, kLease)
                             : store_trouble(world.environment, job, page.error(), kLease);
    EXPECT_TRUE(stored) << stored.error().note;
    return stored.value_or(false);
  }
  /// Goes on with what is to be read, to its end or until it waits.
  store::SyncRunRecord go_on() {
    asked.clear();
    auto job = claim();
    if (!job) return {};
    while (read(*job)) {
    }
    EXPECT_TRUE(release_sync(world.environment, *job));
    return *get_sync_run(world.environment, world.workspace, job->run.id);
  }
  store::SyncRunRecord sync(store::SyncKind kind = store::SyncKind::whole) {
    request(kind);
    return go_on();
  }
  void change(const DirectoryChange& wanted) {
    const auto changed = change_directory(world.environment, world.workspace, world.admin, "okta-api", wanted);
    ASSERT_TRUE(changed) << changed.error().detail;
  }
  std::vector<std::string> people() {
    std::vector<std::string> found;
    const auto all = list_people(world.environment, world.workspace, {}, "", 100);
    for (const auto& person : *all) found.push_back(person.id);
    return found;
  }
  PersonView person(const std::string& name) {
    auto view = get_person(world.environment, world.workspace, name);
    EXPECT_TRUE(view) << view.error().detail;
    return view.value_or(PersonView());
  }
  std::vector<std::string> groups_of(const std::string& name) {
    std::vector<std::string> found;
    for (const auto& one : person(name).groups) found.push_back(one.set.id);
    return found;
  }
  rolecall::testing_support::World world;
  std::map<std::string, connector::Reply> org;
  std::vector<std::string> asked;
};

}  // namespace rolecall::administration
