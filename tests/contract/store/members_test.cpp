#include "rolecall/store/memberships.hpp"
#include "store_contract.hpp"

namespace rolecall::contract {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class MemberContract : public StoreContract {
 protected:
  bool add(const std::string& to, const ResourceId& member, std::string_view type = "User", Instant when = at(3)) {
    return write([&](Workspace& reached) { return reached.members().add(ResourceId(to), member, type, when); });
  }
  bool remove(const std::string& from, const ResourceId& member) {
    return write([&](Workspace& reached) { return reached.members().remove(ResourceId(from), member); });
  }
  bool contains(const WorkspaceId& workspace, const std::string& in, const ResourceId& member) {
    return read_in(workspace, [&](Workspace& reached) { return reached.members().contains(ResourceId(in), member); });
  }
  std::int64_t size(const std::string& of) {
    return read([&](Workspace& reached) { return reached.members().count(ResourceId(of)); });
  }
  std::vector<store::MemberRecord> page(const std::string& of, const ResourceId& after, std::int64_t limit) {
    return read([&](Workspace& reached) { return reached.members().page(ResourceId(of), after, limit); });
  }
  std::vector<store::MembershipRecord> groups_of(const ResourceId& member) {
    return read([&](Workspace& reached) { return reached.members().groups_of(member); });
  }
};
ROLECALL_ON_EVERY_ENGINE(MemberContract);

TEST_P(MemberContract, AddAndRemove_SayWhetherTheyDidSomething) {
  EXPECT_TRUE(add("g1", ResourceId("u1")));
  EXPECT_FALSE(add("g1", ResourceId("u1")));
  EXPECT_FALSE(add("g1", ResourceId("u1"), "Group", at(9))) << "the first row stays as it is";
  EXPECT_EQ(size("g1"), 1);
  EXPECT_EQ(page("g1", {}, 10).front().type, "User");
  EXPECT_EQ(page("g1", {}, 10).front().added, at(3));
  EXPECT_FALSE(remove("g1", ResourceId("u2")));
  EXPECT_FALSE(remove("g2", ResourceId("u1")));
  EXPECT_TRUE(remove("g1", ResourceId("u1")));
  EXPECT_FALSE(remove("g1", ResourceId("u1")));
  EXPECT_EQ(size("g1"), 0);
  EXPECT_TRUE(add("g1", ResourceId("u1"), "User", at(4)));
  EXPECT_EQ(page("g1", {}, 10).front().added, at(4));
}

TEST_P(MemberContract, OtherWorkspaces_AreNotSeen) {
  add("g1", ResourceId("u1"));
  EXPECT_TRUE(contains(home, "g1", ResourceId("u1")));
  EXPECT_FALSE(contains(other, "g1", ResourceId("u1")));
  EXPECT_FALSE(contains(home, "u1", ResourceId("g1")));
  read_in(other, [&](Workspace& reached) -> Result<int> {
    EXPECT_EQ(reached.members().count(ResourceId("g1")).value(), 0);
    EXPECT_THAT(reached.members().page(ResourceId("g1"), {}, 10).value(), IsEmpty());
    EXPECT_THAT(reached.members().groups_of(ResourceId("u1")).value(), IsEmpty());
    EXPECT_THAT(reached.members().groups_of_all({ResourceId("u1")}).value(), IsEmpty());
    return 0;
  });
  EXPECT_FALSE(write_in(
      other, [&](Workspace& reached) { return reached.members().remove(ResourceId("g1"), ResourceId("u1")); }));
  EXPECT_TRUE(contains(home, "g1", ResourceId("u1")));
}

TEST_P(MemberContract, Pages_AreInIdOrderAndBeginAfterTheLast) {
  write([&](Workspace& reached) -> Result<void> {
    for (std::size_t i = 25; i-- > 0;) {
      ROLECALL_TRY(reached.members().add(ResourceId("g1"), numbered("u", i), "User", at(3)));
    }
    return {};
  });
  add("g0", ResourceId("u99"));
  add("g2", ResourceId("u99"));
  std::vector<std::string> seen;
  std::vector<std::size_t> sizes;
  ResourceId after;
  while (true) {
    const auto found = page("g1", after, 10);
    sizes.push_back(found.size());
    for (const auto& id : ids_of(found)) seen.push_back(id);
    if (found.empty()) break;
    ASSERT_LE(seen.size(), 25U);
    after = found.back().member;
  }
  EXPECT_THAT(sizes, ElementsAre(10, 10, 5, 0));
  std::vector<std::string> expected;
  for (std::size_t i = 0; i < 25; ++i) expected.push_back(numbered("u", i).value());
  EXPECT_EQ(seen, expected);
  EXPECT_THAT(ids_of(page("g1", ResourceId("u00003x"), 2)), ElementsAre("u00004", "u00005"));
}

TEST_P(MemberContract, Page_ShowsTheNameOfNow) {
  insert(user("u1", "Maya"));
  insert(group("g2", "Crew"));
  insert_in(other, user("u2", "Elsewhere"));
  add("g1", ResourceId("u1"));
  add("g1", ResourceId("u2"));
  add("g1", ResourceId("g2"), "Group");
  auto found = page("g1", {}, 10);
  ASSERT_THAT(ids_of(found), ElementsAre("g2", "u1", "u2"));
  EXPECT_EQ(found[0].display, "Crew");
  EXPECT_EQ(found[0].type, "Group");
  EXPECT_EQ(found[1].display, "Maya");
  EXPECT_EQ(found[2].display, "") << "the name of another workspace's user";
  auto renamed = user("u1", "Maya Li");
  renamed.version = Version{2};
  write([&](Workspace& reached) { return reached.resources().update(renamed, {}, Version{1}); });
  EXPECT_EQ(page("g1", {}, 10)[1].display, "Maya Li");
}

TEST_P(MemberContract, GroupsOf_AreInIdOrderWithTheirNames) {
  insert(group("g1", "Staff"));
  insert(group("g2", "Crew"));
  add("g2", ResourceId("u1"), "User", at(5));
  add("g1", ResourceId("u1"), "User", at(6));
  add("g1", ResourceId("u2"));
  add("g2", ResourceId("g1"), "Group");
  const auto found = groups_of(ResourceId("u1"));
  ASSERT_THAT(ids_of(found), ElementsAre("g1", "g2"));
  EXPECT_EQ(found[0].display, "Staff");
  EXPECT_EQ(found[0].added, at(6));
  EXPECT_EQ(found[1].display, "Crew");
  EXPECT_EQ(found[1].added, at(5));
  EXPECT_THAT(ids_of(groups_of(ResourceId("g1"))), ElementsAre("g2"));
  EXPECT_THAT(groups_of(ResourceId("nobody")), IsEmpty());
}

TEST_P(MemberContract, GroupsAbove_AreAllThatHoldTheGroupEachOnce) {
  for (const char* id : {"g1", "g2", "g3", "g4"}) insert(group(id, std::string("name of ") + id));
  add("g2", ResourceId("g1"), "Group");
  add("g3", ResourceId("g2"), "Group");
  add("g4", ResourceId("g2"), "Group");
  add("g4", ResourceId("g3"), "Group");
  add("g1", ResourceId("u1"));
  const auto above = [&](const char* id) {
    return read([&](Workspace& reached) { return reached.members().groups_above(ResourceId(id)); });
  };
  const auto found = above("g1");
  ASSERT_THAT(ids_of(found), ElementsAre("g2", "g3", "g4"));
  for (const auto& membership : found) {
    EXPECT_EQ(membership.display, "name of " + membership.group.value());
    EXPECT_FALSE(membership.is_direct);
  }
  EXPECT_THAT(ids_of(above("g3")), ElementsAre("g4"));
  EXPECT_THAT(above("g4"), IsEmpty());
  EXPECT_THAT(read_in(other, [](Workspace& reached) { return reached.members().groups_above(ResourceId("g1")); }),
              IsEmpty());

  add("g1", ResourceId("g4"), "Group");
  EXPECT_THAT(ids_of(above("g1")), ElementsAre("g1", "g2", "g3", "g4")) << "in a circle";
}

TEST_P(MemberContract, Memberships_SayWhetherTheGroupIsNested) {
  add("g1", ResourceId("u1"));
  add("g2", ResourceId("u1"));
  add("g3", ResourceId("g2"), "Group");
  const auto direct = groups_of(ResourceId("u1"));
  ASSERT_THAT(ids_of(direct), ElementsAre("g1", "g2"));
  EXPECT_FALSE(direct[0].is_nested);
  EXPECT_TRUE(direct[1].is_nested);
  const auto all = read([](Workspace& reached) { return reached.members().groups_of_all({ResourceId("u1")}); });
  ASSERT_EQ(all.size(), 2U);
  for (const auto& [member, membership] : all) {
    EXPECT_TRUE(membership.is_direct);
    EXPECT_EQ(membership.is_nested, membership.group == ResourceId("g2"));
  }
}

TEST_P(MemberContract, IndirectGroups_ComeBehindDirectOnesAndOnce) {
  add("g1", ResourceId("u1"));
  add("g3", ResourceId("u1"));
  add("g2", ResourceId("g1"), "Group");
  add("g3", ResourceId("g2"), "Group");
  add("g1", ResourceId("g3"), "Group");
  add("g4", ResourceId("u2"));
  read([&](Workspace& reached) -> Result<int> {
    store::IndirectGroups indirect(reached.members());
    for (int run = 0; run < 2; ++run) {
      const auto all = indirect.add_to(*reached.members().groups_of(ResourceId("u1")));
      EXPECT_THAT(ids_of(*all), ElementsAre("g1", "g3", "g2"));
      EXPECT_TRUE((*all)[1].is_direct) << "direct wins";
      EXPECT_FALSE((*all)[2].is_direct);
    }
    EXPECT_THAT(ids_of(*indirect.add_to(*reached.members().groups_of(ResourceId("u2")))), ElementsAre("g4"));
    EXPECT_THAT(*indirect.add_to({}), IsEmpty());
    return 0;
  });
}

TEST_P(MemberContract, GroupsOfAll_IsGroupsOfEachForEveryNumberOfMembers) {
  constexpr std::size_t kMembers = 100;
  write([&](Workspace& reached) -> Result<void> {
    for (std::size_t i = 0; i < kMembers; ++i) {
      for (std::size_t j = 0; j < i % 4; ++j) {
        ROLECALL_TRY(reached.members().add(numbered("g", (i + j * 7) % 10), numbered("u", i), "User",
                                           at(static_cast<std::int64_t>(i * 10 + j))));
      }
    }
    for (std::size_t i = 0; i < 5; ++i) {
      ROLECALL_TRY(reached.resources().insert(resource("Group", numbered("g", i), "group " + std::to_string(i)), {}));
    }
    return {};
  });
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, std::size_t{31}, std::size_t{32}, std::size_t{33}, std::size_t{64}, kMembers}) {
    std::vector<ResourceId> members;
    for (std::size_t i = 0; i < size; ++i) members.push_back(numbered("u", i));
    using Flat = std::tuple<std::string, std::string, std::string, Instant>;
    std::vector<Flat> expected;
    std::vector<Flat> actual;
    for (const auto& member : members) {
      for (const auto& group : groups_of(member)) {
        expected.emplace_back(member.value(), group.group.value(), group.display, group.added);
      }
    }
    for (const auto& [member, group] :
         read([&](Workspace& reached) { return reached.members().groups_of_all(members); })) {
      actual.emplace_back(member.value(), group.group.value(), group.display, group.added);
    }
    std::sort(actual.begin(), actual.end());
    std::sort(expected.begin(), expected.end());
    EXPECT_TRUE(actual == expected) << size << " members: " << actual.size() << " rows, not " << expected.size();
  }
}

}  // namespace
}  // namespace rolecall::contract
