#include "store_contract.hpp"

namespace rolecall::contract {
namespace {

using store::LinkOrigin;
using store::LinkState;
using testing::ElementsAre;
using testing::IsEmpty;

class LinkContract : public StoreContract {
 protected:
  store::LinkRecord link(const std::string& id, const std::string& group_id, const std::string& role_id,
                         LinkState state = LinkState::active) const {
    return {LinkId(id), ResourceId(group_id), RoleId(role_id), okta, "staff", state, LinkOrigin::admin, "admin", at(5)};
  }
  Result<void> try_insert(const store::LinkRecord& record, const WorkspaceId& workspace = WorkspaceId("home")) {
    return try_write_in(workspace, [&](Workspace& reached) { return reached.links().insert(record); });
  }
  std::optional<store::LinkRecord> find(const std::string& id) {
    return read([&](Workspace& reached) { return reached.links().find(LinkId(id)); });
  }
  Result<bool> set_state(const std::string& id, LinkState state) {
    return try_write([&](Workspace& reached) { return reached.links().set_state(LinkId(id), state); });
  }
};
ROLECALL_ON_EVERY_ENGINE(LinkContract);

TEST_P(LinkContract, Inserted_IsReadBackFieldByField) {
  int number = 0;
  for (const auto state : {LinkState::active, LinkState::paused, LinkState::orphaned}) {
    for (const auto origin : {LinkOrigin::listing, LinkOrigin::pushed, LinkOrigin::admin}) {
      ++number;
      auto record = link("l" + std::to_string(number), "g" + std::to_string(number), "agent", state);
      record.connection = entra;
      record.origin = origin;
      record.made_by = "token:t1";
      must(try_insert(record));
      const auto found = find(record.id.value());
      ASSERT_TRUE(found);
      EXPECT_EQ(found->id, record.id);
      EXPECT_EQ(found->group, record.group);
      EXPECT_EQ(found->role, record.role);
      EXPECT_EQ(found->connection, entra);
      EXPECT_EQ(found->group_name, "staff");
      EXPECT_EQ(found->state, state);
      EXPECT_EQ(found->origin, origin);
      EXPECT_EQ(found->made_by, "token:t1");
      EXPECT_EQ(found->made, at(5));
    }
  }
}

TEST_P(LinkContract, Approved_SaysByWhomAndWhen) {
  must(try_insert(link("l1", "g1", "agent")));
  EXPECT_EQ(find("l1")->approved_by, "");
  EXPECT_FALSE(find("l1")->approved);
  const auto approve = [&](const std::string& id) {
    return try_write([&](Workspace& reached) { return reached.links().approve(LinkId(id), "lee", at(9)); });
  };
  EXPECT_TRUE(*approve("l1"));
  EXPECT_EQ(find("l1")->approved_by, "lee");
  EXPECT_EQ(find("l1")->approved, at(9));
  EXPECT_EQ(find("l1")->made_by, "admin");
  EXPECT_FALSE(*approve("none"));
  must(set_state("l1", LinkState::paused));
  EXPECT_EQ(find("l1")->approved_by, "lee");
}

TEST_P(LinkContract, GroupName_IsTheNameOfNowAndAfterwardsTheLast) {
  insert(group("g1", "staff"));
  must(try_insert(link("l1", "g1", "agent")));
  auto renamed = stored("Group", "g1");
  renamed.display = "crew";
  renamed.unique_key = folder->fold("crew");
  renamed.version = Version{renamed.version.number + 1};
  write([&](Workspace& workspace) -> Result<void> {
    ROLECALL_TRY_ASSIGN(const bool done,
                        workspace.resources().update(renamed, {}, Version{renamed.version.number - 1}));
    return done ? Result<void>() : internal_error("not there");
  });
  EXPECT_EQ(find("l1")->group_name, "crew");
  EXPECT_EQ(read([](Workspace& workspace) { return workspace.links().list(); }).front().group_name, "crew");
  write([&](Workspace& workspace) -> Result<void> {
    ROLECALL_TRY(workspace.links().set_state(LinkId("l1"), LinkState::orphaned));
    ROLECALL_TRY(workspace.resources().remove("Group", ResourceId("g1")));
    return {};
  });
  EXPECT_EQ(find("l1")->group_name, "crew");
}

TEST_P(LinkContract, GroupAndRole_AreLinkedOnceOrphansAside) {
  must(try_insert(link("l1", "g1", "agent")));
  const auto refused = try_insert(link("l2", "g1", "agent", LinkState::paused));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::uniqueness);
  EXPECT_FALSE(find("l2"));
  must(try_insert(link("l3", "g1", "boss")));
  must(try_insert(link("l4", "g2", "agent")));
  must(try_insert(link("l1", "g1", "agent"), other));

  EXPECT_TRUE(must(set_state("l1", LinkState::orphaned)));
  must(try_insert(link("l5", "g1", "agent")));
  EXPECT_TRUE(must(set_state("l5", LinkState::orphaned)));
  must(try_insert(link("l6", "g1", "agent", LinkState::orphaned)));
  must(try_insert(link("l7", "g1", "agent")));
  const auto revived = set_state("l5", LinkState::active);
  ASSERT_FALSE(revived);
  EXPECT_EQ(revived.error().code, ErrorCode::uniqueness);
  EXPECT_EQ(find("l5")->state, LinkState::orphaned);
}

TEST_P(LinkContract, SetStateAndRemove_SayWhetherThereWasOne) {
  must(try_insert(link("l1", "g1", "agent")));
  EXPECT_TRUE(must(set_state("l1", LinkState::paused)));
  EXPECT_EQ(find("l1")->state, LinkState::paused);
  EXPECT_FALSE(must(set_state("l9", LinkState::paused)));
  EXPECT_FALSE(
      write_in(other, [&](Workspace& reached) { return reached.links().set_state(LinkId("l1"), LinkState::active); }));
  EXPECT_FALSE(write_in(other, [&](Workspace& reached) { return reached.links().remove(LinkId("l1")); }));
  const auto remove = [&] { return write([&](Workspace& reached) { return reached.links().remove(LinkId("l1")); }); };
  EXPECT_TRUE(remove());
  EXPECT_FALSE(remove());
  EXPECT_FALSE(find("l1"));
  must(try_insert(link("l2", "g1", "agent")));
}

TEST_P(LinkContract, Lists_AreInIdOrderAndOfThisWorkspace) {
  must(try_insert(link("l3", "g1", "agent")));
  must(try_insert(link("l1", "g1", "boss", LinkState::orphaned)));
  must(try_insert(link("l2", "g2", "agent", LinkState::paused)));
  must(try_insert(link("l4", "g1", "agent"), other));
  EXPECT_THAT(ids_of(read([&](Workspace& reached) { return reached.links().list(); })), ElementsAre("l1", "l2", "l3"));
  EXPECT_THAT(ids_of(read([&](Workspace& reached) { return reached.links().of_group(ResourceId("g1")); })),
              ElementsAre("l1", "l3"));
  EXPECT_THAT(ids_of(read([&](Workspace& reached) { return reached.links().of_role(RoleId("agent")); })),
              ElementsAre("l2", "l3"));
  EXPECT_THAT(read([&](Workspace& reached) { return reached.links().of_group(ResourceId("g9")); }), IsEmpty());
  EXPECT_FALSE(read_in(other, [&](Workspace& reached) { return reached.links().find(LinkId("l3")); }));
}

}  // namespace
}  // namespace rolecall::contract
