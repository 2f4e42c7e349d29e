#include <limits>

#include "rolecall/filter/parse.hpp"
#include "rolecall/json/parse.hpp"
#include "rolecall/json/write.hpp"
#include "rolecall/resource/key.hpp"
#include "rolecall/resource/signature.hpp"
#include "store_contract.hpp"
#include "unit/scim/case_files.hpp"

namespace rolecall::contract {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

/// Lists as SCIM asks for them. That every filter means what the evaluator says is shown by tests/property.
class QueryContract : public StoreContract {
 protected:
  const schema::ResourceType& type(std::string_view name) { return *registry->find_type(name); }

  void add(const std::string& type_name, const std::string& id, const std::string& body) {
    add_to(home, okta, type_name, id, body);
  }
  void add_to(const WorkspaceId& workspace, const ConnectionId& connection, const std::string& type_name,
              const std::string& id, const std::string& body) {
    auto [record, index] = make(type_name, id, body);
    record.connection = connection;
    insert_in(workspace, record, index);
  }
  std::pair<store::ResourceRecord, std::vector<IndexEntry>> make(const std::string& type_name, const std::string& id,
                                                                 const std::string& body) {
    const auto document = must(json::parse(body));
    const json::Object& object = *document.as_object();
    const auto* name = object.find(type_name == "User" ? "userName" : "displayName");
    auto record = resource(type_name, ResourceId(id), *name->as_string());
    if (const auto* external_id = object.find("externalId")) record.external_id = *external_id->as_string();
    if (const auto* active = object.find("active")) record.is_active = *active->as_bool();
    record.document = json::write(document);
    record.signature = resource::signature_of(type(type_name), object, *folder);
    return {record, resource::index_of(type(type_name), object, *folder)};
  }

  store::ResourceQuery query(std::string_view type_name, std::string_view filter = {}, std::string_view sort_by = {}) {
    store::ResourceQuery made;
    made.type = &type(type_name);
    if (!filter.empty()) made.filter = must(filter::parse(filter, *made.type));
    if (!sort_by.empty()) made.sort_by = must(made.type->resolve(sort_by));
    return made;
  }
  store::ResourcePage run(const store::ResourceQuery& query) { return run_in(home, okta, query); }
  store::ResourcePage run_in(const WorkspaceId& workspace, const ConnectionId& connection,
                             const store::ResourceQuery& query) {
    return read_in(workspace, [&](Workspace& reached) { return reached.resources().query(connection, query); });
  }
  std::vector<std::string> find(std::string_view type_name, std::string_view filter, std::string_view sort_by = {}) {
    const auto page = run(query(type_name, filter, sort_by));
    EXPECT_EQ(page.total, static_cast<std::int64_t>(page.resources.size())) << filter;
    return ids_of(page.resources);
  }

  std::shared_ptr<const schema::Registry> registry = test::shipped_registry();
};
ROLECALL_ON_EVERY_ENGINE(QueryContract);

TEST_P(QueryContract, WithoutFilter_IsEverythingOfTheConnectionById) {
  for (const char* id : {"u3", "u1", "u2"}) {
    add("User", id, R"({"userName":")" + std::string(id) + R"(","active":true})");
  }
  add("Group", "g1", R"({"displayName":"u1"})");
  add_to(home, entra, "User", "u4", R"({"userName":"u4","active":true})");
  add_to(other, okta, "User", "u5", R"({"userName":"u5","active":true})");
  const auto page = run(query("User"));
  EXPECT_EQ(page.total, 3);
  EXPECT_THAT(ids_of(page.resources), ElementsAre("u1", "u2", "u3"));
  EXPECT_EQ(fields(page.resources[0]), fields(stored("User", "u1")));
  EXPECT_THAT(ids_of(run_in(home, entra, query("User")).resources), ElementsAre("u4"));
  EXPECT_EQ(run_in(home, entra, query("Group")).total, 0);
  EXPECT_EQ(run_in(WorkspaceId("nowhere"), okta, query("User")).total, 0);
}

TEST_P(QueryContract, Pages_CoverEverythingOnce) {
  constexpr std::size_t kUsers = 23;
  for (std::size_t i = 0; i < kUsers; ++i) {
    const std::string number = std::to_string(i % 5);
    add("User", numbered("u", i).value(),
        R"({"userName":"n)" + std::to_string(i) + R"(","active":true,"displayName":"d)" + number + R"(","title":"t)" +
            number + R"("})");
  }
  // No filter, one in an index and one that is evaluated; by id, by an indexed and by an evaluated attribute.
  for (const char* filter : {"", "displayName sw \"d\"", "title sw \"t\""}) {
    for (const char* sort_by : {"", "displayName", "title", "meta.created", "id"}) {
      for (const std::int64_t size : {1, 7, 23, 24}) {
        std::vector<std::string> seen;
        for (std::int64_t start = 1; start <= static_cast<std::int64_t>(kUsers); start += size) {
          auto asked = query("User", filter, sort_by);
          asked.start_index = start;
          asked.count = size;
          const auto page = run(asked);
          EXPECT_EQ(page.total, static_cast<std::int64_t>(kUsers));
          for (const auto& id : ids_of(page.resources)) seen.push_back(id);
        }
        auto once = seen;
        std::sort(once.begin(), once.end());
        once.erase(std::unique(once.begin(), once.end()), once.end());
        EXPECT_EQ(seen.size(), kUsers) << filter << " by " << sort_by << " in pages of " << size;
        EXPECT_EQ(once.size(), kUsers) << filter << " by " << sort_by << " in pages of " << size;
      }
    }
  }
}

