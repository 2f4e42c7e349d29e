#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "generator.hpp"
#include "rolecall/decision/decision.hpp"
#include "rolecall/decision/search.hpp"
#include "rolecall/json/parse.hpp"
#include "rolecall/json/write.hpp"
#include "rolecall/patch/dialect.hpp"
#include "rolecall/patch/message.hpp"
#include "rolecall/provisioning/provisioning.hpp"
#include "rolecall/resource/document.hpp"
#include "unit/scim/case_files.hpp"
#include "world/administration_world.hpp"

// Changes and questions in turn, through the use cases and with a clock that stands still: whatever an IdP or an admin
// did, the very next decision knows it, and so do the searches. The rule is said a second time here, with sets.

namespace rolecall::property {
namespace {

constexpr std::size_t kUsers = 8;
constexpr std::size_t kGroups = 4;
constexpr std::size_t kRoles = 4;
constexpr std::size_t kQuestions = 6;

const std::vector<std::string> kPermissions{"requests.view", "requests.reply", "requests.delete", "tags.use"};
const std::vector<std::string> kScopes{"", "@own", "@department"};
const std::vector<std::string> kDepartments{"Legal", "Sales", "Finance"};

struct User {
  ResourceId id;
  std::string mail;
  std::string department;
  bool is_active = true;
  std::set<std::size_t> groups;
  std::set<std::string> direct;
};

class Interleaving {
 public:
  Interleaving(Random& random, bool in_memory) : random_(random), world_(in_memory) {
    administration::NewConnection connection;
    connection.name = "idp";
    connection.unknown_groups = store::UnknownGroupPolicy::keep_unlinked;
    const auto made =
        must(administration::create_connection(world_.environment, world_.workspace, world_.admin, connection));
    caller_ = {world_.workspace, made.id, TokenId("t"), RequestId("request")};
    roles_["IT Agent"] = permissions_of("IT Agent");
    for (std::size_t i = 0; i < kRoles; ++i) {
      const std::string name = "role " + std::to_string(i);
      roles_[name] = {};
      must(administration::create_role(world_.environment, world_.workspace, world_.admin, {name, "", {}}));
    }
    for (std::size_t i = 0; i < kGroups; ++i) {
      const auto view =
          must(provisioning::create(environment_, caller_, type("Group"),
                                    json::Object{{"displayName", "group " + std::to_string(i)}}, {}, notices_));
      groups_.push_back(view.record.id);
    }
  }

  void step(std::size_t number) {
    said_ = "operation " + std::to_string(number) + ": ";
    change();
    for (std::size_t i = 0; i < kQuestions; ++i) ask();
    search();
  }

  void finish() const {
    EXPECT_GT(allowed_, 0U) << "nothing was ever allowed";
    EXPECT_GT(denied_, allowed_ / 20) << "hardly anything was ever denied";
    EXPECT_GT(found_, 0U) << "no search ever found anybody";
  }

 private:
  template <typename T>
  T must(Result<T> result) {
    if (!result) throw std::runtime_error(said_ + result.error().detail + " | " + result.error().note);
    if constexpr (!std::is_void_v<T>) return std::move(*result);
  }
  [[nodiscard]] const schema::ResourceType& type(std::string_view name) const { return *registry_->find_type(name); }
  std::set<std::string> permissions_of(const std::string& role) {
    const auto found = must(administration::get_role(world_.environment, world_.workspace, role));
    return {found.permissions.begin(), found.permissions.end()};
  }
  std::string some_name() { return "User" + std::to_string(random_.below(kUsers)) + "@Example.com"; }
  std::string some_role() {
    return std::next(roles_.begin(), static_cast<std::ptrdiff_t>(random_.below(roles_.size())))->first;
  }

  // The changes.
  void change() {
    const std::string name = some_name();
    const auto user = users_.find(name);
    if (user == users_.end()) return add_user(name);
    switch (random_.below(10)) {
      case 0:
        return remove_user(name);
      case 1:
      case 2:
        return set_active(name, user->second);
      case 3:
      case 4:
        return join_or_leave(name, user->second);
      case 5:
        return link_or_unlink();
      case 6:
        return pause_or_resume();
      case 7:
        return set_permissions();
      case 8:
        return move(name, user->second);
      default:
        return grant_or_revoke(name, user->second);
    }
  }

  void add_user(const std::string& name) {
    said_ += "add " + name;
    User user;
    user.department = random_.of(kDepartments);
    user.mail = "mail-of-" + name;
    const auto view = must(provisioning::create(
        environment_, caller_, type("User"),
        json::Object{{"userName", name},
                     {"emails", json::Array{json::Object{{"value", user.mail}, {"type", "work"}}}},
                     {std::string(resource::kEnterpriseUserExtension), json::Object{{"department", user.department}}}},
        {}, notices_));
    user.id = view.record.id;
    users_[name] = user;
  }

