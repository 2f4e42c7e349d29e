#include <limits>

#include "rolecall/filter/parse.hpp"
#include "rolecall/json/parse.hpp"
#include "rolecall/json/write.hpp"
#include "rolecall/resource/key.hpp"
#include "store_contract.hpp"
#include "unit/scim/case_files.hpp"

namespace rolecall::contract {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::IsEmpty;
using Kind = store::ResourceQuery::Kind;

/// Lists page by page from positions, forward and back.
class WalkContract : public StoreContract {
 protected:
  const schema::ResourceType& type(std::string_view name) { return *registry->find_type(name); }

  void add(const std::string& type_name, const std::string& id, const std::string& body) {
    const auto document = must(json::parse(body));
    const json::Object& object = *document.as_object();
    auto record = resource(type_name, ResourceId(id),
                           *object.find(type_name == "User" ? "userName" : "displayName")->as_string());
    if (const auto* external_id = object.find("externalId")) record.external_id = *external_id->as_string();
    record.created = at(1000 * static_cast<std::int64_t>(++added_ % 4));
    record.document = json::write(document);
    insert_in(home, record, resource::index_of(type(type_name), object, *folder));
  }
  /// Names, titles and mails of which some are equal and some are missing.
  void populate(std::size_t users) {
    for (std::size_t i = 0; i < users; ++i) {
      std::string body = R"({"userName":"n)" + std::to_string(i * 7 % users) + R"(","active":true)";
      const std::string some = std::to_string(i % 3);
      if (i % 4 != 0) body += R"(,"displayName":"d)" + some + R"(","externalId":"x)" + some + '"';
      if (i % 5 != 0) body += R"(,"title":"t)" + some + '"';
      if (i % 2 != 0) {
        body += R"(,"emails":[{"value":"z@acme.example"},{"value":"m)" + some + R"(@acme.example","primary":true}])";
      }
      add("User", numbered("u", i).value(), body + "}");
    }
  }

  store::ResourceQuery query(std::string_view type_name, std::string_view filter = {}, std::string_view sort_by = {}) {
    store::ResourceQuery made;
    made.type = &type(type_name);
    const filter::Types others{&type("User"), &type("Group")};
    if (!filter.empty()) made.filter = must(filter::parse(filter, *made.type, {}, others));
    if (!sort_by.empty()) made.sort_by = must(type("User").resolve(sort_by));
    made.kind = Kind::walk;
    return made;
  }
  store::ResourcePage run(const store::ResourceQuery& query) {
    return read([&](Workspace& reached) { return reached.resources().query(okta, query); });
  }

  /// The whole list by index, which the older tests are about.
  std::vector<std::string> listed(store::ResourceQuery query) {
    query.kind = Kind::records;
    query.count = 1000;
    return ids_of(run(query).resources);
  }
  static store::Place behind(const store::ResourcePage& page) { return {page.positions.back(), false, false}; }
  static store::Place in_front_of(const store::ResourcePage& page) { return {page.positions.front(), true, false}; }

  /// All pages; after each one the one before is read again from its positions.
  std::vector<std::string> walked(store::ResourceQuery query, std::int64_t size, std::int64_t total) {
    std::vector<std::string> seen;
    query.count = size;
    query.from.reset();
    store::ResourcePage before;
    for (std::size_t steps = 0; steps < 100; ++steps) {
      const auto page = run(query);
      EXPECT_EQ(page.total, total);
      EXPECT_EQ(page.positions.size(), page.resources.size());
      EXPECT_EQ(page.has_before, !seen.empty());
      if (steps > 0) {
        auto back = query;
        back.from = in_front_of(page);
        const auto again = run(back);
        EXPECT_EQ(ids_of(again.resources), ids_of(before.resources));
        EXPECT_EQ(again.positions, before.positions);
        EXPECT_TRUE(again.has_after);
        EXPECT_EQ(again.has_before, steps > 1);
        EXPECT_EQ(again.total, total);
      }
      for (const auto& id : ids_of(page.resources)) seen.push_back(id);
      if (!page.has_after) return seen;
      query.from = behind(page);
      before = page;
    }
    ADD_FAILURE() << "a walk that does not end";
    return seen;
  }

  std::shared_ptr<const schema::Registry> registry = test::shipped_registry();

 private:
  std::int64_t added_ = 0;
};
ROLECALL_ON_EVERY_ENGINE(WalkContract);

