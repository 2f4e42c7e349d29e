#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "open_store.hpp"
#include "rolecall/adapter/crypto/digest.hpp"
#include "rolecall/adapter/crypto/random.hpp"
#include "rolecall/adapter/crypto/sealer.hpp"
#include "rolecall/adapter/icu/text_folder.hpp"
#include "rolecall/administration/bootstrap.hpp"
#include "rolecall/administration/connections.hpp"
#include "rolecall/administration/environment.hpp"
#include "rolecall/administration/links.hpp"
#include "rolecall/administration/privileged_defaults.hpp"
#include "rolecall/administration/roles.hpp"
#include "rolecall/administration/token_directory.hpp"
#include "rolecall/administration/users.hpp"
#include "rolecall/audit/trail.hpp"
#include "rolecall/granting/history.hpp"
#include "rolecall/granting/recompute.hpp"
#include "rolecall/json/write.hpp"

namespace rolecall::testing_support {

std::string read_source(const std::string& path);

/// The operator of these worlds has confirmed every default role that a test chooses; the tests of that say otherwise.
administration::PrivilegedDefaults confirmed_defaults();

/// UUID-shaped ids that a reader of a failure can tell apart.
class CountingIds final : public IdGenerator {
 public:
  std::string next() override;

 private:
  std::uint64_t count_ = 0;
};

/// A directory of its own, gone at the end.
class TempDirectory {
 public:
  explicit TempDirectory(IdGenerator& ids);
  ~TempDirectory();
  TempDirectory(const TempDirectory&) = delete;
  TempDirectory& operator=(const TempDirectory&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// A server without HTTP: the store, the rules and a clock to move. Users and groups are pushed here as provisioning
/// does it, without SCIM.
class World {
 public:
  explicit World(bool in_memory = false) : World(OpenStore(in_memory ? open_memory : open_store)) {}
  explicit World(const OpenStore& open);

  /// Runs `work` as a token's write.
  using Push = std::function<Result<void>(store::Workspace& reached, audit::Trail& trail)>;
  Result<void> push(const Push& work) { return push_to(workspace, work); }
  Result<void> push_to(const WorkspaceId& where, const Push& work);

  ResourceId add_user(const std::string& name, const std::string& sent_default = {}, bool is_active = true);
  ResourceId add_group(const std::string& name) { return add_group_to(okta, name); }
  ResourceId add_group_to(const ConnectionId& connection, const std::string& name);

  Result<void> join(const ResourceId& user, const ResourceId& group);
  Result<void> leave(const ResourceId& user, const ResourceId& group);
  Result<void> set_active(const ResourceId& user, bool is_active);
  Result<void> send_default(const ResourceId& user, const std::string& role);
  /// As one whose IdP sends this as `roles`, each with a value and a display that may be empty.
  struct SentRole {
    std::string value;
    std::string display = {};
  };
  Result<void> send_roles(const ResourceId& user, const std::vector<SentRole>& roles);
  Result<void> delete_user(const ResourceId& user);

  /// Names of the effective roles, by rank.
  std::vector<std::string> roles_of(const ResourceId& user);

  /// The group that stands for a role in the okta connection; empty id when it is not listed.
  ResourceId group_of_role(const std::string& role_name) { return group_of_role_in(okta, role_name); }
  ResourceId group_of_role_in(const ConnectionId& connection, const std::string& role_name);

  administration::LinkView link(const std::string& group, const std::string& role);

  std::unique_ptr<Digest> digest;
  std::unique_ptr<RandomSource> random;
  SystemClock system_clock;
  ManualClock clock{Instant(std::chrono::microseconds(1'772'532'131'000'000))};  // 2026-03-03T10:02:11Z
  std::unique_ptr<IdGenerator> real_ids;
  CountingIds ids;
  std::unique_ptr<TextFolder> folder;
  TempDirectory directory;
  std::unique_ptr<store::Store> store;
  access::Catalogue catalogue;
  administration::TokenDirectory tokens;
  std::unique_ptr<Sealer> sealer;
  administration::PrivilegedDefaults confirmed = confirmed_defaults();
  administration::Environment environment;
  administration::Actor admin{"admin", RequestId("request")};
  administration::Actor system{"system", {}};
  WorkspaceId workspace;
  ConnectionId okta;

 private:
  store::ResourceRecord resource(const std::string& type, const ResourceId& id, const std::string& name) const;
  Result<void> change_user(const ResourceId& user, const std::function<void(store::ResourceRecord&)>& edit);
  Result<void> recompute(store::Workspace& reached, const ResourceId& user, audit::Trail& trail) const;

  std::map<ResourceId, std::vector<resource::IndexEntry>> sent_roles_;
};

}  // namespace rolecall::testing_support