  void remove_user(const std::string& name) {
    said_ += "remove " + name;
    must(provisioning::remove(environment_, caller_, type("User"), users_[name].id, {}, notices_));
    users_.erase(name);
  }

  void patch(const char* type_name, const ResourceId& id, const std::string& operation) {
    said_ += "PATCH " + id.value() + " " + operation;
    const auto message = json::parse(R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[)" +
                                     operation + "]}");
    const auto resolved =
        must(patch::resolve(*patch::parse_message(*message), type(type_name), patch::okta_dialect(), id.value()));
    must(provisioning::patch(environment_, caller_, type(type_name), id, resolved, {}, {}, notices_));
  }

  void set_active(const std::string&, User& user) {
    user.is_active = !user.is_active;
    patch("User", user.id,
          std::string(R"({"op":"replace","value":{"active":)") + (user.is_active ? "true" : "false") + "}}");
  }

  void join_or_leave(const std::string&, User& user) {
    const std::size_t group = random_.below(kGroups);
    if (user.groups.erase(group) != 0) {
      return patch("Group", groups_[group],
                   R"({"op":"remove","path":"members[value eq \")" + user.id.value() + R"(\"]"})");
    }
    user.groups.insert(group);
    patch("Group", groups_[group], R"({"op":"add","path":"members","value":[{"value":")" + user.id.value() + R"("}]})");
  }

  void move(const std::string&, User& user) {
    user.department = random_.of(kDepartments);
    patch("User", user.id,
          R"({"op":"replace","path":")" + std::string(resource::kEnterpriseUserExtension) +
              R"(:department","value":")" + user.department + R"("})");
  }

  void link_or_unlink() {
    const auto key = std::make_pair(random_.below(kGroups), some_role());
    if (const auto link = links_.find(key); link != links_.end()) {
      said_ += "unlink " + key.second;
      must(administration::remove_link(world_.environment, world_.workspace, world_.admin, link->second.first));
      links_.erase(link);
      return;
    }
    said_ += "link group " + std::to_string(key.first) + " to " + key.second;
    const auto made = must(administration::create_link(world_.environment, world_.workspace, world_.admin,
                                                       {groups_[key.first].value(), "", key.second}));
    links_[key] = {made.link.id, true};
  }

  void pause_or_resume() {
    if (links_.empty()) return link_or_unlink();
    auto& [id, is_active] =
        std::next(links_.begin(), static_cast<std::ptrdiff_t>(random_.below(links_.size())))->second;
    said_ += (is_active ? "pause " : "resume ") + id.value();
    must(is_active ? administration::pause_link(world_.environment, world_.workspace, world_.admin, id)
                   : administration::resume_link(world_.environment, world_.workspace, world_.admin, id));
    is_active = !is_active;
  }

  void set_permissions() {
    const std::string role = some_role();
    std::vector<std::string> wanted;
    for (const auto& permission : kPermissions) {
      for (const auto& scope : kScopes) {
        if (random_.one_in(5)) wanted.push_back(permission + scope);
      }
    }
    said_ += "permissions of " + role + ": " + std::to_string(wanted.size());
    must(administration::update_role(world_.environment, world_.workspace, world_.admin, role, {std::nullopt, wanted}));
    roles_[role] = {wanted.begin(), wanted.end()};
  }

  void grant_or_revoke(const std::string& name, User& user) {
    const std::string role = some_role();
    said_ += "grant or revoke " + role + " of " + name;
    if (user.direct.erase(role) != 0) {
      must(administration::revoke_direct(world_.environment, world_.workspace, world_.admin, user.id.value(), role));
      return;
    }
    must(administration::grant_direct(world_.environment, world_.workspace, world_.admin, user.id.value(), role));
    user.direct.insert(role);
  }

  // The rule, from nothing but its inputs.
  [[nodiscard]] std::set<std::string> permissions(const User& user) const {
    std::set<std::string> roles = user.direct;
    for (const auto& [key, link] : links_) {
      if (link.second && user.groups.count(key.first) != 0) roles.insert(key.second);
    }
    if (roles.empty()) roles.insert("IT Agent");
    std::set<std::string> all;
    for (const auto& role : roles) all.insert(roles_.at(role).begin(), roles_.at(role).end());
    return all;
  }

  [[nodiscard]] bool should_be_allowed(const std::string& name, const decision::Question& question) const {
    const auto found = users_.find(name);
    if (found == users_.end() || !found->second.is_active) return false;
    const User& user = found->second;
    const auto held = permissions(user);
    const std::string& permission = question.action.name;
    if (held.count(permission) != 0) return true;
    const auto is = [&](const char* property, const std::string& value) {
      const json::Value* sent = question.resource.properties.find(property);
      return sent != nullptr && ascii_lower(*sent->as_string()) == ascii_lower(value);
    };
    if (held.count(permission + "@department") != 0 && is("department", user.department)) return true;
    return held.count(permission + "@own") != 0 &&
           (is("ownerID", user.id.value()) || is("ownerID", name) || is("owner", user.mail));
  }

