#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "rolecall/base/digest.hpp"
#include "rolecall/base/result.hpp"
#include "rolecall/json/value.hpp"
#include "rolecall/store/store.hpp"

namespace rolecall::provisioning {

/// What a request does to one resource, apart from how it was said: enough to do it later, and to take it back. It is
/// made of canonical documents and ids, so no password and no client's oddity is in it.
struct Effect {
  std::string type;  ///< "User", "Group"
  ResourceId id;
  std::string name;
  bool is_creation = false;
  bool is_deletion = false;
  json::Object before;  ///< the top-level attributes that differ; null stands for none
  json::Object after;
  std::set<std::string> removed;  ///< members, by id
  std::set<std::string> added;
  std::map<std::string, std::string> parked;    ///< who is not known yet and waits since: value → type
  std::map<std::string, std::string> unparked;  ///< who does not wait any more
  std::set<std::string> users;                  ///< who lost something; known once it was done
  json::Object lost;                            ///< deletion: the resource as it was, and what hung on it

  [[nodiscard]] bool empty() const { return !is_deletion && after.empty() && before.empty() && are_members_the_same(); }
  [[nodiscard]] bool are_members_the_same() const {
    return removed.empty() && added.empty() && parked.empty() && unparked.empty();
  }
  [[nodiscard]] bool is_deactivation() const;
};

/// Notes in which top-level attributes the documents differ.
void note_difference(Effect& effect, const json::Object& before, const json::Object& after);
/// `document` with these values in place of its own; a null takes the attribute out.
[[nodiscard]] json::Object overlaid(json::Object document, const json::Object& values);

/// As text: what is needed to do it, and with `is_whole` also what is needed to take it back.
[[nodiscard]] std::string to_text(const Effect& effect, bool is_whole);
[[nodiscard]] Result<Effect> effect_from(std::string_view text);
/// The same for the same thing done to the same resource, however it was asked for.
[[nodiscard]] std::string digest_of(const Effect& effect, const Digest& digest);

// What is lost with a resource.
[[nodiscard]] Result<json::Object> snapshot_user(store::Workspace& workspace, const store::ResourceRecord& user);
[[nodiscard]] Result<json::Object> snapshot_group(store::Workspace& workspace, const store::ResourceRecord& group);

struct LostUser {
  store::ResourceRecord record;
  std::vector<ResourceId> groups;
  std::vector<store::DirectGrantRecord> direct;
};
[[nodiscard]] Result<LostUser> lost_user(const json::Object& snapshot);

struct LostGroup {
  store::ResourceRecord record;
  std::set<std::string> members;
  std::map<std::string, std::string> parked;  ///< value → type
  std::set<std::string> groups;               ///< that it was a member of
  std::vector<store::LinkRecord> links;
  RoleId stands_for;  ///< empty: for none
};
[[nodiscard]] Result<LostGroup> lost_group(const json::Object& snapshot);

}  // namespace rolecall::provisioning
