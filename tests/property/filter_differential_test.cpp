#include <gtest/gtest.h>

#include <algorithm>

#include "generator.hpp"
#include "rolecall/base/timestamp.hpp"
#include "rolecall/filter/evaluate.hpp"
#include "rolecall/filter/parse.hpp"
#include "rolecall/json/parse.hpp"
#include "rolecall/json/write.hpp"
#include "rolecall/patch/dialect.hpp"
#include "rolecall/patch/message.hpp"
#include "rolecall/provisioning/provisioning.hpp"
#include "rolecall/resource/key.hpp"
#include "unit/scim/case_files.hpp"
#include "world/administration_world.hpp"

// What the database answers to a filter, a sort attribute and a page must be what the pure evaluator, a plain sort and
// a plain slice make of everything the connection can see.

namespace rolecall::property {
namespace {

constexpr std::size_t kRounds = 5;
constexpr std::size_t kUsersPerRound = 25;
constexpr std::size_t kGroupsPerRound = 4;
constexpr std::size_t kCasesPerRound = 2'000;
constexpr const char* kBase = "https://scim.example.com/scim/v2";

/// One resource as a client sees it, put together from what the use case answers.
struct Seen {
  std::string id;
  json::Object representation;
};

/// A directory that keeps changing, behind the use cases.
class Directory {
 public:
  Directory(testing_support::World& world, const schema::Registry& registry, Random& random)
      : world_(world),
        random_(random),
        environment_{*world.store, registry, *world.folder, world.clock, world.ids, *world.digest, {}},
        registry_(registry) {
    EXPECT_TRUE(administration::set_unknown_groups(world.environment, world.workspace, world.admin, "okta",
                                                   store::UnknownGroupPolicy::keep_unlinked));
    administration::NewConnection second;
    second.name = "entra";
    entra_ = administration::create_connection(world.environment, world.workspace, world.admin, second)->id;
  }

  [[nodiscard]] const schema::ResourceType& type(std::string_view name) const { return *registry_.find_type(name); }
  [[nodiscard]] const provisioning::Caller& caller() const { return caller_; }

  void change() {
    for (std::size_t i = 0; i < kUsersPerRound; ++i) {
      add("User", caller_);
      if (i % 5 == 0) add("User", {world_.workspace, entra_, {}, {}});
    }
    for (std::size_t i = 0; i < kGroupsPerRound; ++i) add("Group", caller_);
    const auto users = ids_of("User");
    const auto groups = ids_of("Group");
    for (std::size_t i = 0; i < users.size() / 4; ++i) replace(random_.of(users));
    for (std::size_t i = 0; i < users.size(); ++i) {
      change_members(random_.of(groups), random_.one_in(8) ? random_.of(groups) : random_.of(users));
    }
    for (std::size_t i = 0; i < 3; ++i) remove("User", random_.of(users));
    remove("Group", random_.of(groups));
  }

  /// In order of id.
  std::vector<Seen> all(std::string_view type_name) {
    std::vector<Seen> found;
    for (const auto& id : ids_of(type_name)) {
      const auto view = provisioning::get(environment_, caller_, type(type_name), ResourceId(id), {true, true, true});
      EXPECT_TRUE(view) << id;
      if (view) found.push_back({id, representation_of(*view)});
    }
    return found;
  }

  Literals literals() {
    Literals found;
    found.ids = {"nobody", ""};
    found.instants = {"2020-01-01T00:00:00Z", "2099-12-31T23:59:59.999Z"};
    for (const char* name : {"User", "Group"}) {
      for (const auto& seen : all(name)) {
        found.ids.push_back(seen.id);
        collect_texts(seen.representation, found.texts);
      }
    }
    for (const auto& text : found.texts) {
      const auto instant = parse_timestamp(text);
      if (!instant) continue;
      found.instants.push_back(text);
      found.instants.push_back(to_timestamp(*instant + std::chrono::milliseconds(1)));
      // The same instant on another clock.
      std::string shifted = to_timestamp(*instant + std::chrono::hours(2));
      if (shifted.ends_with('Z')) found.instants.push_back(shifted.substr(0, shifted.size() - 1) + "+02:00");
    }
    return found;
  }

