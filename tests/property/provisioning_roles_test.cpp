#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "explained_past.hpp"
#include "generator.hpp"
#include "rolecall/administration/adoption.hpp"
#include "rolecall/administration/audit_log.hpp"
#include "rolecall/json/parse.hpp"
#include "rolecall/json/write.hpp"
#include "rolecall/patch/dialect.hpp"
#include "rolecall/patch/message.hpp"
#include "rolecall/provisioning/provisioning.hpp"
#include "unit/scim/case_files.hpp"
#include "usecase/rehearsed.hpp"
#include "world/administration_world.hpp"

// Whatever two IdPs and an admin do, in any order and however often they are refused: after every operation each user's
// stored roles are what links, memberships, direct grants and defaults say when one starts from nothing. And whenever
// somebody asks later why a user had a role at an earlier instant, the answer is the one that was given then.

namespace rolecall::property {
namespace {

constexpr std::size_t kUsers = 10;
constexpr std::size_t kGroups = 24;
constexpr std::int64_t kTick = 1'000;

class Idps {
 public:
  Idps(Random& random, bool in_memory) : random_(random), world_(in_memory) {
    administration::NewConnection second;
    second.name = "entra";
    second.unknown_groups = store::UnknownGroupPolicy::keep_unlinked;
    const auto entra = administration::create_connection(world_.environment, world_.workspace, world_.admin, second);
    callers_ = {{world_.workspace, world_.okta, TokenId("t1"), RequestId("request")},
                {world_.workspace, entra->id, TokenId("t2"), RequestId("request")}};
  }

  void step(std::size_t number) {
    said_ = "operation " + std::to_string(number) + ": ";
    const auto protected_before = protected_with_holders();
    look();
    // All that happens in one step happens at one instant, as in one request.
    world_.clock.advance(std::chrono::microseconds(kTick));
    random_.one_in(3) ? administer() : provision();
    compare();
    past_.note(some_user_id());
    past_.note(some_user_id());
    for (const auto& role : protected_before) {
      EXPECT_EQ(protected_with_holders().count(role), 1U) << said_ << ": nobody holds " << role << " any more";
    }
  }

