#include "claim_first.hpp"
#include "directory_log.hpp"
#include "directory_state.hpp"
#include "rolecall/administration/directories.hpp"
#include "rolecall/audit/trail.hpp"

namespace rolecall::administration {
namespace {

/// Directories looked at for one claim. Others who test may have taken the first ones.
constexpr std::int64_t kLookedAt = 8;

Result<std::optional<store::DirectoryRecord>> claim(store::UnitOfWork& unit, const store::DueDirectory& due,
                                                    const std::string& lease, Instant now,
                                                    std::chrono::milliseconds lasts) {
  auto& directories = unit.workspace(due.workspace).directories();
  ROLECALL_TRY_ASSIGN(const bool is_mine, directories.lease(due.directory, lease, now, now + lasts));
  if (!is_mine) return std::optional<store::DirectoryRecord>();
  return directories.find(due.directory);
}

}  // namespace

Result<std::optional<DirectoryTest>> claim_directory_test(const Environment& environment,
                                                          std::chrono::milliseconds lease) {
  return claim_first<DirectoryTest>(
      environment, [&](store::UnitOfWork& unit) { return unit.due_directories(environment.clock.now(), kLookedAt); },
      [&](store::UnitOfWork& unit, const store::DueDirectory& due,
          const std::string& name) -> Result<std::optional<DirectoryTest>> {
        ROLECALL_TRY_ASSIGN(auto directory, claim(unit, due, name, environment.clock.now(), lease));
        if (!directory) return std::optional<DirectoryTest>();
        return std::optional(DirectoryTest{due.workspace, std::move(*directory), name, std::nullopt});
      });
}

Result<std::optional<store::DirectoryState>> settle_directory_test(const Environment& environment,
                                                                   const DirectoryTest& test,
                                                                   const connector::Tested& found) {
  using Stored = std::optional<store::DirectoryState>;
  return store::write(environment.store, [&](store::UnitOfWork& unit) -> Result<Stored> {
    const Instant now = environment.clock.now();
    store::Workspace& workspace = unit.workspace(test.workspace);
    ROLECALL_TRY_ASSIGN(const bool was_mine, workspace.directories().release(test.directory.id, test.lease));
    if (!was_mine) return Stored();
    ROLECALL_TRY_ASSIGN(auto directory, workspace.directories().find(test.directory.id));
    // Every sealing gives another text, so this tells any two credentials apart.
    const bool is_as_tested = directory && directory->credential == test.directory.credential &&
                              directory->scopes == test.directory.scopes && !directory->is_paused;
    if (!is_as_tested) return Stored();
    const store::DirectoryState before = directory->state;
    // Somebody has asked for another test meanwhile.
    const bool is_due_again = directory->test_due > test.directory.test_due;
    judge(found, now, *directory);
    if (is_due_again) directory->test_due = now;
    ROLECALL_TRY(workspace.directories().update(*directory));
    ROLECALL_TRY(follow_grant_of_log(workspace, *directory, now));
    if (directory->state == before) return Stored(directory->state);
    audit::Trail trail(workspace, environment.digest, now, "system", RequestId());
    json::Object details{{"from", name_of(before)}, {"to", name_of(directory->state)}};
    if (found.trouble) details.append("because", connector::name_of(found.trouble->kind));
    ROLECALL_TRY(trail.record("directory.state_changed", "Directory/" + directory->id.value(), std::move(details)));
    return Stored(directory->state);
  });
}

Result<void> abandon_directory_test(const Environment& environment, const DirectoryTest& test) {
  return environment.store.write([&](store::UnitOfWork& unit) -> Result<void> {
    ROLECALL_TRY(unit.workspace(test.workspace).directories().release(test.directory.id, test.lease));
    return {};
  });
}

}  // namespace rolecall::administration