TEST_P(WalkContract, Walk_SeesWhatTheListHasInItsOrder) {
  populate(23);
  // No filter, one that rows answer and one that is evaluated; orders of every kind.
  for (const char* filter : {"", "displayName pr or userName pr", "title sw \"t\" or userName pr"}) {
    for (const char* sort_by : {"", "id", "userName", "externalId", "displayName", "title", "emails.value",
                                "meta.created", "meta.lastModified", "active", "nickName"}) {
      for (const bool descending : {false, true}) {
        auto asked = query("User", filter, sort_by);
        asked.descending = descending && asked.sort_by;
        const auto whole = listed(asked);
        ASSERT_EQ(whole.size(), 23U);
        for (const std::int64_t size : {1, 4, 23, 24}) {
          EXPECT_EQ(walked(asked, size, 23), whole)
              << filter << " by " << sort_by << (descending ? " descending" : "") << " in pages of " << size;
        }
      }
    }
  }
}

TEST_P(WalkContract, Place_StaysWhenResourcesComeAndGo) {
  for (const char* id : {"u10", "u20", "u30", "u40", "u50"}) {
    add("User", id, R"({"userName":"n)" + std::string(id) + R"(","active":true,"title":"t"})");
  }
  for (const char* sort_by : {"", "userName", "title"}) {
    auto asked = query("User", {}, sort_by);
    asked.count = 2;
    const auto first = run(asked);
    EXPECT_THAT(ids_of(first.resources), ElementsAre("u10", "u20"));
    EXPECT_TRUE(first.has_after);
    write([&](Workspace& reached) { return reached.resources().remove("User", ResourceId("u20")); });
    add("User", "u05", R"({"userName":"nu05","active":true,"title":"t"})");
    add("User", "u25", R"({"userName":"nu25","active":true,"title":"t"})");
    asked.from = behind(first);
    const auto second = run(asked);
    EXPECT_THAT(ids_of(second.resources), ElementsAre("u25", "u30"));
    EXPECT_EQ(second.total, 6);
    asked.from = in_front_of(second);
    const auto back = run(asked);
    EXPECT_THAT(ids_of(back.resources), ElementsAre("u05", "u10"));
    EXPECT_FALSE(back.has_before);
    for (const char* id : {"u05", "u25"}) {
      write([&](Workspace& reached) { return reached.resources().remove("User", ResourceId(id)); });
    }
    add("User", "u20", R"({"userName":"nu20","active":true,"title":"t"})");
  }
}

TEST_P(WalkContract, EmptyPage_StillLeadsToItsNeighbours) {
  for (const char* id : {"u1", "u2", "u3"}) {
    add("User", id, R"({"userName":")" + std::string(id) + R"(","active":true,"title":"t"})");
  }
  for (const char* sort_by : {"", "userName", "title"}) {
    auto asked = query("User", {}, sort_by);
    const auto all = run(asked);
    EXPECT_FALSE(all.has_before || all.has_after);
    asked.from = behind(all);
    const auto none = run(asked);
    EXPECT_THAT(none.resources, IsEmpty());
    EXPECT_EQ(none.total, 3);
    EXPECT_TRUE(none.has_before);
    EXPECT_FALSE(none.has_after);
    asked.from = store::opposite_of(*asked.from);
    asked.count = 2;
    EXPECT_THAT(ids_of(run(asked).resources), ElementsAre("u2", "u3")) << "the position itself is on that side";
    asked.from = in_front_of(all);
    asked.count = 100;
    const auto before_all = run(asked);
    EXPECT_THAT(before_all.resources, IsEmpty());
    EXPECT_FALSE(before_all.has_before);
    EXPECT_TRUE(before_all.has_after);
    asked.from = store::opposite_of(*asked.from);
    EXPECT_EQ(run(asked).resources.size(), 3U);
    asked.count = 0;
    const auto total = run(asked);
    EXPECT_EQ(total.total, 3);
    EXPECT_THAT(total.resources, IsEmpty());
    asked.count = std::numeric_limits<std::int64_t>::max();
    EXPECT_EQ(run(asked).resources.size(), 3U);
  }
}

TEST_P(WalkContract, PositionsAlone_AreThoseOfTheWalk) {
  populate(9);
  for (const char* sort_by : {"", "userName", "displayName", "title", "meta.created"}) {
    auto asked = query("User", {}, sort_by);
    asked.count = 4;
    asked.from = behind(run(asked));
    const auto walk = run(asked);
    asked.kind = Kind::positions;
    const auto alone = run(asked);
    EXPECT_EQ(alone.positions, walk.positions) << sort_by;
    EXPECT_THAT(alone.resources, IsEmpty());
    EXPECT_EQ(alone.total, 9);
    EXPECT_EQ(alone.has_before, walk.has_before);
    EXPECT_EQ(alone.has_after, walk.has_after);
  }
}