TEST_P(QueryContract, EdgesOfPaging_AnswerTheTotal) {
  for (const char* id : {"u1", "u2", "u3"}) {
    add("User", id, R"({"userName":")" + std::string(id) + R"(","active":true,"title":"t","displayName":"d"})");
  }
  constexpr auto kHuge = std::numeric_limits<std::int64_t>::max();
  for (const char* filter : {"", "displayName eq \"d\"", "title eq \"t\""}) {
    for (const char* sort_by : {"", "userName", "title"}) {
      for (const auto& [start, count, expected] : {std::tuple<std::int64_t, std::int64_t, std::size_t>{1, 0, 0},
                                                   {3, 100, 1},
                                                   {4, 100, 0},
                                                   {4, 0, 0},
                                                   {1, 3, 3},
                                                   {1, kHuge, 3},
                                                   {2, kHuge, 2},
                                                   {kHuge, 1, 0},
                                                   {kHuge, kHuge, 0}}) {
        auto asked = query("User", filter, sort_by);
        asked.start_index = start;
        asked.count = count;
        const auto page = run(asked);
        EXPECT_EQ(page.total, 3) << filter << " by " << sort_by << " from " << start << ", " << count;
        EXPECT_EQ(page.resources.size(), expected) << filter << " by " << sort_by << " from " << start << ", " << count;
      }
    }
  }
}

TEST_P(QueryContract, Filters_SeeTheConnectionOnly) {
  add("User", "u1", R"({"userName":"maya","active":true,"externalId":"x","title":"t","displayName":"D"})");
  add_to(home, entra, "User", "u2",
         R"({"userName":"li","active":true,"externalId":"x","title":"t","displayName":"D"})");
  add_to(other, okta, "User", "u3",
         R"({"userName":"maya","active":true,"externalId":"x","title":"t","displayName":"D"})");
  for (const char* filter :
       {"externalId eq \"x\"", "displayName eq \"d\"", "title eq \"T\"", "active eq true", "userName pr",
        "not (userName eq \"nobody\")", "id pr", "meta.created lt \"2099-01-01T00:00:00Z\"",
        "title eq \"t\" or displayName eq \"d\"", "userName eq \"maya\"", "id eq \"u1\""}) {
    EXPECT_THAT(find("User", filter), ElementsAre("u1")) << filter;
  }
  EXPECT_THAT(find("User", "userName eq \"li\""), IsEmpty());
  EXPECT_THAT(find("User", "id eq \"u2\""), IsEmpty());
  EXPECT_THAT(find("User", "id eq \"u3\""), IsEmpty());
}

