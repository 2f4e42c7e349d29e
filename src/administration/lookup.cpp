#include "lookup.hpp"

#include <algorithm>
#include <cstddef>

namespace rolecall::administration {
namespace {

constexpr std::size_t kLongestName = 256;
/// Longer texts are not compared: the work grows with the product of the lengths.
constexpr std::size_t kLongestCompared = 64;

/// Levenshtein distance.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[b.size()];
}

tl::unexpected<Error> missing(const std::string& what, const std::string& typed,
                              const std::vector<std::string>& known) {
  return fail(ErrorCode::not_found, "There is no " + what + " “" + typed + "”." + suggestion(typed, known));
}

}  // namespace

std::string suggestion(std::string_view typed, const std::vector<std::string>& known) {
  if (typed.size() > kLongestCompared) return {};
  const std::string lower = ascii_lower(typed);
  const std::string* nearest = nullptr;
  // Up to a third of the letters wrong is a typing error; more is another word.
  std::size_t best = std::max<std::size_t>(typed.size() / 3, 1) + 1;
  for (const std::string& name : known) {
    if (name.size() > kLongestCompared) continue;
    const std::size_t d = distance(lower, ascii_lower(name));
    if (d >= best) continue;
    best = d;
    nearest = &name;
  }
  return nearest == nullptr ? std::string() : " Did you mean “" + *nearest + "”?";
}

Result<access::Role> find_role(store::Workspace& workspace, const TextFolder& folder, const std::string& name_or_id) {
  ROLECALL_TRY_ASSIGN(auto by_id, workspace.roles().find(RoleId(name_or_id)));
  if (by_id) return std::move(*by_id);
  ROLECALL_TRY_ASSIGN(auto by_name, workspace.roles().find_by_key(folder.fold(name_or_id)));
  if (by_name) return std::move(*by_name);
  ROLECALL_TRY_ASSIGN(const auto roles, workspace.roles().list());
  std::vector<std::string> names;
  for (const auto& role : roles) names.push_back(role.name);
  return missing("role", name_or_id, names);
}

Result<store::ConnectionRecord> find_connection(store::Workspace& workspace, const std::string& name_or_id) {
  ROLECALL_TRY_ASSIGN(auto by_id, workspace.connections().find(ConnectionId(name_or_id)));
  if (by_id) return std::move(*by_id);
  ROLECALL_TRY_ASSIGN(auto by_name, workspace.connections().find_by_name(name_or_id));
  if (by_name) return std::move(*by_name);
  ROLECALL_TRY_ASSIGN(const auto connections, workspace.connections().list());
  std::vector<std::string> names;
  for (const auto& connection : connections) names.push_back(connection.name);
  return missing("connection", name_or_id, names);
}

Result<store::ResourceRecord> find_user(store::Workspace& workspace, const TextFolder& folder,
                                        const std::string& name_or_id) {
  ROLECALL_TRY_ASSIGN(auto by_id, workspace.resources().find_anywhere("User", ResourceId(name_or_id)));
  if (by_id) return std::move(*by_id);
  ROLECALL_TRY_ASSIGN(auto by_name, workspace.resources().find_by_key("User", folder.fold_user_name(name_or_id)));
  if (!by_name.empty()) return std::move(by_name.front());
  return fail_with_next(ErrorCode::not_found, "There is no user “" + name_or_id + "”.", "Give a userName or an id.");
}

Result<store::ResourceRecord> find_group(store::Workspace& workspace, const TextFolder& folder,
                                         const std::string& name_or_id, const std::string& connection) {
  ConnectionId wanted;
  if (!connection.empty()) {
    ROLECALL_TRY_ASSIGN(const auto found, find_connection(workspace, connection));
    wanted = found.id;
  }
  const auto is_wanted = [&](const store::ResourceRecord& group) {
    return wanted.empty() || group.connection == wanted;
  };
  ROLECALL_TRY_ASSIGN(auto by_id, workspace.resources().find_anywhere("Group", ResourceId(name_or_id)));
  if (by_id && is_wanted(*by_id)) return std::move(*by_id);
  ROLECALL_TRY_ASSIGN(auto groups, workspace.resources().find_by_key("Group", folder.fold(name_or_id)));
  groups.erase(std::remove_if(groups.begin(), groups.end(), [&](const auto& group) { return !is_wanted(group); }),
               groups.end());
  if (groups.size() == 1) return std::move(groups.front());
  if (groups.empty()) {
    return fail_with_next(ErrorCode::not_found, "There is no group “" + name_or_id + "”.",
                          "A group is known once the IdP has pushed it.");
  }
  return fail_with_next(ErrorCode::conflict, "Several connections have a group “" + name_or_id + "”.",
                        "Name the connection, or give the group's id.");
}

Result<std::string> role_name_of(store::Workspace& workspace, const RoleId& role) {
  ROLECALL_TRY_ASSIGN(const auto found, workspace.roles().find(role));
  return found ? found->name : role.value();
}

Result<std::string> connection_name_of(store::Workspace& workspace, const ConnectionId& connection) {
  ROLECALL_TRY_ASSIGN(const auto found, workspace.connections().find(connection));
  return found ? found->name : connection.value();
}

std::string to_text(const store::NamePlace& place) { return place.id.value() + " " + place.key; }

Result<store::NamePlace> place_from(const std::string& text) {
  if (text.empty()) return store::NamePlace();
  // No id holds a blank; a name may.
  const auto blank = text.find(' ');
  if (blank == std::string::npos) return fail(ErrorCode::invalid_value, "No page ends at this place.", "cursor");
  return store::NamePlace{text.substr(blank + 1), ResourceId(text.substr(0, blank))};
}

Result<void> check_name(std::string_view what, std::string_view name) {
  const std::string subject = "The name of a " + std::string(what);
  if (name.empty()) return fail(ErrorCode::invalid_value, subject + " must not be empty.", "name");
  if (name.size() > kLongestName) {
    return fail(ErrorCode::invalid_value, subject + " can have 256 bytes at most.", "name");
  }
  const bool has_control = std::any_of(name.begin(), name.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
  });
  if (has_control || !is_valid_utf8(name)) {
    return fail(ErrorCode::invalid_value, subject + " must be UTF-8 text without control characters.", "name");
  }
  if (name.front() == ' ' || name.back() == ' ') {
    return fail(ErrorCode::invalid_value, subject + " must not begin or end with a blank.", "name");
  }
  return {};
}

}  // namespace rolecall::administration