TEST_P(WalkContract, Positions_OfEveryOrderAgreeWithTheRule) {
  populate(15);
  for (const char* sort_by :
       {"", "id", "userName", "externalId", "displayName", "title", "emails.value", "meta.created"}) {
    for (const bool descending : {false, true}) {
      auto asked = query("User", {}, sort_by);
      asked.descending = descending && asked.sort_by;
      const auto page = run(asked);
      for (std::size_t i = 1; i < page.positions.size(); ++i) {
        const auto& a = page.positions[i - 1];
        const auto& b = page.positions[i];
        EXPECT_TRUE(store::comes_before(a, b, asked.descending)) << sort_by << " at " << i;
        EXPECT_FALSE(store::comes_before(b, a, asked.descending)) << sort_by << " at " << i;
      }
      // A place among those with a value, and one among those without.
      for (const auto& at : {page.positions.front(), page.positions[7], page.positions.back()}) {
        for (const bool backwards : {false, true}) {
          for (const bool including : {false, true}) {
            asked.from = store::Place{at, backwards, including};
            std::vector<std::string> expected;
            for (const auto& position : page.positions) {
              if (store::is_beyond(*asked.from, position, asked.descending)) expected.push_back(position.id.value());
            }
            EXPECT_THAT(ids_of(run(asked).resources), ElementsAreArray(expected)) << sort_by << backwards << including;
          }
        }
      }
      asked.from.reset();
    }
  }
}

TEST_P(WalkContract, AttributesOfAnotherType_HaveNoValue) {
  for (const char* id : {"g1", "g2", "g3"}) add("Group", id, R"({"displayName":")" + std::string(id) + R"("})");
  const auto found = [&](std::string_view filter) { return ids_of(run(query("Group", filter)).resources); };
  for (const char* filter : {"userName eq \"g1\"", "userName ne \"g1\"", "userName pr", "emails[type eq \"work\"]",
                             "emails[not (type eq \"work\")]", "active eq true", "groups.value eq \"g1\"",
                             "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department pr"}) {
    EXPECT_THAT(found(filter), IsEmpty()) << filter;
    EXPECT_EQ(found("not (" + std::string(filter) + ")").size(), 3U) << filter;
    EXPECT_THAT(found(std::string(filter) + " or displayName eq \"g2\""), ElementsAre("g2")) << filter;
  }
  for (const char* filter : {"meta.resourceType eq \"Group\"", "meta.resourceType ne \"User\"",
                             "meta.resourceType sw \"Gr\" and displayName pr", "meta.resourceType pr"}) {
    EXPECT_EQ(found(filter).size(), 3U) << filter;
  }
  EXPECT_THAT(found("meta.resourceType eq \"User\""), IsEmpty());
  for (const char* filter : {"", "displayName pr and not (members.type eq \"x\")"}) {
    for (const bool descending : {false, true}) {
      auto asked = query("Group", filter, "userName");
      asked.descending = descending;
      EXPECT_THAT(walked(asked, 2, 3), ElementsAre("g1", "g2", "g3")) << "nobody has a value: by id";
      // A place among resources of the other type.
      asked.from = store::Place{{true, "m", ResourceId("x")}, false, false};
      EXPECT_EQ(run(asked).resources.size(), descending ? 0U : 3U);
      asked.from->backwards = true;
      EXPECT_EQ(run(asked).resources.size(), descending ? 3U : 0U);
    }
  }
}

TEST_P(WalkContract, LongValues_CountByTheirBeginning) {
  const std::string same(store::kSortKeyBytes, 'a');
  const auto photo = [&](const std::string& end) {
    return R"({"userName":"n)" + end + R"(","active":true,"profileUrl":"https://x.example/)" + same + end + R"("})";
  };
  add("User", "u1", photo("c"));
  add("User", "u2", photo("a"));
  add("User", "u3", photo("b"));
  const auto asked = query("User", {}, "profileUrl");
  EXPECT_THAT(walked(asked, 1, 3), ElementsAre("u1", "u2", "u3"));
  EXPECT_EQ(run(asked).positions.front().key.size(), store::kSortKeyBytes);
}

TEST_P(WalkContract, KeysThatAreNoneOfOurs_MoveNothing) {
  populate(5);
  for (const char* sort_by : {"", "userName", "displayName", "title", "meta.created"}) {
    for (const char* key : {"", "'", "zz", "ffffffffffffffff", "\xF0\x9F\x98\x80"}) {
      for (const bool has_key : {true, false}) {
        auto asked = query("User", {}, sort_by);
        asked.from = store::Place{{has_key, key, ResourceId("u")}, false, false};
        const auto page = run(asked);
        EXPECT_EQ(page.total, 5);
        EXPECT_LE(page.resources.size(), 5U);
      }
    }
  }
}

}  // namespace
}  // namespace rolecall::contract
