#include <algorithm>
#include <cstdlib>
#include <map>
#include <thread>

#include "faults_fixture.hpp"

// The power is cut while several clients change things. What the disk then holds is what was synced, and of the rest
// any part in any order. Everything that was acknowledged must be there, nothing may be half there.

namespace rolecall::faults {
namespace {

constexpr int kClients = 6;
constexpr int kUsersEach = 10;
constexpr int kChangesEach = 6;  ///< to one user, one after the other
constexpr int kBegun = 1'000'000;
constexpr int kAcknowledged = 2'000'000;

/// What is known of a user after the first `changes` of its changes.
struct Stage {
  bool exists = false;
  std::string title;
  bool is_member = false;
  auto operator<=>(const Stage&) const = default;
};
Stage stage_after(int changes) {
  switch (changes) {
    case 0:
      return {};
    case 1:
      return {true, "", false};
    case 2:
      return {true, "first", false};
    case 3:
      return {true, "first", true};
    case 4:
      return {true, "second", true};
    case 5:
      return {true, "second", false};
    default:
      return {};
  }
}

std::string name_of(int user) { return "user" + std::to_string(user) + "@acme.example"; }
RequestId request_of(int user, int change) {
  return RequestId("change " + std::to_string(user) + " " + std::to_string(change));
}

class PowerLoss : public FaultsTest {
 protected:
  void SetUp() override {
    disk_.start_recording();
    FaultsTest::SetUp();
    group_ = create("Group", R"({"displayName":"crew"})").id;
    link("crew", "HR Admin");
    // The role that is listed under this name is a choice of the fixture's; what is tested starts here.
    disk_.note(kReady);
  }
  void TearDown() override {
    static_cast<void>(disk_.stop_recording());
    FaultsTest::TearDown();
  }

  Result<void> patch_as(const provisioning::Caller& caller, std::string_view type_name, const ResourceId& id,
                        const std::string& operation) {
    const auto body = json::parse(R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[)" +
                                  operation + "]}");
    ROLECALL_TRY_ASSIGN(const auto message, patch::parse_message(body.value()));
    ROLECALL_TRY_ASSIGN(const auto resolved,
                        patch::resolve(message, type(type_name), patch::okta_dialect(), id.value()));
    provisioning::Notices notices;
    ROLECALL_TRY(provisioning::patch(*environment_, caller, type(type_name), id, resolved, {}, {}, notices));
    return {};
  }

  Result<void> change(int user, int number, ResourceId& id) {
    const provisioning::Caller caller{workspace_, caller_.connection, TokenId("test"), request_of(user, number)};
    switch (number) {
      case 0: {
        provisioning::Notices notices;
        ROLECALL_TRY_ASSIGN(const auto made,
                            provisioning::create(*environment_, caller, type("User"),
                                                 parse(R"({"userName":")" + name_of(user) + R"("})"), {}, notices));
        id = made.record.id;
        return {};
      }
      case 1:
        return patch_as(caller, "User", id, set_title("first"));
      case 2:
        return patch_as(caller, "Group", group_, add_member(id));
      case 3:
        return patch_as(caller, "User", id, set_title("second"));
      case 4:
        return patch_as(caller, "Group", group_, remove_member(id));
      default: {
        provisioning::Notices notices;
        return provisioning::remove(*environment_, caller, type("User"), id, {}, notices);
      }
    }
  }

  /// The clients at work, and somebody who has the log copied into the database in between.
  void run_clients() {
    std::vector<std::thread> clients;
    for (int client = 0; client < kClients; ++client) {
      clients.emplace_back([this, client] {
        for (int i = 0; i < kUsersEach; ++i) {
          const int user = client * kUsersEach + i;
          ResourceId id;
          // Half of them stay.
          for (int number = 0; number < kChangesEach - user % 2; ++number) {
            disk_.note(kBegun + user * kChangesEach + number);
            const auto done = change(user, number, id);
            ASSERT_TRUE(done) << done.error().detail << done.error().note;
            disk_.note(kAcknowledged + user * kChangesEach + number);
          }
          if (client == 0) copy_the_log(i % 2 == 0 ? "PASSIVE" : "RESTART");
        }
      });
    }
    for (auto& client : clients) client.join();
  }

