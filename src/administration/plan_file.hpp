#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rolecall/access/guard.hpp"
#include "rolecall/base/result.hpp"
#include "rolecall/json/value.hpp"
#include "rolecall/store/records.hpp"

// A plan as it was written, read and not yet compared with anything.

namespace rolecall::administration {

/// `at` is the place of an item in the file, as an error names it: "links.items.3".
struct DesiredRole {
  std::string at;
  std::string name;
  std::optional<std::string> description;
  std::optional<std::vector<std::string>> permissions;
  std::optional<std::int64_t> priority;
};

struct DesiredLink {
  std::string at;
  std::string group;        ///< id or displayName
  std::string external_id;  ///< goes before the name: a rename in the IdP does not move the link
  std::string connection;
  std::string role;
  store::LinkState state = store::LinkState::active;
};

struct DesiredDefault {
  std::string at;
  std::string connection;
  std::string role;
};

/// What is not named stays as it is.
struct DesiredGuard {
  std::string at;
  std::string connection;
  std::optional<access::GuardMode> mode;
  std::optional<std::int64_t> minimum;
  std::optional<std::int64_t> percent;
  std::optional<std::int64_t> window_minutes;
  std::optional<std::int64_t> newcomer_hours;
  std::optional<std::int64_t> auto_apply_minutes;
  std::optional<access::GuardAnswer> answer;
};

template <typename Item>
struct Section {
  bool prune = false;
  std::vector<Item> items;
};

struct DesiredState {
  std::optional<Section<DesiredRole>> roles;
  std::optional<Section<DesiredLink>> links;
  std::optional<Section<DesiredDefault>> default_roles;
  std::optional<Section<DesiredGuard>> guard;
};

/// `invalid_value` with the place for an unknown or missing member, a wrong type or too many items.
[[nodiscard]] Result<DesiredState> read_plan(const json::Object& plan);

}  // namespace rolecall::administration
