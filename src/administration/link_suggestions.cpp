#include <algorithm>
#include <map>

#include "listing.hpp"
#include "lookup.hpp"
#include "rolecall/administration/links.hpp"

namespace rolecall::administration {
namespace {

/// "IT Admin", "it-admin" and "it_admin" are one.
std::string loose_key(const TextFolder& folder, const std::string& name) {
  std::string key = folder.fold(name);
  key.erase(
      std::remove_if(key.begin(), key.end(),
                     [](char letter) { return letter == ' ' || letter == '-' || letter == '_' || letter == '.'; }),
      key.end());
  return key;
}

struct Finder {
  const TextFolder& folder;
  store::Workspace& workspace;
  std::map<std::string, access::Role> roles;
  std::map<ConnectionId, std::pair<std::string, access::Grantor>> connections;

  Result<std::optional<LinkSuggestion>> look_at(const store::ResourceRecord& group) {
    const auto none = std::optional<LinkSuggestion>();
    const auto role = roles.find(loose_key(folder, group.display));
    const auto connection = connections.find(group.connection);
    if (role == roles.end() || connection == connections.end()) return none;
    if (!access::may_grant(connection->second.second, role->second, access::GrantPath::link)) return none;
    ROLECALL_TRY_ASSIGN(const auto links, workspace.links().of_group(group.id));
    if (!links.empty()) return none;
    return std::optional<LinkSuggestion>({group.id, group.display, connection->second.first, role->second.name});
  }
};

}  // namespace

Result<std::vector<LinkSuggestion>> suggest_links(const Environment& environment, const WorkspaceId& workspace_id,
                                                  std::int64_t limit) {
  return in_view(environment, workspace_id, [&](store::Workspace& workspace) -> Result<std::vector<LinkSuggestion>> {
    Finder finder{environment.folder, workspace, {}, {}};
    ROLECALL_TRY_ASSIGN(const auto roles, workspace.roles().list());
    for (const auto& role : roles) finder.roles.emplace(loose_key(environment.folder, role.name), role);
    ROLECALL_TRY_ASSIGN(const auto connections, workspace.connections().list());
    for (const auto& connection : connections) {
      ROLECALL_TRY_ASSIGN(auto grantor, grantor_of(workspace, connection, access::Grantor::Kind::admin));
      finder.connections.emplace(connection.id, std::pair(connection.name, std::move(grantor)));
    }
    std::vector<LinkSuggestion> found;
    store::NamePlace after;
    for (;;) {
      ROLECALL_TRY_ASSIGN(const auto groups, workspace.resources().list("Group", after, kLongestPage));
      for (const auto& group : groups) {
        ROLECALL_TRY_ASSIGN(auto suggestion, finder.look_at(group));
        if (suggestion) found.push_back(std::move(*suggestion));
        if (found.size() == static_cast<std::size_t>(page_limit(limit))) return found;
      }
      if (groups.size() < static_cast<std::size_t>(kLongestPage)) return found;
      after = store::place_of(groups.back());
    }
  });
}

}  // namespace rolecall::administration
