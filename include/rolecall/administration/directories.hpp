#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rolecall/administration/environment.hpp"
#include "rolecall/base/secret.hpp"
#include "rolecall/connector/session.hpp"

// The APIs of identity providers that a workspace may call. Their credentials are sealed when they come in and opened
// for who sends a request; no answer, audit row or error holds one.

namespace rolecall::administration {

inline constexpr std::size_t kDirectories = 20;            ///< of one workspace
inline constexpr std::size_t kLongestCredential = 16'384;  ///< bytes; a private key of 8192 bits has 6400

/// "untested", "active", …
[[nodiscard]] const char* name_of(store::DirectoryState state);

/// What the connector makes of a domain as somebody typed it; whether it may be called is for the caller to check.
/// `invalid_value` for an unknown provider.
[[nodiscard]] Result<std::string> directory_domain(const std::string& provider, const std::string& domain);

struct WantedDirectory {
  std::string name;
  std::string provider;
  std::string domain;  ///< as directory_domain gave it
  std::string credential_kind;
  std::string client_id;
  Secret credential;
  std::vector<std::string> scopes;  ///< empty: the provider's default ones
};
/// It is tested at once, by whoever claims tests. `invalid_value` for what the connector does not take, `conflict` for
/// a name that is taken and when there are as many as there can be.
[[nodiscard]] Result<store::DirectoryRecord> create_directory(const Environment& environment,
                                                              const WorkspaceId& workspace, const Actor& actor,
                                                              const WantedDirectory& wanted);
[[nodiscard]] Result<std::vector<store::DirectoryRecord>> list_directories(const Environment& environment,
                                                                           const WorkspaceId& workspace);
/// By name or id, as everywhere below.
[[nodiscard]] Result<store::DirectoryRecord> get_directory(const Environment& environment, const WorkspaceId& workspace,
                                                           const std::string& directory);

inline constexpr std::int64_t kShortestEvery = 15 * 60;           ///< seconds between two runs by a schedule
inline constexpr std::int64_t kLongestEvery = 30 * 24 * 60 * 60;  ///< seconds
inline constexpr std::size_t kReadingNames = 100;  ///< groups, applications or types that say who is kept

/// What is not set stays. Other scopes, and resuming, bring a test. Where somebody else is kept than before, a run that
/// is under way ends, and everything is read anew.
struct DirectoryChange {
  std::optional<bool> is_paused;
  std::optional<std::vector<std::string>> scopes;
  std::optional<std::int64_t> read_every;  ///< seconds; 0: only when somebody asks
  std::optional<std::vector<std::string>> groups;
  std::optional<std::vector<std::string>> applications;
  std::optional<std::vector<std::string>> types;
  std::optional<bool> ends_access = {};  ///< who is suspended or gone there loses access here
};
[[nodiscard]] Result<store::DirectoryRecord> change_directory(const Environment& environment,
                                                              const WorkspaceId& workspace, const Actor& actor,
                                                              const std::string& directory,
                                                              const DirectoryChange& change);

struct NewCredential {
  std::string kind;       ///< empty: of the kind that it has
  std::string client_id;  ///< empty: the one that it has, where the kind has one
  Secret credential;
};
/// What is under way with the old credential no longer counts, and the new one is tested.
[[nodiscard]] Result<store::DirectoryRecord> reauthorize_directory(const Environment& environment,
                                                                   const WorkspaceId& workspace, const Actor& actor,
                                                                   const std::string& directory,
                                                                   const NewCredential& wanted);
/// Asks for a test; `conflict` while it is paused.
[[nodiscard]] Result<store::DirectoryRecord> request_directory_test(const Environment& environment,
                                                                    const WorkspaceId& workspace, const Actor& actor,
                                                                    const std::string& directory);
[[nodiscard]] Result<void> remove_directory(const Environment& environment, const WorkspaceId& workspace,
                                            const Actor& actor, const std::string& directory);

// For who tests: take one, try its credential, say what came out. Nothing is locked in between, and a process that ends
// leaves a lease that runs out.

struct DirectoryTest {
  WorkspaceId workspace;
  store::DirectoryRecord directory;
  std::string lease;
  std::optional<connector::Credential> credential;  ///< none when no key opens it
};
[[nodiscard]] Result<std::optional<DirectoryTest>> claim_directory_test(const Environment& environment,
                                                                        std::chrono::milliseconds lease);
/// Stores what was found, unless the lease has gone to somebody else or the credential is another one by now. The state
/// that it has now; none when nothing was stored.
[[nodiscard]] Result<std::optional<store::DirectoryState>> settle_directory_test(const Environment& environment,
                                                                                 const DirectoryTest& test,
                                                                                 const connector::Tested& found);
/// As if it had not been claimed.
[[nodiscard]] Result<void> abandon_directory_test(const Environment& environment, const DirectoryTest& test);

}  // namespace rolecall::administration
