#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rolecall/access/effective.hpp"
#include "rolecall/base/clock.hpp"
#include "rolecall/base/ids.hpp"
#include "rolecall/base/result.hpp"

namespace rolecall::store {

/// A time during which a user had a role by one cause, and what proves it.
struct GrantSpell {
  ResourceId user;
  access::Grant grant;
  ConnectionId connection;  ///< of the user
  std::string made_by;      ///< of the link or the direct grant
  Instant made{};           ///< of the link
  Instant since{};          ///< member, granted or created since
  std::string detail;       ///< asserted: where; default: "sent" or "default"
  std::int64_t seq = 0;     ///< of the audit row that tells of its beginning
  Instant gained{};
  std::optional<Instant> lost = {};
};

/// What has a name that explanations use; an approver is kept by the id of the link, which may be gone by now.
enum class NamedKind { user, group, role, connection, approver };

class GrantHistoryRepository {
 public:
  virtual ~GrantHistoryRepository() = default;
  [[nodiscard]] virtual Result<void> begin(const GrantSpell& spell) = 0;
  /// One that ends in the instant of its beginning never was.
  [[nodiscard]] virtual Result<void> end(const GrantSpell& spell, Instant at) = 0;
  /// Those that have not ended.
  [[nodiscard]] virtual Result<std::vector<GrantSpell>> open_of(const ResourceId& user) = 0;
  /// Those that had begun by `at` and had not ended then.
  [[nodiscard]] virtual Result<std::vector<GrantSpell>> spells_at(const ResourceId& user, Instant at) = 0;
  /// Who had this role by this very cause then, each once and in order of id, `limit` at most.
  [[nodiscard]] virtual Result<std::vector<ResourceId>> holders_at(const access::Grant& grant, Instant at,
                                                                   std::int64_t limit) = 0;
  /// The name from `at` on, empty for what is gone. `key` is its canonical form. Replaces one of the same instant.
  [[nodiscard]] virtual Result<void> note_name(NamedKind kind, const std::string& id, const std::string& name,
                                               const std::string& key, Instant at) = 0;
  /// None for what was not there yet, or no longer.
  [[nodiscard]] virtual Result<std::optional<std::string>> name_at(NamedKind kind, const std::string& id,
                                                                   Instant at) = 0;
  /// Whose name this became last by then, and who may have another one since.
  [[nodiscard]] virtual Result<std::optional<std::string>> named_at(NamedKind kind, const std::string& key,
                                                                    Instant at) = 0;

  // What is old. Nothing that holds at an instant from the horizon on is ever forgotten.
  /// None while nothing was forgotten.
  [[nodiscard]] virtual Result<std::optional<Instant>> horizon() = 0;
  /// It never goes back.
  [[nodiscard]] virtual Result<void> raise_horizon(Instant at) = 0;
  /// The end of the latest spell that is not among the `keep` that ended last; none when there are no more.
  [[nodiscard]] virtual Result<std::optional<Instant>> end_beyond(std::int64_t keep) = 0;
  /// Spells that had ended by `until`, the oldest first, `limit` and those that ended with the last of them; how many.
  [[nodiscard]] virtual Result<std::int64_t> forget_ended(Instant until, std::int64_t limit) = 0;
  struct ForgottenNames {
    std::int64_t count = 0;
    std::string last;  ///< id to go on after; empty at the end
  };
  /// Names that others had replaced by `until`, and those of what was gone by then, among the next `limit` names of a
  /// kind after an id.
  [[nodiscard]] virtual Result<ForgottenNames> forget_names(NamedKind kind, const std::string& after, Instant until,
                                                            std::int64_t limit) = 0;
  /// As `open_of`, of all of these users.
  [[nodiscard]] virtual Result<std::vector<GrantSpell>> open_of_all(const std::vector<ResourceId>& users) = 0;
};

}  // namespace rolecall::store
