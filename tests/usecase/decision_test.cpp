#include "rolecall/decision/decision.hpp"

#include "rolecall/administration/workspaces.hpp"
#include "rolecall/decision/search.hpp"
#include "rolecall/provisioning/provisioning.hpp"
#include "unit/scim/case_files.hpp"
#include "world/administration_world.hpp"

namespace rolecall::decision {
namespace {

using rolecall::testing_support::World;

class DecisionTest : public testing::Test {
 protected:
  static Question question(const std::string& subject, const std::string& action,
                           const Entity& resource = {kWorkspaceType, "default", {}}) {
    return {{"user", subject, {}}, {action, {}}, resource, {}};
  }
  Decision decide(const Question& asked) {
    const auto answer = evaluate(environment, world.workspace, asked);
    EXPECT_TRUE(answer) << (answer ? "" : answer.error().detail + answer.error().note);
    return answer ? *answer : Decision();
  }
  bool may(const std::string& subject, const std::string& permission) {
    return decide(question(subject, permission)).is_allowed;
  }
  /// A document as provisioning would store it, with the index rows that belong to it.
  ResourceId add(const std::string& type, const std::string& body) {
    const provisioning::Environment provisioning{*world.store,  *registry, *world.folder, world.clock, world.ids,
                                                 *world.digest, {}};
    provisioning::Notices notices;
    const auto made = provisioning::create(provisioning, {world.workspace, world.okta, TokenId("t"), RequestId("r")},
                                           *registry->find_type(type), *json::parse(body)->as_object(), {}, notices);
    EXPECT_TRUE(made) << (made ? "" : made.error().detail);
    return made ? made->record.id : ResourceId();
  }
  void set_permissions(std::vector<std::string> permissions) {
    const administration::RoleChange change{std::nullopt, std::move(permissions)};
    const auto done = administration::update_role(world.environment, world.workspace, world.admin, "IT Agent", change);
    EXPECT_TRUE(done) << (done ? "" : done.error().detail);
  }
  static std::vector<std::string> ids_of(const Result<Found>& found) {
    std::vector<std::string> ids;
    EXPECT_TRUE(found) << (found ? "" : found.error().detail + found.error().note);
    if (!found) return ids;
    for (const auto& entity : found->entities) ids.push_back(entity.id);
    return ids;
  }
  World world;
  std::shared_ptr<const schema::Registry> registry = registry_with_records();
  Environment environment{*world.store, world.catalogue, *registry, *world.folder};

 private:
  /// The shipped types and that of the AuthZEN vectors.
  static std::shared_ptr<const schema::Registry> registry_with_records() {
    const std::filesystem::path root(ROLECALL_SOURCE_DIR);
    const auto read = [&](const std::string& path) {
      return schema::Registry::Source{path, test::read_file(root / path)};
    };
    std::vector<schema::Registry::Source> schemas;
    std::vector<schema::Registry::Source> types;
    for (const auto& entry : std::filesystem::directory_iterator(root / "schemas/scim")) {
      schemas.push_back(read("schemas/scim/" + entry.path().filename().string()));
    }
    for (const auto& entry : std::filesystem::directory_iterator(root / "schemas/resource_types")) {
      types.push_back(read("schemas/resource_types/" + entry.path().filename().string()));
    }
    schemas.push_back(read("conformance/authzen/schemas/record.json"));
    types.push_back(read("conformance/authzen/schemas/record_type.json"));
    const auto loaded = schema::Registry::load(schemas, types);
    EXPECT_TRUE(loaded) << (loaded ? "" : loaded.error().detail);
    return *loaded;
  }

