#pragma once

#include <atomic>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "disk.hpp"
#include "rolecall/granting/recompute.hpp"
#include "usecase/provisioning_fixture.hpp"

namespace rolecall::faults {

/// Use cases over a SQLite store on a disk that fails when told.
class FaultsTest : public test::ProvisioningTest {
 protected:
  void SetUp() override {
    database_.use_sqlite();
    ProvisioningTest::SetUp();
  }
  void TearDown() override {
    disk_.heal();
    ProvisioningTest::TearDown();
  }

  /// As a restart does, with somebody who is told when the store gives up.
  void restart() {
    environment_.reset();
    administration_.reset();
    store_.reset();
    adapter::soci::SqliteOptions options;
    options.path = (directory_ / "rolecall.db").string();
    options.on_fatal = [this](const std::string&) { ++fatal_; };
    store_ = testing_support::opened(
        adapter::soci::open_sqlite_store(options, testing_support::migrations_of("db/sqlite/"), *folder_, clock_));
    environment_.emplace(provisioning::Environment{*store_, *registry_, *folder_, clock_, *ids_, *digest_,
                                                   resource::ValidationOptions{}});
    administration_.emplace(administration::Environment{*store_, catalogue_, *folder_, clock_, *ids_, *random_,
                                                        *digest_, nullptr, nullptr, &confirmed_});
  }

  static std::string set_title(const std::string& title) {
    return R"({"op":"replace","path":"title","value":")" + title + R"("})";
  }

  std::int64_t audit_rows() {
    const auto last =
        store::read(*store_, [&](store::UnitOfWork& unit) { return unit.workspace(workspace_).audit().last(); });
    EXPECT_TRUE(last) << (last ? "" : last.error().note);
    return last && *last ? (*last)->seq : 0;
  }

  /// What `doctor --deep` looks at, and what must follow from the rest does.
  void expect_sound(store::Store& opened) {
    const auto found = opened.check();
    ASSERT_TRUE(found) << found.error().note;
    EXPECT_EQ(*found, std::vector<std::string>());
    const auto looked = opened.read([&](store::UnitOfWork& unit) -> Result<void> {
      store::Workspace& workspace = unit.workspace(workspace_);
      ROLECALL_TRY_ASSIGN(const auto verified, audit::verify(workspace, *digest_));
      EXPECT_TRUE(verified.is_intact()) << "audit row " << verified.first_bad_seq.value_or(0);
      ROLECALL_TRY_ASSIGN(const auto users, workspace.resources().list("User", {}, 10'000));
      for (const auto& user : users) {
        ROLECALL_TRY_ASSIGN(auto stored, workspace.grants().effective_of(user.id));
        ROLECALL_TRY_ASSIGN(auto outcome, granting::outcome_of(workspace, user, *folder_));
        std::sort(stored.begin(), stored.end());
        std::sort(outcome.held.begin(), outcome.held.end());
        EXPECT_TRUE(stored == outcome.held) << "roles of " << user.display;
      }
      return {};
    });
    EXPECT_TRUE(looked) << (looked ? "" : looked.error().note);
  }

  Disk& disk_ = Disk::install();
  std::atomic<int> fatal_ = 0;
};

}  // namespace rolecall::faults
