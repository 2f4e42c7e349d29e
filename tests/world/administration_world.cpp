#include "administration_world.hpp"

namespace rolecall::testing_support {

std::string read_source(const std::string& path) {
  std::ifstream file(std::string(ROLECALL_SOURCE_DIR) + "/" + path);
  EXPECT_TRUE(file) << path;
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

administration::PrivilegedDefaults confirmed_defaults() {
  std::vector<std::string> roles{"Super Admin", "IT Admin", "HR Admin", "Finance Admin", "Ops Admin", "IT Agent",
                                 "Team 1",      "Team 2",   "Team 3",   "Nobody's",      "New",       "Old"};
  for (int i = 0; i < 12; ++i) roles.push_back("Custom " + std::to_string(i));
  std::string text;
  for (const char* connection : {"okta", "entra", "idp"}) {
    for (const std::string& role : roles) text.append(connection).append("=").append(role).append(",");
  }
  return *administration::PrivilegedDefaults::parse(text);
}

std::string CountingIds::next() {
  std::string digits = std::to_string(++count_);
  return "00000000-0000-7000-8000-" + std::string(12 - digits.size(), '0') + digits;
}

TempDirectory::TempDirectory(IdGenerator& ids)
    : path_(std::filesystem::temp_directory_path() / ("rolecall-" + ids.next())) {
  std::filesystem::create_directories(path_);
}

TempDirectory::~TempDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

World::World(const OpenStore& open)
    : digest(adapter::crypto::make_digest()),
      random(adapter::crypto::make_random_source()),
      real_ids(adapter::crypto::make_id_generator(*random, system_clock)),
      folder(adapter::icu::make_text_folder()),
      directory(*real_ids),
      store(open(directory.path(), *folder, clock)),
      catalogue(*access::load_catalogue(read_source("schemas/permissions.json"), read_source("schemas/roles.json"))),
      tokens(*store, *digest),
      sealer(adapter::crypto::make_sealer(Secret("a key of a test, which is long enough"), *random)),
      environment{*store, catalogue, *folder, clock, ids, *random, *digest, &tokens, sealer.get(), &confirmed} {
  auto booted = administration::bootstrap(environment, system);
  EXPECT_TRUE(booted) << (booted ? "" : booted.error().detail + booted.error().note);
  workspace = booted->workspace.id;
  okta = administration::get_connection(environment, workspace, "okta")->id;
}

Result<void> World::push_to(const WorkspaceId& where, const Push& work) {
  return environment.store.write([&](store::UnitOfWork& unit) -> Result<void> {
    store::Workspace& reached = unit.workspace(where);
    audit::Trail trail(reached, *digest, clock.now(), "token:test", RequestId("request"));
    return work(reached, trail);
  });
}

ResourceId World::add_user(const std::string& name, const std::string& sent_default, bool is_active) {
  const ResourceId id(ids.next());
  const auto done = push([&](store::Workspace& reached, audit::Trail& trail) -> Result<void> {
    store::ResourceRecord user = resource("User", id, name);
    user.is_active = is_active;
    user.default_role = sent_default;
    ROLECALL_TRY(reached.resources().insert(user, {{"userName", 0, user.unique_key}}));
    ROLECALL_TRY(granting::note_name(reached, user, clock.now()));
    return granting::recompute_user(reached, user, trail, *folder);
  });
  EXPECT_TRUE(done) << (done ? "" : done.error().detail + done.error().note);
  return id;
}

ResourceId World::add_group_to(const ConnectionId& connection, const std::string& name) {
  const ResourceId id(ids.next());
  const auto done = push([&](store::Workspace& reached, audit::Trail&) -> Result<void> {
    store::ResourceRecord group = resource("Group", id, name);
    group.connection = connection;
    ROLECALL_TRY(reached.resources().insert(group, {{"displayName", 0, group.unique_key}}));
    return granting::note_name(reached, group, clock.now());
  });
  EXPECT_TRUE(done) << (done ? "" : done.error().detail + done.error().note);
  return id;
}

Result<void> World::join(const ResourceId& user, const ResourceId& group) {
  return push([&](store::Workspace& reached, audit::Trail& trail) -> Result<void> {
    ROLECALL_TRY(reached.members().add(group, user, "User", clock.now()));
    return recompute(reached, user, trail);
  });
}

Result<void> World::leave(const ResourceId& user, const ResourceId& group) {
  return push([&](store::Workspace& reached, audit::Trail& trail) -> Result<void> {
    ROLECALL_TRY(reached.members().remove(group, user));
    return recompute(reached, user, trail);
  });
}

Result<void> World::set_active(const ResourceId& user, bool is_active) {
  return change_user(user, [&](store::ResourceRecord& record) { record.is_active = is_active; });
}

Result<void> World::send_default(const ResourceId& user, const std::string& role) {
  return change_user(user, [&](store::ResourceRecord& record) { record.default_role = role; });
}

Result<void> World::send_roles(const ResourceId& user, const std::vector<SentRole>& roles) {
  std::vector<resource::IndexEntry> index;
  json::Array elements;
  for (const auto& role : roles) {
    json::Object element;
    const auto add = [&](const std::string& name, const std::string& text) {
      if (text.empty()) return;
      element.append(name, text);
      index.push_back({"roles." + name, static_cast<int>(elements.size()), folder->fold(text)});
    };
    add("value", role.value);
    add("display", role.display);
    elements.emplace_back(std::move(element));
  }
  const json::Object document{{"userName", "x"}, {"roles", std::move(elements)}};
  sent_roles_[user] = std::move(index);
  return change_user(user, [&](store::ResourceRecord& record) { record.document = json::write(document); });
}

Result<void> World::delete_user(const ResourceId& user) {
  return push([&](store::Workspace& reached, audit::Trail& trail) -> Result<void> {
    ROLECALL_TRY_ASSIGN(const auto record, reached.resources().find_anywhere("User", user));
    ROLECALL_TRY(granting::revoke_everything(reached, *record, trail));
    ROLECALL_TRY(granting::forget_direct_grants(reached, *record, trail));
    ROLECALL_TRY(reached.resources().remove("User", user));
    return {};
  });
}

std::vector<std::string> World::roles_of(const ResourceId& user) {
  const auto view = administration::get_user(environment, workspace, user.value());
  EXPECT_TRUE(view) << (view ? "" : view.error().detail);
  std::vector<std::string> names;
  if (!view) return names;
  for (const auto& role : view->roles) names.push_back(role.name);
  return names;
}

ResourceId World::group_of_role_in(const ConnectionId& connection, const std::string& role_name) {
  const auto groups = store::read(*store, [&](store::UnitOfWork& unit) -> Result<ResourceId> {
    auto& reached = unit.workspace(workspace);
    ROLECALL_TRY_ASSIGN(const auto role, reached.roles().find_by_key(folder->fold(role_name)));
    if (!role) return ResourceId();
    ROLECALL_TRY_ASSIGN(const auto listed, reached.roles().groups_of(role->id));
    for (const auto& role_group : listed) {
      if (role_group.connection == connection) return role_group.group;
    }
    return ResourceId();
  });
  EXPECT_TRUE(groups);
  return groups ? *groups : ResourceId();
}

administration::LinkView World::link(const std::string& group, const std::string& role) {
  auto made = administration::create_link(environment, workspace, admin, {group, "", role});
  EXPECT_TRUE(made) << (made ? "" : made.error().detail + made.error().note);
  return made ? *made : administration::LinkView();
}

store::ResourceRecord World::resource(const std::string& type, const ResourceId& id, const std::string& name) const {
  store::ResourceRecord record;
  record.id = id;
  record.type = type;
  record.connection = okta;
  record.created = clock.now();
  record.last_modified = clock.now();
  record.unique_key = folder->fold(name);
  record.display = name;
  record.document = type == "User" ? R"({"userName":"x"})" : R"({"displayName":"x"})";
  return record;
}

Result<void> World::change_user(const ResourceId& user, const std::function<void(store::ResourceRecord&)>& edit) {
  return push([&](store::Workspace& reached, audit::Trail& trail) -> Result<void> {
    ROLECALL_TRY_ASSIGN(auto record, reached.resources().find_anywhere("User", user));
    const Version expected = record->version;
    edit(*record);
    record->version = Version{expected.number + 1};
    auto index = sent_roles_[user];
    index.push_back({"userName", 0, record->unique_key});
    ROLECALL_TRY_ASSIGN(const bool is_done, reached.resources().update(*record, index, expected));
    if (!is_done) return internal_error("the test's user changed under it");
    return granting::recompute_user(reached, *record, trail, *folder);
  });
}

Result<void> World::recompute(store::Workspace& reached, const ResourceId& user, audit::Trail& trail) const {
  ROLECALL_TRY_ASSIGN(const auto record, reached.resources().find_anywhere("User", user));
  return granting::recompute_user(reached, *record, trail, *folder);
}

}  // namespace rolecall::testing_support