 protected:
  ResourceId maya = world.add_user("Maya@Example.com");
};

TEST_F(DecisionTest, Holder_MayByIdAndByNameInAnyCase) {
  EXPECT_TRUE(may(maya.value(), "requests.reply"));
  EXPECT_TRUE(may("maya@example.com", "requests.reply"));
  EXPECT_TRUE(may("MAYA@EXAMPLE.COM", "requests.reply"));
  EXPECT_FALSE(may("maya@example.com", "requests.delete"));
}

TEST_F(DecisionTest, Unknown_MayNot) {
  EXPECT_FALSE(may("nobody", "requests.reply"));
  EXPECT_FALSE(may("00000000-0000-7000-8000-999999999999", "requests.reply"));
  EXPECT_FALSE(may("", "requests.reply"));
  EXPECT_FALSE(may(maya.value(), ""));
  EXPECT_FALSE(may(maya.value(), "requests.*"));
  EXPECT_FALSE(may(maya.value(), "REQUESTS.REPLY"));
}

TEST_F(DecisionTest, EveryChange_CountsAtOnce) {
  const auto group = world.group_of_role("IT Admin");
  EXPECT_FALSE(may(maya.value(), "workflows.manage"));
  ASSERT_TRUE(world.join(maya, group));
  EXPECT_TRUE(may(maya.value(), "workflows.manage"));
  ASSERT_TRUE(world.set_active(maya, false));
  EXPECT_FALSE(may(maya.value(), "workflows.manage"));
  EXPECT_FALSE(may(maya.value(), "requests.reply"));
  ASSERT_TRUE(world.set_active(maya, true));
  EXPECT_TRUE(may(maya.value(), "workflows.manage"));
  ASSERT_TRUE(world.leave(maya, group));
  EXPECT_FALSE(may(maya.value(), "workflows.manage"));
  ASSERT_TRUE(world.delete_user(maya));
  EXPECT_FALSE(may(maya.value(), "requests.reply"));
}

TEST_F(DecisionTest, NewPermissionOfARole_CountsAtOnce) {
  const administration::RoleChange fewer{std::nullopt, std::vector<std::string>{"requests.view"}};
  ASSERT_TRUE(administration::update_role(world.environment, world.workspace, world.admin, "IT Agent", fewer));
  EXPECT_FALSE(may(maya.value(), "requests.reply"));
  EXPECT_TRUE(may(maya.value(), "requests.view"));
}

TEST_F(DecisionTest, UserNamedLikeAnothersId_IsNotTheOther) {
  ASSERT_TRUE(world.join(maya, world.group_of_role("IT Admin")));
  const auto impostor = world.add_user(maya.value());
  EXPECT_TRUE(may(maya.value(), "workflows.manage")) << "the id means its owner";
  EXPECT_FALSE(may(impostor.value(), "workflows.manage"));
  const auto shaped = world.add_user("00000000-0000-7000-8000-888888888888");
  EXPECT_TRUE(may("00000000-0000-7000-8000-888888888888", "requests.reply")) << "a name in the shape of an id";
  EXPECT_TRUE(may(shaped.value(), "requests.reply"));
}

TEST_F(DecisionTest, OtherWorkspace_KnowsNobodyOfThis) {
  const auto other = administration::create_workspace(world.environment, world.admin, "other");
  ASSERT_TRUE(other);
  Question asked = question("", "requests.reply", {kWorkspaceType, "other", {}});
  for (const auto& subject : {maya.value(), std::string("maya@example.com")}) {
    asked.subject.id = subject;
    EXPECT_FALSE(decide(asked).is_allowed);
  }
  asked.resource.id = "default";
  EXPECT_TRUE(decide(asked).is_allowed) << "the resource names the workspace";
}

TEST_F(DecisionTest, Refusal_SaysWhyInASentence) {
  const auto why = [&](const Question& asked) { return decide(asked).reason; };
  Question stranger = question("maya@example.com", "requests.reply");
  stranger.subject.type = "robot";
  EXPECT_EQ(why(stranger), "Subjects are of the type user; “robot” is not known.");
  EXPECT_EQ(why(question("nobody", "requests.reply")), "There is no user “nobody”.");
  EXPECT_EQ(why(question("maya@example.com", "requests.fly")),
            "The catalogue has no permission “requests.fly” for resources of the type “workspace”.");
  EXPECT_EQ(why(question("maya@example.com", "requests.reply", {kWorkspaceType, "nowhere", {}})),
            "There is no workspace “nowhere”.");
  EXPECT_EQ(why(question("maya@example.com", "requests.delete")), "No role of Maya@Example.com gives requests.delete.");
  set_permissions({"requests.view@own"});
  EXPECT_EQ(why(question("maya@example.com", "requests.view")),
            "Maya@Example.com has requests.view only within the scope own, which does not take in this resource.");
  ASSERT_TRUE(world.set_active(maya, false));
  EXPECT_EQ(why(question("maya@example.com", "requests.view")), "Maya@Example.com is deactivated and has no roles.");
}

TEST_F(DecisionTest, TypeOfAFeature_TakesVerbAndWholeName) {
  for (const std::string action : {"reply", "requests.reply"}) {
    EXPECT_TRUE(decide(question("maya@example.com", action, {"requests", "4711", {}})).is_allowed) << action;
    EXPECT_FALSE(decide(question("maya@example.com", action, {"workflows", "4711", {}})).is_allowed) << action;
  }
  EXPECT_FALSE(decide(question("maya@example.com", "reply")).is_allowed) << "a workspace has whole names only";
  Question gateway = question("maya@example.com", "reply", {"requests", "4711", {}});
  gateway.subject.type = "identity";
  EXPECT_TRUE(decide(gateway).is_allowed);
}

TEST_F(DecisionTest, OwnScope_ComparesOwnerWithIdNameAndMail) {
  set_permissions({"requests.view@own"});
  const auto ana = add("User", R"({"userName":"ana","emails":[{"value":"Ana.Lopez@Example.com","type":"work"}]})");
  const auto may_see = [&](const json::Object& properties) {
    return decide(question("ana", "view", {"requests", "1", properties})).is_allowed;
  };
  for (const auto& owner :
       {ana.value(), std::string("ana"), std::string("ANA"), std::string("ana.lopez@example.com")}) {
    EXPECT_TRUE(may_see({{"ownerID", owner}})) << owner;
    EXPECT_TRUE(may_see({{"owner", json::Array{"somebody else", owner}}})) << owner;
  }
  EXPECT_FALSE(may_see({{"ownerID", "maya@example.com"}}));
  EXPECT_FALSE(may_see({{"ownerID", nullptr}}));
  EXPECT_FALSE(may_see({{"ownerID", ""}}));
  EXPECT_FALSE(may_see({{"ownerID", json::Object{{"id", "ana"}}}}));
  EXPECT_FALSE(may_see({{"ownerID", true}}));
  EXPECT_FALSE(may_see({}));
}

TEST_F(DecisionTest, DirectoryIsTheAuthorityOfTheSubject) {
  set_permissions({"requests.view@department"});
  add("User",
      R"({"userName":"ana","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"Legal"}})");
  Question asked = question("ana", "view", {"requests", "1", {{"department", "Sales"}}});
  asked.subject.properties = json::Object{{"department", "Sales"}};
  EXPECT_FALSE(decide(asked).is_allowed) << "what a caller says of a user does not count where the directory knows";
  asked.resource.properties = json::Object{{"department", "LEGAL"}};
  EXPECT_TRUE(decide(asked).is_allowed);
}

