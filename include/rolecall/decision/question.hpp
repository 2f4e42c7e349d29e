#pragma once

#include <optional>
#include <string>

#include "rolecall/access/role.hpp"
#include "rolecall/base/text.hpp"
#include "rolecall/json/value.hpp"
#include "rolecall/schema/registry.hpp"
#include "rolecall/store/store.hpp"

namespace rolecall::decision {

/// What every decision needs; the references outlive it.
struct Environment {
  store::Store& store;
  const access::Catalogue& catalogue;
  const schema::Registry& registry;
  const TextFolder& folder;
  /// The one workspace that whoever asks may know of; none: all of them. Others are not there.
  std::optional<WorkspaceId> reach = std::nullopt;
};

/// A subject or a resource (AuthZEN Authorization API 1.0 §5).
struct Entity {
  std::string type;
  std::string id;  ///< empty where it is what is searched for
  json::Object properties;
};

struct Action {
  std::string name;
  json::Object properties;
};

/// May `subject` do `action` to `resource`, under the circumstances of `context`?
///
/// A subject is a user, by id or userName. The resource {"type": "workspace", "id": NAME} asks for a permission as
/// such; any other type T, with the action V, asks for the permission `T.V` of the catalogue, and a data scope with
/// which a role holds it looks at the resource. Properties that were not sent are those of the resource of that type
/// which was pushed over SCIM, if there is one: of the id or externalId named.
struct Question {
  Entity subject;
  Action action;
  Entity resource;
  json::Object context;
};

inline constexpr const char* kWorkspaceType = "workspace";

}  // namespace rolecall::decision
