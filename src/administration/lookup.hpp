#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "rolecall/administration/environment.hpp"

// What people type: a name in any case, or an id. An id wins, because no IdP and no admin can choose one.

namespace rolecall::administration {

[[nodiscard]] Result<access::Role> find_role(store::Workspace& workspace, const TextFolder& folder,
                                             const std::string& name_or_id);
[[nodiscard]] Result<store::ConnectionRecord> find_connection(store::Workspace& workspace,
                                                              const std::string& name_or_id);
[[nodiscard]] Result<store::ResourceRecord> find_user(store::Workspace& workspace, const TextFolder& folder,
                                                      const std::string& name_or_id);
/// `connection` (name or id) may be empty while only one connection has a group of that name.
[[nodiscard]] Result<store::ResourceRecord> find_group(store::Workspace& workspace, const TextFolder& folder,
                                                       const std::string& name_or_id, const std::string& connection);

/// The name of a role or connection that a row refers to.
[[nodiscard]] Result<std::string> role_name_of(store::Workspace& workspace, const RoleId& role);
[[nodiscard]] Result<std::string> connection_name_of(store::Workspace& workspace, const ConnectionId& connection);

/// " Did you mean requests.reply?", or nothing when none of `known` is near `typed`. ASCII case is ignored.
[[nodiscard]] std::string suggestion(std::string_view typed, const std::vector<std::string>& known);

/// A place in a list by name as the text that pages are continued with, and back; empty stands for the beginning.
[[nodiscard]] std::string to_text(const store::NamePlace& place);
/// Fails with `invalid_value`.
[[nodiscard]] Result<store::NamePlace> place_from(const std::string& text);

/// Refuses what no person could read back: empty, longer than 256 bytes, not UTF-8, control characters, outer blanks.
[[nodiscard]] Result<void> check_name(std::string_view what, std::string_view name);

}  // namespace rolecall::administration
