#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "rolecall/adapter/crypto/digest.hpp"
#include "rolecall/adapter/crypto/random.hpp"
#include "rolecall/adapter/icu/text_folder.hpp"
#include "rolecall/administration/bootstrap.hpp"
#include "rolecall/administration/connections.hpp"
#include "rolecall/administration/groups.hpp"
#include "rolecall/administration/links.hpp"
#include "rolecall/administration/privileged_defaults.hpp"
#include "rolecall/administration/roles.hpp"
#include "rolecall/administration/users.hpp"
#include "rolecall/app/embedded.hpp"
#include "rolecall/audit/trail.hpp"
#include "rolecall/json/parse.hpp"
#include "rolecall/patch/dialect.hpp"
#include "rolecall/patch/message.hpp"
#include "rolecall/provisioning/provisioning.hpp"
#include "world/open_store.hpp"

namespace rolecall::test {

/// Use cases over a real store of its own, after a first start, seen through the connection `okta`.
class ProvisioningTest : public ::testing::Test {
 protected:
  void SetUp() override {
    directory_ = std::filesystem::temp_directory_path() /
                 ("rolecall-usecase-" + std::to_string(::getpid()) + "-" + ids_->next());
    std::filesystem::create_directories(directory_);
    std::vector<schema::Registry::Source> schemas;
    std::vector<schema::Registry::Source> types;
    std::string permissions;
    std::string roles;
    for (const EmbeddedFile& file : embedded_files()) {
      const std::string path(file.path);
      const std::string text(file.bytes);
      if (path.starts_with("schemas/scim/")) schemas.push_back({path, text});
      if (path.starts_with("schemas/resource_types/")) types.push_back({path, text});
      if (path == "schemas/permissions.json") permissions = text;
      if (path == "schemas/roles.json") roles = text;
    }
    registry_ = schema::Registry::load(schemas, types).value();
    catalogue_ = access::load_catalogue(permissions, roles).value();
    open();
    workspace_ = administration::bootstrap(*administration_, {}).value().workspace.id;
    use_connection(administration::get_connection(*administration_, workspace_, "okta").value());
  }

  void open() {
    store_ = database_.open(directory_, *folder_, clock_);
    environment_.emplace(provisioning::Environment{*store_, *registry_, *folder_, clock_, *ids_, *digest_,
                                                   resource::ValidationOptions{}});
    administration_.emplace(administration::Environment{*store_, catalogue_, *folder_, clock_, *ids_, *random_,
                                                        *digest_, nullptr, nullptr, &confirmed_});
  }
  /// As a restart does.
  void reopen() {
    environment_.reset();
    administration_.reset();
    store_.reset();
    open();
  }

  void TearDown() override {
    expect_audit_holds();
    store_.reset();
    std::filesystem::remove_all(directory_);
  }

  void use_connection(const store::ConnectionRecord& connection) {
    caller_ = provisioning::Caller{workspace_, connection.id, TokenId("test"), RequestId("request")};
  }

  store::ConnectionRecord make_connection(const std::string& name) {
    administration::NewConnection connection;
    connection.name = name;
    return administration::create_connection(*administration_, workspace_, {}, connection).value();
  }

  const schema::ResourceType& type(std::string_view name) { return *registry_->find_type(name); }

  static json::Object parse(std::string_view text) { return *json::parse(text).value().as_object(); }