TEST_P(QueryContract, MembershipFilters_FollowTheRows) {
  for (const char* id : {"u1", "u2"}) add("User", id, R"({"userName":")" + std::string(id) + R"(","active":true})");
  for (const char* id : {"g1", "g2"}) add("Group", id, R"({"displayName":")" + std::string(id) + R"("})");
  const auto join = [&](const WorkspaceId& workspace, const char* to, const char* member,
                        std::string_view member_type) {
    write_in(workspace, [&](Workspace& reached) {
      return reached.members().add(ResourceId(to), ResourceId(member), member_type, at(1));
    });
  };
  join(home, "g1", "u1", "User");
  join(home, "g1", "g2", "Group");
  join(other, "g2", "u2", "User");
  EXPECT_THAT(find("User", "groups.value eq \"g1\""), ElementsAre("u1"));
  EXPECT_THAT(find("User", "groups.value eq \"g2\""), IsEmpty());
  EXPECT_THAT(find("User", "not (groups pr)"), ElementsAre("u2"));
  EXPECT_THAT(find("User", "groups[value eq \"g1\" and display eq \"G1\"]"), ElementsAre("u1"));
  EXPECT_THAT(find("Group", "members.value eq \"u1\""), ElementsAre("g1"));
  EXPECT_THAT(find("Group", "members[type eq \"Group\"]"), ElementsAre("g1"));
  EXPECT_THAT(find("Group", "members.display eq \"u1\""), ElementsAre("g1"));
  write([&](Workspace& reached) { return reached.members().remove(ResourceId("g1"), ResourceId("u1")); });
  EXPECT_THAT(find("Group", "members.value eq \"u1\""), IsEmpty());
  EXPECT_THAT(find("User", "groups pr"), IsEmpty());
}

TEST_P(QueryContract, Index_FollowsUpdatesAndRemovals) {
  const auto body = [](const std::string& mail, const std::string& title) {
    return R"({"userName":"maya","active":true,"title":")" + title + R"(","emails":[{"value":")" + mail +
           R"(","type":"work"},{"value":"home@example.com","type":"home"}]})";
  };
  add("User", "u1", body("old@example.com", "a"));
  auto [changed, index] = make("User", "u1", body("NEW@example.com", "b"));
  changed.version = Version{2};
  const auto update = [&](Version expected) {
    return write([&, &record = changed, &rows = index](Workspace& reached) {
      return reached.resources().update(record, rows, expected);
    });
  };
  EXPECT_FALSE(update(Version{5}));
  EXPECT_THAT(find("User", "emails.value eq \"old@example.com\""), ElementsAre("u1")) << "no update, no index change";
  EXPECT_TRUE(update(Version{1}));
  EXPECT_THAT(find("User", "emails.value eq \"old@example.com\""), IsEmpty());
  EXPECT_THAT(find("User", "emails.value eq \"new@EXAMPLE.com\""), ElementsAre("u1"));
  EXPECT_THAT(find("User", "emails[type eq \"home\" and value co \"home@\"]"), ElementsAre("u1"));
  EXPECT_THAT(find("User", "emails[type eq \"work\" and value co \"home@\"]"), IsEmpty());
  EXPECT_THAT(find("User", "title eq \"b\""), ElementsAre("u1"));
  write([&](Workspace& reached) { return reached.resources().remove("User", ResourceId("u1")); });
  EXPECT_THAT(find("User", "emails.value pr"), IsEmpty());
  add("User", "u1", R"({"userName":"maya","active":true})");
  EXPECT_THAT(find("User", "emails.value eq \"new@example.com\""), IsEmpty()) << "the old one's rows are gone";
  EXPECT_THAT(find("User", "not (emails.type eq \"work\")"), ElementsAre("u1"));
}

TEST_P(QueryContract, ElementsOfOneAddress_AreToldApartByTheirRows) {
  add("User", "u1", R"({"userName":"a","active":true,"title":"x","emails":[
    {"value":"a@work.example","type":"work"},{"value":"a@home.example","type":"home"}]})");
  add("User", "u2", R"({"userName":"b","active":false,"emails":[
    {"value":"b@home.example","type":"work"},{"value":"b@work.example"}]})");
  add("User", "u3",
      R"({"userName":"c","active":false,"title":"x","emails":[{"value":"c@work.example","type":"WORK"}]})");
  EXPECT_THAT(find("User", R"(emails[type eq "work" and value co "@work."])"), ElementsAre("u1", "u3"));
  EXPECT_THAT(find("User", R"(emails[value ew "@home.example" and type eq "work"])"), ElementsAre("u2"));
  EXPECT_THAT(find("User", R"(emails[value eq "b@work.example" and type pr])"), IsEmpty());
  EXPECT_THAT(find("User", R"(emails[value eq "B@work.example" and not (type pr)])"), ElementsAre("u2"));
  EXPECT_THAT(find("User", R"(emails[type eq "work" or value sw "b@w"])"), ElementsAre("u1", "u2", "u3"));
  EXPECT_THAT(find("User", R"(not (emails[type eq "work" and value co "@work."]))"), ElementsAre("u2"));
  // Half of it in rows: for the rest the document tells, and only where the rows leave a doubt.
  EXPECT_THAT(find("User", R"(emails[type eq "work" and value co "@work."] and (active eq true or not (title pr)))"),
              ElementsAre("u1"));
  EXPECT_THAT(find("User", R"(not (emails[type eq "work" and value co "@work."] and (active eq true or title pr)))"),
              ElementsAre("u2"));
  EXPECT_THAT(find("User", R"(active eq false and not (title eq "x" and emails.type eq "work"))"), ElementsAre("u2"));
}