TEST_F(DecisionTest, StoredResource_FillsInWhatWasNotSent) {
  world.catalogue.permissions.push_back({"record.view", "record", "See."});
  auto most = administration::get_role(world.environment, world.workspace, "Super Admin")->permissions;
  most.emplace_back("record.view");
  ASSERT_TRUE(administration::update_role(world.environment, world.workspace, world.admin, "Super Admin",
                                          {std::nullopt, most}));
  set_permissions({"record.view@own"});
  add("User", R"({"userName":"ana"})");
  add("User", R"({"userName":"bo"})");
  add("Record", R"({"externalId":"7","owner":"Ana"})");
  add("Record", R"({"externalId":"8","owner":"bo"})");
  add("Record", R"({"externalId":"twice","owner":"ana"})");
  add("Record", R"({"externalId":"twice","owner":"ana"})");
  EXPECT_TRUE(decide(question("ana", "view", {"record", "7", {}})).is_allowed);
  EXPECT_FALSE(decide(question("ana", "view", {"record", "8", {}})).is_allowed);
  EXPECT_FALSE(decide(question("ana", "view", {"record", "7", {{"owner", "bo"}}})).is_allowed)
      << "what was sent counts";
  EXPECT_FALSE(decide(question("ana", "view", {"record", "twice", {}})).is_allowed) << "a name of two is nobody's";
  EXPECT_FALSE(decide(question("ana", "view", {"record", "unknown", {}})).is_allowed);
  EXPECT_EQ(ids_of(search_resources(environment, world.workspace, question("ana", "view", {"record", "", {}}), {})),
            (std::vector<std::string>{"7", "twice", "twice"}));
  EXPECT_EQ(ids_of(search_subjects(environment, world.workspace, question("", "view", {"record", "8", {}}), {})),
            (std::vector<std::string>{"bo"}));
}