  void copy_the_log(const std::string& mode) {
    sqlite3* connection = nullptr;
    ASSERT_EQ(sqlite3_open((directory_ / "rolecall.db").c_str(), &connection), SQLITE_OK);
    sqlite3_busy_timeout(connection, 5'000);
    EXPECT_EQ(sqlite3_exec(connection, ("PRAGMA wal_checkpoint(" + mode + ")").c_str(), nullptr, nullptr, nullptr),
              SQLITE_OK);
    sqlite3_close(connection);
  }

  /// What a new start finds where the power was cut.
  void examine(const Platter& platter, bool was_ready, const std::map<int, int>& acknowledged, std::mt19937& random) {
    const auto place = directory_ / "after";
    std::filesystem::remove_all(place);
    std::filesystem::create_directories(place);
    platter.save_after_power_loss(place, random);
    auto opened = testing_support::open_sqlite(place, *folder_, clock_);
    ASSERT_TRUE(opened);
    if (!was_ready) {
      EXPECT_EQ(opened->check().value(), std::vector<std::string>()) << "cut during the first start";
      return;
    }
    expect_sound(*opened);
    const auto looked = opened->read([&](store::UnitOfWork& unit) -> Result<void> {
      for (int user = 0; user < kClients * kUsersEach; ++user) {
        const auto known = acknowledged.find(user);
        ROLECALL_TRY(examine_user(unit.workspace(workspace_), user, known == acknowledged.end() ? 0 : known->second));
      }
      return {};
    });
    EXPECT_TRUE(looked) << (looked ? "" : looked.error().note);
  }

  Result<void> examine_user(store::Workspace& workspace, int user, int acknowledged) {
    // As many changes as the audit tells of, in the order in which they were made.
    int told = 0;
    for (int number = 0; number < kChangesEach; ++number) {
      ROLECALL_TRY_ASSIGN(const auto rows, workspace.audit().of_request(request_of(user, number), 100));
      if (rows.empty()) continue;
      EXPECT_EQ(told, number) << "a change is missing before " << number << " of " << name_of(user);
      ++told;
    }
    EXPECT_GE(told, acknowledged) << "acknowledged changes of " << name_of(user);
    EXPECT_LE(told, acknowledged + 1) << "changes that nobody asked for at " << name_of(user);
    Stage found;
    ROLECALL_TRY_ASSIGN(const auto records, workspace.resources().find_by_key("User", folder_->fold(name_of(user))));
    if (!records.empty()) {
      found.exists = true;
      const json::Object document = parse(records.front().document);
      if (const json::Value* title = document.find("title")) found.title = *title->as_string();
      ROLECALL_TRY_ASSIGN(found.is_member, workspace.members().contains(group_, records.front().id));
    }
    EXPECT_TRUE(found == stage_after(told)) << name_of(user) << " is not as its " << told << " changes left it";
    return {};
  }

  static constexpr int kReady = 1;
  ResourceId group_;
};

/// Points of the run at which the power is cut. More of them with ROLECALL_POWER_CUTS, as a long run does.
std::size_t cuts() {
  const char* wanted = std::getenv("ROLECALL_POWER_CUTS");
  if (wanted == nullptr) return 100;
  std::size_t count = 0;
  for (const char* digit = wanted; *digit >= '0' && *digit <= '9'; ++digit) {
    count = count * 10 + static_cast<std::size_t>(*digit - '0');
  }
  return count;
}

TEST_F(PowerLoss, AtAnyPoint_KeepsWhatWasAcknowledgedAndNothingHalf) {
  run_clients();
  const auto steps = disk_.stop_recording();
  std::mt19937 random(5);
  // Evenly over the steps at files, the last one included.
  const auto at_files = static_cast<std::size_t>(
      std::count_if(steps.begin(), steps.end(), [](const Step& step) { return step.kind != Step::Kind::note; }));
  const std::size_t wanted = cuts();
  ASSERT_GT(at_files, wanted);
  Platter platter;
  std::map<int, int> acknowledged;
  bool is_ready = false;
  std::size_t seen = 0;
  std::size_t made = 0;
  for (const Step& step : steps) {
    if (step.kind == Step::Kind::note) {
      is_ready = is_ready || step.note == kReady;
      if (step.note >= kAcknowledged) ++acknowledged[(step.note - kAcknowledged) / kChangesEach];
      continue;
    }
    platter.apply(step);
    ++seen;
    if (seen * wanted / at_files == made) continue;
    ++made;
    SCOPED_TRACE("cut after step " + std::to_string(seen) + " of " + std::to_string(at_files));
    examine(platter, is_ready, acknowledged, random);
    if (HasFailure()) break;
  }
  EXPECT_EQ(made, wanted);
}

TEST_F(PowerLoss, EveryAnswerWaitsForASyncAndThoseThatWaitTogetherShareIt) {
  run_clients();
  const auto steps = disk_.stop_recording();
  std::map<int, std::size_t> syncs_when_begun;
  std::size_t syncs = 0;
  std::size_t answers = 0;
  bool is_ready = false;
  for (const Step& step : steps) {
    if (step.kind == Step::Kind::note) {
      is_ready = is_ready || step.note == kReady;
      if (step.note >= kAcknowledged) {
        ++answers;
        EXPECT_GT(syncs, syncs_when_begun.at(step.note - kAcknowledged)) << "an answer without a sync";
      } else if (step.note >= kBegun) {
        syncs_when_begun[step.note - kBegun] = syncs;
      }
    }
    if (is_ready && step.kind == Step::Kind::sync && step.file == "rolecall.db-wal") ++syncs;
  }
  EXPECT_EQ(answers, static_cast<std::size_t>(kClients * kUsersEach * kChangesEach - kClients * kUsersEach / 2));
  EXPECT_LT(syncs, answers) << "nobody shared";
}

/// The other way round: a store that answers before its sync is found out by these cuts.
TEST_F(PowerLoss, AStoreThatDoesNotSync_WouldBeFoundOut) {
  run_clients();
  const auto steps = disk_.stop_recording();
  std::mt19937 random(5);
  Platter honest;
  Platter lying;
  bool is_ready = false;
  for (const Step& step : steps) {
    honest.apply(step);
    is_ready = is_ready || (step.kind == Step::Kind::note && step.note == kReady);
    if (!is_ready || step.kind != Step::Kind::sync) lying.apply(step);
  }
  const auto rows_after = [&](const Platter& platter) {
    const auto place = directory_ / "after";
    std::filesystem::remove_all(place);
    std::filesystem::create_directories(place);
    platter.save_after_power_loss(place, random);
    sqlite3* connection = nullptr;
    EXPECT_EQ(sqlite3_open((place / "rolecall.db").c_str(), &connection), SQLITE_OK);
    std::int64_t rows = 0;
    const auto keep = [](void* into, int, char** values, char**) {
      *static_cast<std::int64_t*>(into) = std::atoll(values[0]);
      return 0;
    };
    // A damaged file answers with an error, and has no rows for this.
    sqlite3_exec(connection, "SELECT count(*) FROM audit", keep, &rows, nullptr);
    sqlite3_close(connection);
    return rows;
  };
  const std::int64_t all = audit_rows();
  EXPECT_EQ(rows_after(honest), all);
  EXPECT_LT(rows_after(lying), all);
}

}  // namespace
}  // namespace rolecall::faults
