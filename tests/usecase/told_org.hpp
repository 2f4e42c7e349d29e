#pragma once

#include "rolecall/administration/directory_events.hpp"
#include "rolecall/administration/directory_hooks.hpp"
#include "rolecall/app/embedded.hpp"
#include "rolecall/json/parse.hpp"
#include "rolecall/provisioning/directory_access.hpp"
#include "sync_org.hpp"

namespace rolecall::administration {

/// The org of AdministrationSync whose people also have accounts here, pushed over SCIM.
class DirectoryAccess : public AdministrationSync {
 protected:
  using What = provisioning::SettledAccess::What;
  static constexpr const char* kMaya = "00u1ab2cd3EF4gh5IJ6k";
  static constexpr const char* kTom = "00u2ab2cd3EF4gh5IJ6k";

  void SetUp() override {
    AdministrationSync::SetUp();
    std::vector<schema::Registry::Source> schemas;
    std::vector<schema::Registry::Source> types;
    for (const EmbeddedFile& file : embedded_files()) {
      const std::string path(file.path);
      if (path.starts_with("schemas/scim/")) schemas.push_back({path, std::string(file.bytes)});
      if (path.starts_with("schemas/resource_types/")) types.push_back({path, std::string(file.bytes)});
    }
    registry = schema::Registry::load(schemas, types).value();
    provisioning.emplace(provisioning::Environment{*world.store, *registry, *world.folder, world.clock, world.ids,
                                                   *world.digest, resource::ValidationOptions{}});
    show(kMaya, "ACTIVE");
    show(kTom, "ACTIVE");
    directory = get_directory(world.environment, world.workspace, "okta-api")->id;
  }

  /// What the org says of somebody from now on, in lists and by id.
  void show(const std::string& id, const std::string& status) {
    statuses[id] = status;
    std::vector<std::string> all;
    for (const auto& [key, now] : statuses) all.push_back(user(key, now));
    org["/api/v1/users"] = page(all);
    org["/api/v1/users/" + id] = {200, {}, user(id, status)};
  }
  static std::string login_of(const std::string& id) { return id + "@acme.example"; }

  provisioning::Caller caller_of(const ConnectionId& connection) {
    return {world.workspace, connection, TokenId("test"), RequestId("request")};
  }
  ResourceId push(const std::string& user_name, const std::string& external_id = "") {
    return push_to(world.okta, user_name, external_id);
  }
  ResourceId push_to(const ConnectionId& connection, const std::string& user_name, const std::string& external_id) {
    json::Object body{{"userName", user_name}};
    if (!external_id.empty()) body.append("externalId", external_id);
    provisioning::Notices notices;
    const auto made =
        provisioning::create(*provisioning, caller_of(connection), *registry->find_type("User"), body, {}, notices);
    EXPECT_TRUE(made) << made.error().detail << made.error().note;
    return made->record.id;
  }
  void say_active(const ResourceId& id, bool is_active) {
    const auto body = json::parse(is_active ? R"({"active":true})" : R"({"active":false})");
    const auto record = find(id);
    provisioning::Notices notices;
    json::Object whole{{"userName", record.display}, {"active", is_active}};
    if (!record.external_id.empty()) whole.append("externalId", record.external_id);
    EXPECT_TRUE(provisioning::replace(*provisioning, caller_of(record.connection), *registry->find_type("User"), id,
                                      whole, std::nullopt, {}, notices));
  }
  store::ResourceRecord find(const ResourceId& id) {
    const auto found = store::read(*world.store, [&](store::UnitOfWork& unit) {
      return unit.workspace(world.workspace).resources().find_anywhere("User", id);
    });
    EXPECT_TRUE(found && *found);
    return **found;
  }
  bool is_active(const ResourceId& id) { return find(id).is_active; }

  /// Everything that is due; what became of each.
  std::vector<What> settle() {
    std::vector<What> all;
    for (;;) {
      const auto settled = provisioning::settle_directory_access(*provisioning);
      EXPECT_TRUE(settled) << settled.error().detail << settled.error().note;
      if (!settled || !*settled) return all;
      all.push_back((*settled)->what);
      EXPECT_LT(all.size(), 100U);
      if (all.size() > 100) return all;
    }
  }
  void read_all() { EXPECT_EQ(sync().state, store::SyncState::succeeded); }

  std::vector<store::AuditRecord> rows(const std::string& action) {
    const auto all = store::read(
        *world.store, [&](store::UnitOfWork& unit) { return unit.workspace(world.workspace).audit().page(0, 10'000); });
    std::vector<store::AuditRecord> found;
    for (const auto& row : *all) {
      if (row.action == action) found.push_back(row);
    }
    return found;
  }
  std::optional<store::EndedAccessRecord> ending(const std::string& person) {
    return *store::read(*world.store, [&](store::UnitOfWork& unit) {
      return unit.workspace(world.workspace).ended_access().find(directory, person);
    });
  }

  std::map<std::string, std::string> statuses;
  std::shared_ptr<const schema::Registry> registry;
  std::optional<provisioning::Environment> provisioning;
  DirectoryId directory;
};

}  // namespace rolecall::administration