TEST_F(DecisionTest, Searches_PageInOrderWithoutRepetition) {
  for (int i = 0; i < 7; ++i) world.add_user("user" + std::to_string(i), {}, i % 3 != 0);
  std::vector<std::string> found;
  Page page{{}, 2};
  do {
    const auto some = search_subjects(environment, world.workspace, question("", "requests.reply"), page);
    ASSERT_TRUE(some);
    EXPECT_LE(some->entities.size(), 2U);
    for (const auto& entity : some->entities) found.push_back(entity.id);
    page.after = some->next;
  } while (!page.after.empty());
  EXPECT_EQ(found, (std::vector<std::string>{"Maya@Example.com", "user1", "user2", "user4", "user5"}));
}

TEST_F(DecisionTest, SearchWithoutAnIndex_EndsAPageBeforeItHasLookedAtAll) {
  const auto title =
      access::Condition{{{access::Term::Source::resource, "title"}}, {{access::Term::Source::subject, "title"}}, {}};
  world.catalogue.scopes.push_back({"title", "Of one's own kind.", {title}});
  for (int i = 0; i < 2'000; ++i) world.add_user("user" + std::to_string(i));
  const auto last = add("User", R"({"userName":"the last","title":"Cook"})");
  Question asked = question("", "view", {"requests", "1", {{"title", "cook"}, {"ownerID", last.value()}}});
  set_permissions({"requests.view@title"});
  const auto first = search_subjects(environment, world.workspace, asked, {});
  EXPECT_EQ(ids_of(first), std::vector<std::string>());
  ASSERT_FALSE(first->next.empty()) << "2,000 were looked at";
  const auto second = search_subjects(environment, world.workspace, asked, {first->next, 100});
  EXPECT_EQ(ids_of(second), (std::vector<std::string>{"the last"}));
  EXPECT_EQ(second->next, "");
  set_permissions({"requests.view@own"});
  const auto found = search_subjects(environment, world.workspace, asked, {});
  EXPECT_EQ(ids_of(found), (std::vector<std::string>{"the last"})) << "an index leads to the owner";
  EXPECT_EQ(found->next, "");
}

TEST_F(DecisionTest, SearchOfActions_NamesVerbsOfTheTypeAndWholeNamesOfTheWorkspace) {
  set_permissions({"requests.view", "requests.reply@own", "tags.use"});
  EXPECT_EQ(ids_of(search_actions(environment, world.workspace, question("maya@example.com", ""), {})),
            (std::vector<std::string>{"requests.view", "tags.use"}));
  EXPECT_EQ(ids_of(search_actions(environment, world.workspace,
                                  question("maya@example.com", "", {"requests", "1", {{"owner", maya.value()}}}), {})),
            (std::vector<std::string>{"reply", "view"}));
  EXPECT_EQ(
      ids_of(search_actions(environment, world.workspace, question("maya@example.com", "", {"ship", "1", {}}), {})),
      std::vector<std::string>());
}

TEST_F(DecisionTest, SearchOfWorkspaces_FindsThoseWhereOneMay) {
  ASSERT_TRUE(administration::create_workspace(world.environment, world.admin, "another"));
  EXPECT_EQ(ids_of(search_resources(environment, world.workspace,
                                    question("maya@example.com", "requests.reply", {kWorkspaceType, "", {}}), {})),
            (std::vector<std::string>{"default"}));
}

TEST_F(DecisionTest, Lists_StopAtTheDecidingOne) {
  const std::vector<Result<Question>> asked{
      question("maya@example.com", "requests.reply"), question("maya@example.com", "requests.delete"),
      fail(ErrorCode::bad_request, "unreadable"), question("maya@example.com", "requests.reply")};
  const auto run = [&](Semantic semantic) {
    std::string text;
    const auto decisions = evaluate_all(environment, world.workspace, asked, semantic);
    EXPECT_TRUE(decisions);
    for (const auto& decision : *decisions) text += decision.error ? '?' : (decision.is_allowed ? '+' : '-');
    return text;
  };
  EXPECT_EQ(run(Semantic::execute_all), "+-?+");
  EXPECT_EQ(run(Semantic::deny_on_first_deny), "+-");
  EXPECT_EQ(run(Semantic::permit_on_first_permit), "+");
}

}  // namespace
}  // namespace rolecall::decision
