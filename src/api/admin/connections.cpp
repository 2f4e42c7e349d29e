#include "rolecall/administration/connections.hpp"

#include <array>

#include "call.hpp"
#include "listing.hpp"
#include "rolecall/administration/roles.hpp"
#include "rolecall/base/timestamp.hpp"

namespace rolecall::api::admin {
namespace {

/// Role names by id: a person knows roles by name.
Result<json::Object> shown(const Call& call, const store::ConnectionRecord& connection) {
  ROLECALL_TRY_ASSIGN(const auto default_role,
                      administration::get_role(call.environment, call.workspace, connection.default_role.value()));
  ROLECALL_TRY_ASSIGN(const auto ceiling,
                      administration::get_role(call.environment, call.workspace, connection.ceiling.value()));
  return json::Object{{"name", connection.name},
                      {"id", connection.id.value()},
                      {"dialect", connection.dialect},
                      {"default_role", default_role.name},
                      {"ceiling", ceiling.name},
                      {"unknown_groups", administration::name_of(connection.unknown_groups)},
                      {"asserted_roles", administration::name_of(connection.asserted_roles)},
                      {"unknown_members", administration::name_of(connection.unknown_members)},
                      {"created", to_timestamp(connection.created)}};
}

Result<Answer> list(Call& call) {
  ROLECALL_TRY_ASSIGN(const auto listing, Listing::begin(call));
  ROLECALL_TRY_ASSIGN(auto connections, administration::list_connections(call.environment, call.workspace));
  const std::string next = listing.cut(connections, [](const auto& connection) { return connection.name; });
  json::Array items;
  for (const auto& connection : connections) {
    ROLECALL_TRY_ASSIGN(auto item, shown(call, connection));
    items.emplace_back(std::move(item));
  }
  return listing.answer(std::move(items), next);
}

Result<Answer> get(Call& call) {
  ROLECALL_TRY_ASSIGN(const auto connection,
                      administration::get_connection(call.environment, call.workspace, call.segment(1)));
  ROLECALL_TRY_ASSIGN(auto body, shown(call, connection));
  return Answer{200, std::move(body)};
}

Result<Answer> create(Call& call) {
  administration::NewConnection wanted;
  ROLECALL_TRY_ASSIGN(wanted.name, call.text("name", true));
  ROLECALL_TRY_ASSIGN(auto dialect, call.text("dialect", false));
  wanted.dialect = dialect.empty() ? call.exchange.settings.default_dialect : std::move(dialect);
  ROLECALL_TRY_ASSIGN(wanted.default_role, call.text("default_role", false));
  ROLECALL_TRY_ASSIGN(wanted.ceiling, call.text("ceiling", false));
  ROLECALL_TRY_ASSIGN(const auto policy, call.text("unknown_groups", false));
  if (!policy.empty()) {
    ROLECALL_TRY_ASSIGN(wanted.unknown_groups, administration::parse_unknown_group_policy(policy));
  }
  ROLECALL_TRY_ASSIGN(const auto asserted, call.text("asserted_roles", false));
  if (!asserted.empty()) {
    ROLECALL_TRY_ASSIGN(wanted.asserted_roles, administration::parse_asserted_role_policy(asserted));
  }
  ROLECALL_TRY_ASSIGN(const auto member_policy, call.text("unknown_members", false));
  if (!member_policy.empty()) {
    ROLECALL_TRY_ASSIGN(wanted.unknown_members, administration::parse_unknown_member_policy(member_policy));
  }
  ROLECALL_TRY_ASSIGN(const auto connection,
                      administration::create_connection(call.environment, call.workspace, call.actor, wanted));
  call.afterwards.when_committed.push_back([&log = call.exchange.parts.log, connection, workspace = call.workspace] {
    log.emit(log::Event::connection_created,
             {{"connection", connection.name}, {"workspace", workspace}, {"kind", connection.dialect}});
  });
  ROLECALL_TRY_ASSIGN(auto body, shown(call, connection));
  return Answer{201, std::move(body)};
}

/// One setting per request: each is a use case of its own, and half a success would be hard to explain.
Result<Answer> change(Call& call) {
  constexpr std::array<std::string_view, 5> kSettings{"default_role", "ceiling", "unknown_groups", "asserted_roles",
                                                      "unknown_members"};
  std::size_t named = 0;
  for (const std::string_view setting : kSettings) named += call.body.find(setting) != nullptr ? 1 : 0;
  if (named != 1 || call.body.size() != 1) {
    return fail(ErrorCode::invalid_value,
                "Name exactly one of default_role, ceiling, unknown_groups, asserted_roles and unknown_members.");
  }
  ROLECALL_TRY_ASSIGN(const auto default_role, call.text("default_role", false));
  ROLECALL_TRY_ASSIGN(const auto ceiling, call.text("ceiling", false));
  ROLECALL_TRY_ASSIGN(const auto policy_name, call.text("unknown_groups", false));
  ROLECALL_TRY_ASSIGN(const auto asserted, call.text("asserted_roles", false));
  ROLECALL_TRY_ASSIGN(const auto member_policy_name, call.text("unknown_members", false));
  const auto apply = [&]() -> Result<store::ConnectionRecord> {
    if (!default_role.empty()) {
      return administration::set_default_role(call.environment, call.workspace, call.actor, call.segment(1),
                                              default_role);
    }
    if (!ceiling.empty()) {
      return administration::set_ceiling(call.environment, call.workspace, call.actor, call.segment(1), ceiling);
    }
    if (call.body.find("asserted_roles") != nullptr) {
      ROLECALL_TRY_ASSIGN(const auto policy, administration::parse_asserted_role_policy(asserted));
      return administration::set_asserted_roles(call.environment, call.workspace, call.actor, call.segment(1), policy);
    }
    if (!member_policy_name.empty()) {
      ROLECALL_TRY_ASSIGN(const auto policy, administration::parse_unknown_member_policy(member_policy_name));
      return administration::set_unknown_members(call.environment, call.workspace, call.actor, call.segment(1), policy);
    }
    ROLECALL_TRY_ASSIGN(const auto policy, administration::parse_unknown_group_policy(policy_name));
    return administration::set_unknown_groups(call.environment, call.workspace, call.actor, call.segment(1), policy);
  };
  ROLECALL_TRY_ASSIGN(const auto connection, apply());
  ROLECALL_TRY_ASSIGN(auto body, shown(call, connection));
  return Answer{200, std::move(body)};
}

}  // namespace

std::vector<Route> connection_routes() {
  return {{"GET", "/connections", list},
          tagged({"POST", "/connections", create}),
          tagged({"GET", "/connections/{name}", get}),
          tagged({"PATCH", "/connections/{name}", change})};
}

}  // namespace rolecall::api::admin