 private:
  void advance() { world_.clock.advance(std::chrono::microseconds(random_.below(1'000'000))); }

  std::string some_name() {
    ++named_;
    std::string name = some_text(random_);
    return random_.one_in(3) && !name.empty() ? name : "n" + std::to_string(named_) + some_word();
  }
  std::string some_word() { return random_.one_in(2) ? "@example.com" : "_%'\xC3\x89"; }

  void add(std::string_view type_name, const provisioning::Caller& by) {
    advance();
    const std::string body =
        type_name == "User" ? some_user(random_, some_name()) : json::write(json::Object{{"displayName", some_name()}});
    const auto made =
        provisioning::create(environment_, by, type(type_name), *json::parse(body)->as_object(), {}, notices_);
    if (!made) {
      EXPECT_EQ(made.error().code, ErrorCode::uniqueness) << made.error().detail << made.error().note << body;
    }
  }

  void replace(const std::string& id) {
    advance();
    const std::string body = some_user(random_, some_name());
    const auto done = provisioning::replace(environment_, caller_, type("User"), ResourceId(id),
                                            *json::parse(body)->as_object(), {}, {}, notices_);
    if (!done) {
      EXPECT_EQ(done.error().code, ErrorCode::uniqueness) << done.error().detail << done.error().note << body;
    }
  }

  void change_members(const std::string& group, const std::string& member) {
    advance();
    const std::string operation = random_.one_in(4)
                                      ? R"({"op":"remove","path":"members[value eq \")" + member + R"(\"]"})"
                                      : R"({"op":"add","path":"members","value":[{"value":")" + member + R"("}]})";
    const auto message = json::parse(R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[)" +
                                     operation + "]}");
    const auto operations = patch::parse_message(*message);
    const auto resolved = patch::resolve(*operations, type("Group"), patch::okta_dialect(), group);
    ASSERT_TRUE(resolved) << resolved.error().detail;
    // A group that would contain itself, for one, is refused.
    const auto done =
        provisioning::patch(environment_, caller_, type("Group"), ResourceId(group), *resolved, {}, {}, notices_);
    if (!done) {
      EXPECT_NE(done.error().code, ErrorCode::internal) << done.error().note;
    }
  }

  void remove(std::string_view type_name, const std::string& id) {
    advance();
    const auto done = provisioning::remove(environment_, caller_, type(type_name), ResourceId(id), {}, notices_);
    if (!done) {
      EXPECT_EQ(done.error().code, ErrorCode::not_found) << done.error().detail << done.error().note;
    }
  }