TEST_P(QueryContract, Documents_AreReadInPartsThatMakeOneAnswer) {
  constexpr std::size_t kUsers = 1'203;
  write([&](Workspace& reached) -> Result<void> {
    for (std::size_t i = 0; i < kUsers; ++i) {
      auto [record, index] = make(
          "User", numbered("u", i).value(),
          R"({"userName":"n)" + std::to_string(i) + R"(","active":true,"title":"t)" + std::to_string(i % 3) + R"("})");
      ROLECALL_TRY(reached.resources().insert(record, index));
    }
    return {};
  });
  for (const char* by : {"", "title", "userName"}) {
    auto asked = query("User", R"(title co "T2" or title eq "t1")", by);
    asked.start_index = 790;
    const auto page = run(asked);
    EXPECT_EQ(page.total, 802);
    EXPECT_EQ(page.resources.size(), 13U) << by;
  }
  EXPECT_EQ(run(query("User", R"(title eq "t0" and userName co "n12")")).total, 5 + 1);
  for (const std::int64_t start : {1, 600, 605, 1'102, 1'200}) {
    for (const char* by : {"", "userName"}) {
      auto asked = query("User", {}, by);
      asked.count = kUsers;
      const auto all = ids_of(run(asked).resources);
      asked.start_index = start;
      asked.count = 7;
      const auto first = all.begin() + (start - 1);
      const auto size = std::min<std::ptrdiff_t>(7, all.end() - first);
      EXPECT_EQ(ids_of(run(asked).resources), std::vector<std::string>(first, first + size)) << by << " from " << start;
    }
  }
}

TEST_P(QueryContract, Sorted_MissingValuesComeLastAndFirstWhenDescending) {
  add("User", "u1", R"({"userName":"d","active":true,"displayName":"b","title":"B"})");
  add("User", "u2", R"({"userName":"c","active":true})");
  add("User", "u3", R"({"userName":"B","active":true,"displayName":"A","title":"a"})");
  add("User", "u4", R"({"userName":"a","active":true,"displayName":"B","title":"b"})");
  const auto sorted = [&](std::string_view by, bool descending) {
    auto asked = query("User", {}, by);
    asked.descending = descending;
    return ids_of(run(asked).resources);
  };
  EXPECT_THAT(sorted("userName", false), ElementsAre("u4", "u3", "u2", "u1"));
  EXPECT_THAT(sorted("userName", true), ElementsAre("u1", "u2", "u3", "u4"));
  for (const char* by : {"displayName", "title"}) {
    EXPECT_THAT(sorted(by, false), ElementsAre("u3", "u1", "u4", "u2")) << by;
    EXPECT_THAT(sorted(by, true), ElementsAre("u2", "u1", "u4", "u3")) << by << ": equal ones stay in order of id";
  }
}

TEST_P(QueryContract, HostileLiterals_AreValues) {
  const std::vector<std::string> literals{"%", "_",  "'", "' OR '1'='1", "\\",
                                          "?", ":a", "*", "[a]",         "\xF0\x9F\x98\x80"};
  for (std::size_t i = 0; i < literals.size(); ++i) {
    const std::string value = json::write(json::Value(literals[i] + "x"));
    add("User", numbered("u", i).value(),
        R"({"userName":)" + value + R"(,"active":true,"displayName":)" + value + R"(,"title":)" + value + "}");
  }
  for (std::size_t i = 0; i < literals.size(); ++i) {
    for (const char* attribute : {"userName", "displayName", "title"}) {
      for (const char* op : {"sw", "co"}) {
        const std::string filter = std::string(attribute) + " " + op + " " + json::write(json::Value(literals[i]));
        const auto found = find("User", filter);
        if (literals[i] == "'") {
          EXPECT_THAT(found, ElementsAre("u00002", "u00003")) << filter;
        } else {
          EXPECT_THAT(found, ElementsAre(numbered("u", i).value())) << filter;
        }
      }
    }
  }
}