  void finish() {
    EXPECT_FALSE(administration::verify_audit(world_.environment, world_.workspace)->first_bad_seq);
    past_.check(random_, 3'000, kTick);
    EXPECT_GT(done_, refused_ / 4) << "hardly anything was accepted";
    EXPECT_GT(refused_, 0U) << "nothing was refused";
    EXPECT_GT(returned_, 0U) << "nobody returned";
    EXPECT_GT(adopted_, 0U) << "nobody was adopted";
    EXPECT_EQ(causes_seen_.size(), 4U) << "not every cause of a grant occurred";
  }

 private:
  using Grant = std::tuple<std::string, int, std::string, std::string>;

  // What there is now.
  void look() {
    must(store::read(*world_.store, [&](store::UnitOfWork& unit) -> Result<int> {
      auto& workspace = unit.workspace(world_.workspace);
      ROLECALL_TRY_ASSIGN(users_, workspace.resources().list("User", {}, 1'000));
      ROLECALL_TRY_ASSIGN(groups_, workspace.resources().list("Group", {}, 1'000));
      ROLECALL_TRY_ASSIGN(links_, workspace.links().list());
      ROLECALL_TRY_ASSIGN(roles_, workspace.roles().list());
      return 0;
    }));
  }

  template <typename T>
  T must(Result<T> result) {
    if (!result) throw std::runtime_error(said_ + result.error().detail + " | " + result.error().note);
    return std::move(*result);
  }
  /// A refusal is an answer; an internal error is not.
  template <typename R>
  void count(const R& result) {
    if (result) {
      ++done_;
      return;
    }
    ++refused_;
    EXPECT_NE(result.error().code, ErrorCode::internal) << said_ << result.error().note;
  }

  std::string some_role_name() {
    static const std::vector<std::string> kOthers{"Owner", "Team 1", "Team 2", "Team 3", "team 1", "Nobody's"};
    return random_.one_in(3) ? random_.of(kOthers) : random_.of(roles_).name;
  }
  std::string some_user_id() { return users_.empty() ? "nobody" : random_.of(users_).id.value(); }
  std::string some_group_id() { return groups_.empty() ? "nothing" : random_.of(groups_).id.value(); }

  /// Mostly the one whose resource it is: a stranger finds nothing.
  const provisioning::Caller& caller_for(const std::vector<store::ResourceRecord>& resources, const std::string& id) {
    for (const auto& record : resources) {
      if (record.id.value() != id || random_.one_in(20)) continue;
      return record.connection == callers_[0].connection ? callers_[0] : callers_[1];
    }
    return random_.of(callers_);
  }

  void provision() {
    switch (random_.below(14)) {
      case 0:
        return create_user();
      case 1:
        return replace_user();
      case 2:
      case 3:
        return set_active();
      case 4:
        return create_group();
      case 5:
        return rename_group();
      case 6:
        return remove(random_.one_in(3));
      case 7:
      case 8:
        return assert_roles();
      default:
        return change_members();
    }
  }

  std::string user_body(const std::string& name) {
    json::Object user{{"userName", name}};
    if (!random_.one_in(3)) user.set("active", !random_.one_in(4));
    if (random_.one_in(2)) {
      user.set("urn:ietf:params:scim:schemas:extension:rolecall:2.0:User",
               json::Object{{"defaultRole", some_role_name()}});
    }
    for (const char* attribute : {"roles", "entitlements"}) {
      if (random_.one_in(4)) user.set(attribute, some_asserted());
    }
    return json::write(user);
  }

  /// Elements that name a role by value, by display, by id, or not at all.
  json::Array some_asserted() {
    json::Array elements;
    for (std::size_t i = random_.below(3); i > 0; --i) {
      json::Object element;
      if (!random_.one_in(4))
        element.set("value", random_.one_in(3) ? random_.of(roles_).id.value() : some_role_name());
      if (random_.one_in(3)) element.set("display", some_role_name());
      elements.emplace_back(std::move(element));
    }
    return elements;
  }

  void assert_roles() {
    const std::string op = random_.one_in(2) ? "add" : "replace";
    const std::string path = random_.one_in(3) ? "entitlements" : "roles";
    patch("User", users_, some_user_id(),
          random_.one_in(4)
              ? R"({"op":"remove","path":")" + path + R"("})"
              : R"({"op":")" + op + R"(","path":")" + path + R"(","value":)" + json::write(some_asserted()) + "}");
  }

  [[nodiscard]] const schema::ResourceType& type(std::string_view name) const { return *registry_->find_type(name); }
  static json::Object parsed(const std::string& body) { return *json::parse(body)->as_object(); }

  void create_user() {
    if (users_.size() >= kUsers) return;
    // Often somebody who has left: few would return by chance.
    const bool is_known = !names_of_gone_.empty() && random_.one_in(2);
    const std::string body =
        user_body(is_known ? random_.of(names_of_gone_) : "user " + std::to_string(random_.below(kUsers * 2)));
    said_ += "POST " + body;
    const auto made =
        provisioning::create(environment_, random_.of(callers_), type("User"), parsed(body), {}, notices_);
    count(made);
    if (made && gone_.erase(made->record.id.value()) != 0) look_at_returned(made->record.id);
  }

  /// With the id nothing of before comes back; nobody is parked under it, because a push after the deletion names only
  /// those who are there.
  void look_at_returned(const ResourceId& id) {
    ++returned_;
    must(store::read(*world_.store, [&](store::UnitOfWork& unit) -> Result<int> {
      auto& workspace = unit.workspace(world_.workspace);
      ROLECALL_TRY_ASSIGN(const auto direct, workspace.grants().direct_of(id));
      EXPECT_TRUE(direct.empty()) << said_ << ": a direct grant came back";
      ROLECALL_TRY_ASSIGN(const auto groups, workspace.members().groups_of(id));
      EXPECT_TRUE(groups.empty()) << said_ << ": a membership came back";
      return 0;
    }));
  }

  void replace_user() {
    const std::string id = some_user_id();
    const std::string body = user_body("user " + std::to_string(random_.below(kUsers * 2)));
    said_ += "PUT " + id + " " + body;
    count(provisioning::replace(environment_, caller_for(users_, id), type("User"), ResourceId(id), parsed(body), {},
                                {}, notices_));
  }

  void patch(const char* type_name, const std::vector<store::ResourceRecord>& resources, const std::string& id,
             const std::string& operation) {
    said_ += "PATCH " + id + " " + operation;
    const auto message = json::parse(R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[)" +
                                     operation + "]}");
    const auto resolved = patch::resolve(*patch::parse_message(*message), type(type_name), patch::okta_dialect(), id);
    ASSERT_TRUE(resolved) << resolved.error().detail;
    count(provisioning::patch(environment_, caller_for(resources, id), type(type_name), ResourceId(id), *resolved, {},
                              {}, notices_));
  }

  void set_active() {
    patch("User", users_, some_user_id(),
          std::string(R"({"op":"replace","value":{"active":)") + (random_.one_in(2) ? "true" : "false") + "}}");
  }

  std::string members_json() {
    json::Array members;
    for (std::size_t i = random_.below(4); i > 0; --i) {
      members.emplace_back(json::Object{{"value", random_.one_in(10) ? some_group_id() : some_user_id()}});
    }
    return json::write(members);
  }

  void create_group() {
    if (groups_.size() >= kGroups) return;
    json::Object body{{"displayName", some_role_name()}, {"members", *json::parse(members_json())}};
    said_ += "POST " + json::write(body);
    count(provisioning::create(environment_, random_.of(callers_), type("Group"), body, {}, notices_));
  }

  void rename_group() {
    patch("Group", groups_, some_group_id(),
          R"({"op":"replace","path":"displayName","value":)" + json::write(json::Value(some_role_name())) + "}");
  }

  void change_members() {
    const std::string user = some_user_id();
    static const std::vector<std::string> kAll{R"({"op":"remove","path":"members"})",
                                               R"({"op":"replace","path":"members","value":[]})"};
    std::string operation;
    switch (random_.below(6)) {
      case 0:
        operation = R"({"op":"remove","path":"members[value eq \")" + user + R"(\"]"})";
        break;
      case 1:
        operation = random_.of(kAll);
        break;
      case 2:
        operation = R"({"op":"replace","path":"members","value":)" + members_json() + "}";
        break;
      default:
        operation = R"({"op":"add","path":"members","value":)" + members_json() + "}";
        break;
    }
    patch("Group", groups_, some_group_id(), operation);
  }

  void remove(bool is_user) {
    const std::string id = is_user ? some_user_id() : some_group_id();
    said_ += "DELETE " + id;
    const auto done = provisioning::remove(environment_, caller_for(is_user ? users_ : groups_, id),
                                           type(is_user ? "User" : "Group"), ResourceId(id), {}, notices_);
    count(done);
    if (!done || !is_user) return;
    gone_.insert(id);
    for (const auto& user : users_) {
      if (user.id.value() == id) names_of_gone_.push_back(user.display);
    }
  }

  void administer() {
    const auto& environment = world_.environment;
    const auto& workspace = world_.workspace;
    const auto& admin = world_.admin;
    const std::string role = some_role_name();
    const LinkId link = links_.empty() ? LinkId("none") : random_.of(links_).id;
    const std::string connection = random_.one_in(2) ? "okta" : "entra";
    switch (random_.below(16)) {
      case 14:
        said_ += "policy of " + connection;
        return count(administration::set_asserted_roles(
            environment, workspace, admin, connection,
            random_.one_in(3) ? store::AssertedRolePolicy::ignore : store::AssertedRolePolicy::grant));
      case 0:
      case 1: {
        const std::string group = some_group_id();
        said_ += "link " + group + " to " + role;
        return count(administration::create_link(environment, workspace, admin, {group, "", role}));
      }
      case 2:
        said_ += "pause " + link.value();
        return count(administration::pause_link(environment, workspace, admin, link));
      case 3:
        said_ += "resume " + link.value();
        return count(administration::resume_link(environment, workspace, admin, link));
      case 4:
        said_ += "remove link " + link.value();
        return count(administration::remove_link(environment, workspace, admin, link));
      case 5:
      case 6: {
        const std::string user = some_user_id();
        said_ += "grant " + role + " to " + user;
        return count(administration::grant_direct(environment, workspace, admin, user, role));
      }
      case 7: {
        const std::string user = some_user_id();
        said_ += "revoke " + role + " from " + user;
        return count(administration::revoke_direct(environment, workspace, admin, user, role));
      }
      case 8:
        said_ += "default of " + connection + " " + role;
        return count(administration::set_default_role(environment, workspace, admin, connection, role));
      case 9:
        said_ += "ceiling of " + connection + " " + role;
        return count(administration::set_ceiling(environment, workspace, admin, connection,
                                                 random_.one_in(3) ? role : "Super Admin"));
      case 10:
        said_ += "create role " + role;
        return count(administration::create_role(environment, workspace, admin, {role, "", some_permissions()}));
      case 11:
      case 12:
        return adopt({connection, random_.one_in(2)});
      case 13: {
        static const std::vector<store::UnknownMemberPolicy> kPolicies{store::UnknownMemberPolicy::accept_known,
                                                                       store::UnknownMemberPolicy::strict,
                                                                       store::UnknownMemberPolicy::parked};
        const auto policy = random_.of(kPolicies);
        said_ += std::string("unknown members of ") + connection + " " + administration::name_of(policy);
        return count(administration::set_unknown_members(environment, workspace, admin, connection, policy));
      }
      default:
        if (random_.one_in(2)) {
          said_ += "remove role " + role;
          return count(administration::remove_role(environment, workspace, admin, role));
        }
        said_ += "permissions of " + role;
        return count(
            administration::update_role(environment, workspace, admin, role, {std::nullopt, some_permissions()}));
    }
  }

  void adopt(const administration::AdoptionWish& wish) {
    const bool is_rehearsal = random_.one_in(4);
    const std::string id = random_.one_in(3) ? some_group_id() : some_user_id();
    const bool is_user = random_.one_in(2);
    const bool is_all = random_.one_in(6);
    const std::string other = wish.connection == "okta" ? "entra" : "okta";
    said_ += wish.connection + " adopts " + (is_all ? other : id) + (is_rehearsal ? " (dry run)" : "");
    const auto use_case = [&](const administration::Environment& environment) {
      return is_all    ? administration::adopt_connection(environment, world_.workspace, world_.admin, other, wish)
             : is_user ? administration::adopt_user(environment, world_.workspace, world_.admin, id, wish)
                       : administration::adopt_group(environment, world_.workspace, world_.admin, id, "", wish);
    };
    const auto done = is_rehearsal ? test::rehearsed(world_.environment, use_case) : use_case(world_.environment);
    count(done);
    if (done && !is_rehearsal) ++adopted_;
  }

  std::vector<std::string> some_permissions() {
    std::vector<std::string> names;
    for (const auto& permission : world_.catalogue.permissions) {
      if (random_.one_in(10)) names.push_back(permission.name);
    }
    return names;
  }

  const access::Role* named(const json::Value& element, std::string_view part) {
    const json::Value* text = element.as_object()->find(part);
    if (text == nullptr) return nullptr;
    for (const auto& role : roles_) {
      if (role.id.value() == *text->as_string()) return &role;
    }
    for (const auto& role : roles_) {
      if (world_.folder->fold(role.name) == world_.folder->fold(*text->as_string())) return &role;
    }
    return nullptr;
  }

  /// What the document of a user asserts and the ceiling allows.
  std::set<RoleId> asserted(const store::ResourceRecord& user, const RoleId& ceiling_id) {
    std::set<RoleId> found;
    const auto ceiling =
        std::find_if(roles_.begin(), roles_.end(), [&](const access::Role& role) { return role.id == ceiling_id; });
    const auto document = json::parse(user.document);
    for (const char* attribute : {"roles", "entitlements"}) {
      const json::Value* elements = document->as_object()->find(attribute);
      if (elements == nullptr) continue;
      for (const json::Value& element : *elements->as_array()) {
        const access::Role* role = named(element, "value");
        if (role == nullptr) role = named(element, "display");
        if (role == nullptr || role->is_protected) continue;
        if (std::includes(ceiling->permissions.begin(), ceiling->permissions.end(), role->permissions.begin(),
                          role->permissions.end())) {
          found.insert(role->id);
        }
      }
    }
    return found;
  }

  // The rule of the product, from nothing but its inputs.
  Result<std::set<Grant>> from_scratch(store::Workspace& workspace, const store::ResourceRecord& user) {
    std::set<Grant> grants;
    if (!user.is_active) return grants;
    for (const auto& link : links_) {
      if (link.state != store::LinkState::active) continue;
      ROLECALL_TRY_ASSIGN(const bool is_member, workspace.members().contains(link.group, user.id));
      if (is_member) grants.insert({link.role.value(), 0, link.id.value(), link.group.value()});
    }
    ROLECALL_TRY_ASSIGN(const auto direct, workspace.grants().direct_of(user.id));
    for (const auto& grant : direct) grants.insert({grant.role.value(), 1, "", ""});
    ROLECALL_TRY_ASSIGN(const auto connection, workspace.connections().find(user.connection));
    if (connection->asserted_roles == store::AssertedRolePolicy::grant) {
      for (const auto& role : asserted(user, connection->ceiling)) grants.insert({role.value(), 2, "", ""});
    }
    if (!grants.empty()) return grants;
    std::string default_role = connection->default_role.value();
    const auto named = [&](const auto& wanted) {
      return std::find_if(roles_.begin(), roles_.end(), [&](const access::Role& role) { return wanted(role); });
    };
    const auto ceiling = named([&](const access::Role& role) { return role.id == connection->ceiling; });
    const auto sent = named([&](const access::Role& role) {
      return !user.default_role.empty() && world_.folder->fold(role.name) == world_.folder->fold(user.default_role);
    });
    if (sent != roles_.end() && !sent->is_protected &&
        std::includes(ceiling->permissions.begin(), ceiling->permissions.end(), sent->permissions.begin(),
                      sent->permissions.end())) {
      default_role = sent->id.value();
    }
    grants.insert({default_role, 3, "", ""});
    return grants;
  }

  void compare() {
    look();
    must(store::read(*world_.store, [&](store::UnitOfWork& unit) -> Result<int> {
      auto& workspace = unit.workspace(world_.workspace);
      std::map<std::string, std::set<std::string>> holders;
      for (const auto& user : users_) {
        ROLECALL_TRY_ASSIGN(const auto expected, from_scratch(workspace, user));
        ROLECALL_TRY_ASSIGN(const auto stored, workspace.grants().effective_of(user.id));
        std::set<Grant> grants;
        for (const auto& grant : stored) {
          grants.insert({grant.role.value(), static_cast<int>(grant.cause), grant.link.value(), grant.group.value()});
          holders[grant.role.value()].insert(user.id.value());
          causes_seen_.insert(static_cast<int>(grant.cause));
        }
        EXPECT_EQ(grants.size(), stored.size()) << said_;
        EXPECT_EQ(grants, expected) << said_ << "\nuser " << user.id.value();
      }
      for (const auto& role : roles_) {
        ROLECALL_TRY_ASSIGN(const auto stored, workspace.grants().holders_of(role.id));
        std::set<std::string> ids;
        for (const auto& id : stored) ids.insert(id.value());
        EXPECT_EQ(ids, holders[role.id.value()]) << said_ << ": holders of " << role.name;
      }
      for (const auto& group : groups_) {
        ROLECALL_TRY_ASSIGN(const auto members, workspace.members().page(group.id, {}, 1'000));
        for (const auto& member : members) {
          ROLECALL_TRY_ASSIGN(const auto record,
                              workspace.resources().find(group.connection, member.type, member.member));
          EXPECT_TRUE(record.has_value()) << said_ << ": a member of another connection in " << group.id.value();
        }
      }
      for (const auto& id : gone_) {
        ROLECALL_TRY_ASSIGN(const auto direct, workspace.grants().direct_of(ResourceId(id)));
        EXPECT_TRUE(direct.empty()) << said_ << ": a deleted user keeps a direct grant";
      }
      return 0;
    }));
  }

  std::set<std::string> protected_with_holders() {
    return must(store::read(*world_.store, [&](store::UnitOfWork& unit) -> Result<std::set<std::string>> {
      std::set<std::string> found;
      auto& workspace = unit.workspace(world_.workspace);
      ROLECALL_TRY_ASSIGN(const auto roles, workspace.roles().list());
      for (const auto& role : roles) {
        if (!role.is_protected) continue;
        ROLECALL_TRY_ASSIGN(const auto holders, workspace.grants().holders_of(role.id));
        if (!holders.empty()) found.insert(role.name);
      }
      return found;
    }));
  }

  Random& random_;
  testing_support::World world_;
  ExplainedPast past_{world_};
  std::shared_ptr<const schema::Registry> registry_ = test::shipped_registry();
  provisioning::Environment environment_{*world_.store,  *registry_, *world_.folder, world_.clock, world_.ids,
                                         *world_.digest, {}};
  std::vector<provisioning::Caller> callers_;
  provisioning::Notices notices_;
  std::vector<store::ResourceRecord> users_;
  std::vector<store::ResourceRecord> groups_;
  std::vector<store::LinkRecord> links_;
  std::vector<access::Role> roles_;
  std::set<std::string> gone_;
  std::vector<std::string> names_of_gone_;
  std::set<int> causes_seen_;
  std::string said_;
  std::size_t done_ = 0;
  std::size_t refused_ = 0;
  std::size_t returned_ = 0;
  std::size_t adopted_ = 0;
};

void run(bool in_memory, std::size_t operations, std::uint64_t seed = seed_of_this_run()) {
  Random random(seed);
  Idps idps(random, in_memory);
  for (std::size_t i = 0; i < operations; ++i) {
    idps.step(i);
    if (testing::Test::HasFailure()) FAIL() << "ROLECALL_PROPERTY_SEED=" << seed;
  }
  idps.finish();
}

TEST(ProvisioningRoles, OnADatabase_EqualARecomputationAfterEveryOperation) { run(false, scaled(600)); }

TEST(ProvisioningRoles, InMemory_EqualARecomputationAfterEveryOperation) {
  const std::size_t worlds = scaled(10);
  for (std::size_t world = 0; world < worlds && !HasFailure(); ++world) run(true, 2'000, seed_of_this_run() + world);
}

}  // namespace
}  // namespace rolecall::property