  decision::Question some_question() {
    decision::Question question;
    const std::string name = some_name();
    const auto user = users_.find(name);
    question.subject = {"user", user != users_.end() && random_.one_in(2) ? user->second.id.value() : name, {}};
    question.action.name = random_.of(kPermissions);
    question.resource = {question.action.name.substr(0, question.action.name.find('.')), "7", {}};
    if (random_.one_in(4)) question.resource = {"workspace", "default", {}};
    if (random_.one_in(2)) {
      // Mostly one's own: another's is the rule without it.
      const std::string owner = random_.one_in(3) ? some_name() : name;
      const auto known = users_.find(owner);
      const std::string id = known != users_.end() ? known->second.id.value() : "nobody";
      if (random_.one_in(3)) {
        question.resource.properties.set("owner", "MAIL-of-" + owner);
      } else {
        question.resource.properties.set("ownerID", random_.one_in(2) ? id : ascii_lower(owner));
      }
    }
    if (random_.one_in(2)) question.resource.properties.set("department", random_.of(kDepartments));
    return question;
  }

  std::string name_of(const decision::Question& question) const {
    for (const auto& [name, user] : users_) {
      if (user.id.value() == question.subject.id) return name;
    }
    return question.subject.id;
  }

  // The questions.
  void ask() {
    const auto question = some_question();
    const auto answer = must(decision::evaluate(decisions_, world_.workspace, question));
    const bool expected = should_be_allowed(name_of(question), question);
    EXPECT_EQ(answer.is_allowed, expected) << said_ << "\nthen " << question.subject.id << " " << question.action.name
                                           << " " << json::write(question.resource.properties);
    EXPECT_EQ(answer.reason.empty(), answer.is_allowed);
    ++(expected ? allowed_ : denied_);
  }

  template <typename F>
  std::set<std::string> all_of(F&& search, const decision::Question& question) {
    std::set<std::string> found;
    decision::Page page{{}, static_cast<std::int64_t>(1 + random_.below(3))};
    do {
      const auto some = must(search(decisions_, world_.workspace, question, page));
      EXPECT_LE(some.entities.size(), static_cast<std::size_t>(page.limit));
      for (const auto& entity : some.entities) EXPECT_TRUE(found.insert(entity.id).second) << entity.id << " twice";
      page.after = some.next;
    } while (!page.after.empty());
    return found;
  }

  void search() {
    auto question = some_question();
    std::set<std::string> expected;
    for (const auto& [name, user] : users_) {
      if (should_be_allowed(name, question)) expected.insert(name);
    }
    EXPECT_EQ(all_of(decision::search_subjects, question), expected)
        << said_ << "\nthen who may " << question.action.name << " " << json::write(question.resource.properties);
    found_ += expected.size();
    expected.clear();
    const bool is_workspace = question.resource.type == "workspace";
    for (const auto& permission : world_.catalogue.permissions) {
      if (!is_workspace && permission.feature != question.resource.type) continue;
      auto asked = question;
      asked.action.name = permission.name;
      if (!should_be_allowed(name_of(question), asked)) continue;
      expected.insert(is_workspace ? permission.name : permission.name.substr(permission.feature.size() + 1));
    }
    EXPECT_EQ(all_of(decision::search_actions, question), expected)
        << said_ << "\nthen what may " << question.subject.id;
  }

  Random& random_;
  testing_support::World world_;
  std::shared_ptr<const schema::Registry> registry_ = test::shipped_registry();
  provisioning::Environment environment_{*world_.store,  *registry_, *world_.folder, world_.clock, world_.ids,
                                         *world_.digest, {}};
  decision::Environment decisions_{*world_.store, world_.catalogue, *registry_, *world_.folder};
  provisioning::Caller caller_;
  provisioning::Notices notices_;
  std::map<std::string, User> users_;
  std::vector<ResourceId> groups_;
  std::map<std::string, std::set<std::string>> roles_;
  std::map<std::pair<std::size_t, std::string>, std::pair<LinkId, bool>> links_;  ///< group and role → link, active
  std::string said_;
  std::size_t allowed_ = 0;
  std::size_t denied_ = 0;
  std::size_t found_ = 0;
};

void run(bool in_memory, std::size_t operations) {
  const std::uint64_t seed = seed_of_this_run();
  Random random(seed);
  Interleaving interleaving(random, in_memory);
  for (std::size_t i = 0; i < operations; ++i) {
    interleaving.step(i);
    if (testing::Test::HasFailure()) FAIL() << "ROLECALL_PROPERTY_SEED=" << seed;
  }
  interleaving.finish();
}

TEST(DecisionInterleaving, OnADatabase_EveryDecisionKnowsTheChangeBeforeIt) { run(false, scaled(400)); }

TEST(DecisionInterleaving, InMemory_EveryDecisionKnowsTheChangeBeforeIt) { run(true, scaled(1'500)); }

}  // namespace
}  // namespace rolecall::property