  /// From the workspace's list, which knows nothing of queries.
  std::vector<std::string> ids_of(std::string_view type_name) {
    const auto listed = store::read(*world_.store, [&](store::UnitOfWork& unit) {
      return unit.workspace(world_.workspace).resources().list(type_name, {}, 100'000);
    });
    EXPECT_TRUE(listed);
    std::vector<std::string> ids;
    for (const auto& record : *listed) {
      if (record.connection == world_.okta) ids.push_back(record.id.value());
    }
    std::sort(ids.begin(), ids.end());
    return ids;
  }

  [[nodiscard]] json::Object representation_of(const provisioning::View& view) const {
    const auto& record = view.record;
    json::Object shown = *json::parse(record.document)->as_object();
    shown.set("id", record.id.value());
    json::Array groups;
    for (const auto& group : view.groups) {
      groups.emplace_back(
          element(group.group.value(), group.display, "/Groups/", group.is_direct ? "direct" : "indirect"));
    }
    if (!groups.empty()) shown.set("groups", std::move(groups));
    json::Array members;
    for (const auto& member : view.members) {
      const char* endpoint = member.type == "Group" ? "/Groups/" : "/Users/";
      members.emplace_back(element(member.member.value(), member.display, endpoint, member.type));
    }
    if (!members.empty()) shown.set("members", std::move(members));
    if (!view.roles.empty()) add_roles(shown, view.roles);
    shown.set("meta", json::Object{{"resourceType", record.type},
                                   {"created", to_timestamp(record.created)},
                                   {"lastModified", to_timestamp(record.last_modified)},
                                   {"location", kBase + type(record.type).endpoint + "/" + record.id.value()},
                                   {"version", "W/\"" + std::to_string(record.version.number) + "\""}});
    return shown;
  }
  static void add_roles(json::Object& shown, const std::vector<store::HeldRoleRecord>& roles) {
    const std::string urn = "urn:ietf:params:scim:schemas:extension:rolecall:2.0:User";
    json::Array elements;
    for (const auto& held : roles) {
      elements.emplace_back(
          json::Object{{"value", held.role.value()}, {"display", held.name}, {"cause", access::name_of(held.cause)}});
    }
    if (shown.find(urn) == nullptr) {
      shown.set(urn, json::Object{});
      shown.find("schemas")->as_array()->emplace_back(urn);
    }
    shown.find(urn)->as_object()->set("effectiveRoles", std::move(elements));
  }
  static json::Value element(const std::string& id, const std::string& display, const std::string& endpoint,
                             const std::string& type) {
    json::Object made{{"value", id}, {"$ref", kBase + endpoint + id}, {"type", type}};
    if (!display.empty()) made.set("display", display);
    return made;
  }

  static void collect_texts(const json::Value& value, std::vector<std::string>& texts) {
    if (const auto* text = value.as_string()) texts.push_back(*text);
    if (const auto* items = value.as_array()) {
      for (const auto& item : *items) collect_texts(item, texts);
    }
    if (const auto* object = value.as_object()) {
      for (const auto& [name, member] : *object) collect_texts(member, texts);
    }
  }

  testing_support::World& world_;
  Random& random_;
  provisioning::Environment environment_;
  const schema::Registry& registry_;
  provisioning::Caller caller_{world_.workspace, world_.okta, TokenId("test"), RequestId("request")};
  ConnectionId entra_;
  provisioning::Notices notices_;
  std::size_t named_ = 0;
};

const json::Value* value_at(const schema::AttributePath& path, const json::Object& resource) {
  const json::Value* holder = path.extension != nullptr ? resource.find(path.extension->id) : nullptr;
  if (path.extension != nullptr && holder == nullptr) return nullptr;
  const json::Value* value = (path.extension != nullptr ? *holder->as_object() : resource).find(path.attribute->name);
  if (value == nullptr || !value->is_array()) return value;
  // RFC 7644 §3.4.2.3: the primary one, or else the first.
  for (const auto& item : *value->as_array()) {
    const json::Value* primary = item.is_object() ? item.as_object()->find("primary") : nullptr;
    if (primary != nullptr && *primary == json::Value(true)) return &item;
  }
  return value->as_array()->empty() ? nullptr : &value->as_array()->front();
}

std::optional<std::string> sort_key(const schema::AttributePath& path, const json::Object& resource,
                                    const TextFolder& folder) {
  const json::Value* value = value_at(path, resource);
  if (value != nullptr && path.sub_attribute != nullptr) {
    value = value->is_object() ? value->as_object()->find(path.sub_attribute->name) : nullptr;
  }
  return value != nullptr ? schema::key_of(path.leaf(), *value, folder) : std::nullopt;
}

struct Case {
  std::string filter;
  std::optional<schema::AttributePath> sort_by;
  bool descending = false;
  std::int64_t start_index = 1;
  std::int64_t count = 100;
};

std::ostream& operator<<(std::ostream& out, const Case& asked) {
  out << "filter: " << asked.filter << "\n";
  if (asked.sort_by) out << "sortBy " << asked.sort_by->to_string() << (asked.descending ? " descending" : "") << "\n";
  return out << "startIndex " << asked.start_index << ", count " << asked.count;
}

/// One engine, and the type of resource asked for. One more engine is one more row in engines().
struct Engine {
  std::string name;
  testing_support::OpenStore open;
};
const std::vector<Engine>& engines() {
  static const std::vector<Engine> kEngines = [] {
    std::vector<Engine> all{{"Sqlite", testing_support::open_sqlite}};
    if (contract::postgresql_address() != nullptr) all.push_back({"Postgresql", testing_support::open_postgresql});
    return all;
  }();
  return kEngines;
}
std::ostream& operator<<(std::ostream& out, const Engine& engine) { return out << engine.name; }

class FilterDifferential : public testing::TestWithParam<std::tuple<Engine, const char*>> {
 protected:
  Case some_case(const Literals& literals, std::size_t resources) {
    Case asked;
    if (!random.one_in(20)) asked.filter = some_filter(random, type(), paths, literals);
    if (random.one_in(2)) {
      asked.sort_by = random.of(paths);
      if (asked.sort_by->leaf().type == schema::Type::complex) asked.sort_by.reset();
    }
    asked.descending = random.one_in(2);
    asked.start_index = random.one_in(2) ? 1 : static_cast<std::int64_t>(1 + random.below(resources + 2));
    asked.count = static_cast<std::int64_t>(random.one_in(2) ? 1'000 : random.below(12));
    return asked;
  }

  /// The filter as the parser reads it; none for one that is too long to be read.
  std::optional<store::ResourceQuery> query_of(const Case& asked) {
    store::ResourceQuery query;
    query.type = &type();
    query.base = kBase;
    query.sort_by = asked.sort_by;
    query.descending = asked.descending;
    query.start_index = asked.start_index;
    query.count = asked.count;
    if (asked.filter.empty()) return query;
    auto parsed = filter::parse(asked.filter, type());
    if (!parsed) {
      EXPECT_GT(asked.filter.size(), filter::Limits().bytes) << parsed.error().detail << "\n" << asked.filter;
      return std::nullopt;
    }
    query.filter = std::move(*parsed);
    return query;
  }

  void compare(const Case& asked, const std::vector<Seen>& everything) {
    const auto query = query_of(asked);
    if (!query) return;
    std::vector<const Seen*> matching;
    for (const auto& seen : everything) {
      if (!query->filter || filter::matches(*query->filter, seen.representation, *world.folder)) {
        matching.push_back(&seen);
      }
    }
    if (asked.sort_by) sort(asked, matching);
    std::vector<std::string> expected;
    for (auto i = static_cast<std::size_t>(asked.start_index - 1); i < matching.size(); ++i) {
      if (expected.size() == static_cast<std::size_t>(asked.count)) break;
      expected.push_back(matching[i]->id);
    }
    const auto page = store::read(*world.store, [&](store::UnitOfWork& unit) {
      return unit.workspace(world.workspace).resources().query(world.okta, *query);
    });
    ASSERT_TRUE(page) << page.error().note << "\n" << asked;
    std::vector<std::string> actual;
    for (const auto& record : page->resources) actual.push_back(record.id.value());
    ASSERT_EQ(page->total, static_cast<std::int64_t>(matching.size())) << asked;
    ASSERT_EQ(actual, expected) << asked;
    // Many pages for one list, so not each time.
    if (random.one_in(20)) walk(asked, *query, matching);
    some_matched += !matching.empty() && matching.size() < everything.size() ? 1 : 0;
  }

  store::ResourcePage run(const store::ResourceQuery& query) {
    auto page = store::read(*world.store, [&](store::UnitOfWork& unit) {
      return unit.workspace(world.workspace).resources().query(world.okta, query);
    });
    EXPECT_TRUE(page) << page.error().note;
    return page ? std::move(*page) : store::ResourcePage();
  }

  /// The same list from position to position, each page followed by the way back.
  void walk(const Case& asked, store::ResourceQuery query, const std::vector<const Seen*>& matching) {
    query.kind = store::ResourceQuery::Kind::walk;
    query.count = static_cast<std::int64_t>(1 + random.below(matching.size() + 2));
    std::vector<store::Position> before;
    std::size_t at = 0;
    while (true) {
      const auto page = run(query);
      ASSERT_EQ(page.total, static_cast<std::int64_t>(matching.size())) << asked;
      ASSERT_EQ(page.resources.size(), page.positions.size());
      ASSERT_EQ(page.has_before, at > 0) << asked;
      ASSERT_LE(at + page.resources.size(), matching.size()) << asked;
      for (const auto& record : page.resources) ASSERT_EQ(record.id.value(), matching[at++]->id) << asked;
      ASSERT_EQ(page.has_after, at < matching.size()) << asked;
      if (!before.empty()) {
        store::ResourceQuery back = query;
        back.from = store::Place{page.positions.front(), true, false};
        const auto again = run(back);
        ASSERT_EQ(again.positions, before) << asked;
        ASSERT_TRUE(again.has_after) << asked;
        ASSERT_EQ(again.has_before, at > page.positions.size() + before.size()) << asked;
      }
      if (!page.has_after) return;
      query.from = store::Place{page.positions.back(), false, false};
      before = page.positions;
    }
  }

  void sort(const Case& asked, std::vector<const Seen*>& matching) {
    using Keyed = std::pair<std::optional<std::string>, const Seen*>;
    std::vector<Keyed> keyed;
    for (const Seen* seen : matching) {
      keyed.emplace_back(sort_key(*asked.sort_by, seen->representation, *world.folder), seen);
    }
    std::stable_sort(keyed.begin(), keyed.end(), [&](const Keyed& a, const Keyed& b) {
      const auto& low = asked.descending ? b.first : a.first;
      const auto& high = asked.descending ? a.first : b.first;
      // Those without a value are the highest.
      if (!low || !high) return low.has_value() && !high.has_value();
      return *low < *high;
    });
    for (std::size_t i = 0; i < keyed.size(); ++i) matching[i] = keyed[i].second;
  }

  static const char* type_name() { return std::get<1>(GetParam()); }
  const schema::ResourceType& type() { return directory.type(type_name()); }

  std::uint64_t seed = seed_of_this_run();
  Random random{seed};
  testing_support::World world{std::get<0>(GetParam()).open};
  std::shared_ptr<const schema::Registry> registry = test::shipped_registry();
  Directory directory{world, *registry, random};
  std::vector<schema::AttributePath> paths = all_paths(type());
  std::size_t some_matched = 0;
};

TEST_P(FilterDifferential, DatabaseAndEvaluator_AgreeOnEveryPage) {
  const std::size_t cases = scaled(kCasesPerRound);
  for (std::size_t round = 0; round < kRounds; ++round) {
    directory.change();
    const auto literals = directory.literals();
    const auto everything = directory.all(type_name());
    ASSERT_GT(everything.size(), 5U);
    for (std::size_t i = 0; i < cases; ++i) {
      compare(some_case(literals, everything.size()), everything);
      if (HasFailure()) FAIL() << "ROLECALL_PROPERTY_SEED=" << seed << ", round " << round << ", case " << i;
    }
  }
  EXPECT_GT(some_matched, kRounds * cases / 10) << "most filters match all or nothing and so show little";
}

INSTANTIATE_TEST_SUITE_P(On, FilterDifferential,
                         testing::Combine(testing::ValuesIn(engines()), testing::Values("User", "Group")),
                         [](const auto& name) { return std::get<0>(name.param).name + std::get<1>(name.param); });

}  // namespace
}  // namespace rolecall::property