TEST_P(QueryContract, Candidates_AreOfAllConnectionsInOrderOfIdAfterAPlace) {
  for (const char* id : {"u3", "u1", "u2"}) add("User", id, R"({"userName":")" + std::string(id) + R"("})");
  add_to(home, entra, "User", "u4", R"({"userName":"u4"})");
  add("Group", "u5", R"({"displayName":"u5"})");
  add_to(other, okta, "User", "u6", R"({"userName":"u6"})");
  const auto after = [&](const char* id, std::int64_t limit) {
    return ids_of(read(
        [&](Workspace& reached) { return reached.resources().candidates(type("User"), {}, ResourceId(id), limit); }));
  };
  EXPECT_THAT(after("", 10), ElementsAre("u1", "u2", "u3", "u4"));
  EXPECT_THAT(after("", 2), ElementsAre("u1", "u2"));
  EXPECT_THAT(after("u2", 2), ElementsAre("u3", "u4"));
  EXPECT_THAT(after("u4", 2), IsEmpty());
}

TEST_P(QueryContract, Candidates_HoldAllWithAValueAndFewOthersWhereAnIndexTells) {
  add("User", "u1", R"({"userName":"Ana","externalId":"E","title":"Chief","emails":[{"value":"ana@x.example"}]})");
  add_to(home, entra, "User", "u2", R"({"userName":"bo","title":"chief","emails":[{"value":"ANA@x.example"}]})");
  add("User", "u3", R"({"userName":"cy","externalId":"e","title":"Cook"})");
  add("Group", "g1", R"({"displayName":"Desk"})");
  add_to(home, entra, "Group", "g2", R"({"displayName":"Desk"})");
  const auto candidates = [&](std::string_view type_name, std::string_view path, const json::Value& value,
                              const char* after = "", std::int64_t limit = 10) {
    const store::AttributeValue wanted{must(type(type_name).resolve(path)), value};
    return ids_of(read([&](Workspace& reached) {
      return reached.resources().candidates(type(type_name), wanted, ResourceId(after), limit);
    }));
  };
  EXPECT_THAT(candidates("User", "emails.value", "Ana@x.example"), ElementsAre("u1", "u2"));
  EXPECT_THAT(candidates("User", "emails.value", "Ana@x.example", "u1"), ElementsAre("u2"));
  EXPECT_THAT(candidates("User", "emails.value", "Ana@x.example", "", 1), ElementsAre("u1"));
  EXPECT_THAT(candidates("User", "emails.value", "nobody"), IsEmpty());
  EXPECT_THAT(candidates("User", "userName", "BO"), ElementsAre("u2"));
  EXPECT_THAT(candidates("User", "userName", "BO", "u2"), IsEmpty());
  EXPECT_THAT(candidates("User", "id", "u3"), ElementsAre("u3"));
  EXPECT_THAT(candidates("User", "id", "u3", "u3"), IsEmpty());
  EXPECT_THAT(candidates("User", "id", "g1"), IsEmpty());
  EXPECT_THAT(candidates("User", "externalId", "E"), ElementsAre("u1"));
  EXPECT_THAT(candidates("User", "externalId", ""), IsEmpty());
  EXPECT_THAT(candidates("User", "userName", true), IsEmpty()) << "no name is true";
  EXPECT_THAT(candidates("User", "title", "chief"), testing::IsSupersetOf({"u1", "u2"})) << "no index tells";
  EXPECT_THAT(candidates("Group", "displayName", "desk"), testing::IsSupersetOf({"g1", "g2"}));
}

TEST_P(QueryContract, ExternalId_FindsInAllConnectionsAndNoMoreThanAskedFor) {
  add("User", "u1", R"({"userName":"a","externalId":"E1"})");
  add_to(home, entra, "User", "u2", R"({"userName":"b","externalId":"E1"})");
  add("User", "u3", R"({"userName":"c","externalId":"e1"})");
  add("User", "u4", R"({"userName":"d"})");
  add("Group", "g1", R"({"displayName":"E1","externalId":"E1"})");
  const auto find_external = [&](const char* external_id, std::int64_t limit) {
    return ids_of(read([&](Workspace& reached) {
      return reached.resources().find_anywhere_by_external_id("User", external_id, limit);
    }));
  };
  EXPECT_THAT(find_external("E1", 10), ElementsAre("u1", "u2"));
  EXPECT_THAT(find_external("E1", 1), ElementsAre("u1"));
  EXPECT_THAT(find_external("", 10), IsEmpty());
  EXPECT_THAT(ids_of(read_in(other,
                             [](Workspace& reached) {
                               return reached.resources().find_anywhere_by_external_id("User", "E1", 10);
                             })),
              IsEmpty());
}

}  // namespace
}  // namespace rolecall::contract
