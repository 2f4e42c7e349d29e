#pragma once

#include <optional>
#include <string>

#include "directory_secret.hpp"
#include "rolecall/store/store.hpp"

namespace rolecall::administration {

/// Takes one job of a kind, with the credential of its directory opened. `look(unit)` says what is due, in any
/// workspace; `claim(unit, due, lease)` takes one of it, each in a unit of work of its own, and gives none when
/// somebody else has.
template <typename Job, typename Look, typename Claim>
Result<std::optional<Job>> claim_first(const Environment& environment, const Look& look, const Claim& claim) {
  ROLECALL_TRY_ASSIGN(const auto due, store::read(environment.store, look));
  for (const auto& one : due) {
    const std::string lease = environment.ids.next();
    ROLECALL_TRY_ASSIGN(auto job,
                        store::write(environment.store, [&](store::UnitOfWork& unit) -> Result<std::optional<Job>> {
                          return claim(unit, one, lease);
                        }));
    if (!job) continue;
    job->credential = credential_of(environment, job->workspace, job->directory);
    return job;
  }
  return std::optional<Job>();
}

}  // namespace rolecall::administration