  Result<provisioning::View> try_create(std::string_view type_name, std::string_view body) {
    return provisioning::create(*environment_, caller_, type(type_name), parse(body), {true, true}, notices_);
  }
  store::ResourceRecord create(std::string_view type_name, std::string_view body) {
    auto made = try_create(type_name, body);
    EXPECT_TRUE(made.has_value()) << (made ? "" : made.error().detail + made.error().note);
    return made.value().record;
  }
  store::ResourceRecord create_user(const std::string& user_name) {
    return create("User", R"({"userName":")" + user_name + R"("})");
  }
  static std::string user_with_default_role(const std::string& user_name, const std::string& role_name) {
    return R"({"userName":")" + user_name +
           R"(","urn:ietf:params:scim:schemas:extension:rolecall:2.0:User":{"defaultRole":")" + role_name + R"("}})";
  }
  Result<provisioning::View> get(std::string_view type_name, const ResourceId& id) {
    return provisioning::get(*environment_, caller_, type(type_name), id, {true, true});
  }
  Result<provisioning::View> replace(std::string_view type_name, const ResourceId& id, std::string_view body) {
    return provisioning::replace(*environment_, caller_, type(type_name), id, parse(body), {}, {true, true}, notices_);
  }
  Result<provisioning::View> patch(std::string_view type_name, const ResourceId& id, const std::string& operation,
                                   std::optional<Version> expected = {}) {
    const auto body = json::parse(R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[)" +
                                  operation + "]}");
    auto message = patch::parse_message(body.value());
    if (!message) return fail(message.error());
    auto resolved = patch::resolve(*message, type(type_name), patch::okta_dialect(), id.value());
    if (!resolved) return fail(resolved.error());
    return provisioning::patch(*environment_, caller_, type(type_name), id, *resolved, expected, need_, notices_);
  }
  Result<void> remove(std::string_view type_name, const ResourceId& id) {
    return provisioning::remove(*environment_, caller_, type(type_name), id, {}, notices_);
  }

  static std::string add_member(const ResourceId& user) {
    return R"({"op":"add","path":"members","value":[{"value":")" + user.value() + R"("}]})";
  }
  static std::string remove_member(const ResourceId& user) {
    return R"({"op":"remove","path":"members[value eq \")" + user.value() + R"(\"]"})";
  }

  store::ResourceRecord find_group(const std::string& name) {
    auto groups = store::read(*store_, [&](store::UnitOfWork& unit) {
      return unit.workspace(workspace_).resources().find_by_key("Group", folder_->fold(name));
    });
    for (const auto& group : groups.value()) {
      if (group.connection == caller_.connection) return group;
    }
    ADD_FAILURE() << "no group " << name;
    return {};
  }
  std::int64_t members_of(const ResourceId& group) {
    return store::read(*store_,
                       [&](store::UnitOfWork& unit) { return unit.workspace(workspace_).members().count(group); })
        .value();
  }
  /// Names, sorted.
  std::vector<std::string> roles_of(const ResourceId& user) {
    std::vector<std::string> names;
    const auto view = administration::get_user(*administration_, workspace_, user.value());
    for (const auto& held : view.value().roles) names.push_back(held.name);
    std::sort(names.begin(), names.end());
    return names;
  }
  access::Role role(const std::string& name) {
    return administration::get_role(*administration_, workspace_, name).value();
  }
  void grant_directly(const ResourceId& user, const std::string& role_name) {
    ASSERT_TRUE(administration::grant_direct(*administration_, workspace_, {}, user.value(), role_name));
  }
  void link(const std::string& group, const std::string& role_name) {
    ASSERT_TRUE(administration::create_link(*administration_, workspace_, {}, {group, "", role_name}));
  }
  std::int64_t orphaned_links() {
    const auto links = administration::list_links(*administration_, workspace_).value();
    return std::count_if(links.begin(), links.end(),
                         [](const auto& view) { return view.link.state == store::LinkState::orphaned; });
  }
  void advance_clock() { clock_.advance(std::chrono::seconds(5)); }
  [[nodiscard]] const std::vector<std::string>& notices() const { return notices_.texts; }

  void expect_audit_holds() {
    const auto verified = store::read(
        *store_, [&](store::UnitOfWork& unit) { return audit::verify(unit.workspace(workspace_), *digest_); });
    ASSERT_TRUE(verified.has_value());
    EXPECT_FALSE(verified->first_bad_seq.has_value());
    EXPECT_GT(verified->rows, 0);
  }
  std::vector<std::string> audit_actions_about(const std::string& target) {
    std::vector<std::string> actions;
    const auto rows = store::read(
        *store_, [&](store::UnitOfWork& unit) { return unit.workspace(workspace_).audit().page(0, 10'000); });
    for (const auto& row : rows.value()) {
      if (row.target == target && !row.action.starts_with("grant.")) actions.push_back(row.action);
    }
    return actions;
  }

  ManualClock clock_{Instant(std::chrono::seconds(1'790'000'000))};
  std::unique_ptr<RandomSource> random_ = adapter::crypto::make_random_source();
  std::unique_ptr<IdGenerator> ids_ = adapter::crypto::make_id_generator(*random_, clock_);
  std::unique_ptr<Digest> digest_ = adapter::crypto::make_digest();
  std::unique_ptr<TextFolder> folder_ = adapter::icu::make_text_folder();
  std::filesystem::path directory_;
  std::shared_ptr<const schema::Registry> registry_;
  access::Catalogue catalogue_;
  testing_support::TestDatabase database_;
  std::unique_ptr<store::Store> store_;
  std::optional<provisioning::Environment> environment_;
  administration::PrivilegedDefaults confirmed_ = *administration::PrivilegedDefaults::parse("entra=HR Admin");
  std::optional<administration::Environment> administration_;
  WorkspaceId workspace_;
  provisioning::Caller caller_;
  provisioning::Need need_{true, true};  ///< what the answer to a PATCH shows
  provisioning::Notices notices_;
};

}  // namespace rolecall::test
