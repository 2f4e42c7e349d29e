#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "rolecall/access/role.hpp"

namespace rolecall::access {
namespace {

constexpr const char* kPermissions = R"({"features": [
  {"name": "x", "title": "X", "permissions": [{"verb": "view", "description": "See."}, {"verb": "edit", "description": "Edit."}]},
  {"name": "y", "title": "Y", "permissions": [{"verb": "view", "description": "See."}]}]})";

std::string roles(const std::string& entries) { return R"({"roles": [)" + entries + "]}"; }

constexpr const char* kLow =
    R"({"name": "Low", "description": "d", "rank": 9, "default": true, "permissions": ["x.view"]})";

std::string read_source(const std::string& path) {
  std::ifstream file(std::string(ROLECALL_SOURCE_DIR) + "/" + path);
  EXPECT_TRUE(file) << path;
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

const Role& find(const Catalogue& catalogue, std::string_view name) {
  const auto found = std::find_if(catalogue.roles.begin(), catalogue.roles.end(),
                                  [&](const auto& shipped) { return shipped.role.name == name; });
  EXPECT_NE(found, catalogue.roles.end()) << name;
  return found->role;
}

Result<Catalogue> shipped() {
  return load_catalogue(read_source("schemas/permissions.json"), read_source("schemas/roles.json"));
}

TEST(Catalogue, Patterns_ExpandSortedAndSubtract) {
  const auto catalogue = load_catalogue(
      kPermissions, roles(std::string(kLow) +
                          R"(,{"name": "Mid", "description": "d", "rank": 5, "permissions": ["y.view", "x.*"]},
                             {"name": "Top", "description": "d", "rank": 1, "protected": true, "permissions": ["*"]},
                             {"name": "All but one", "description": "d", "rank": 2, "permissions": ["*"], "without": ["x.edit"]})"));
  ASSERT_TRUE(catalogue) << catalogue.error().detail;
  EXPECT_EQ(find(*catalogue, "Mid").permissions, (std::vector<std::string>{"x.edit", "x.view", "y.view"}));
  EXPECT_EQ(find(*catalogue, "All but one").permissions, (std::vector<std::string>{"x.view", "y.view"}));
  EXPECT_EQ(catalogue->roles.front().role.name, "Top") << "by rank";
  EXPECT_TRUE(catalogue->roles.front().role.is_protected);
  EXPECT_EQ(catalogue->roles.front().role.origin, RoleOrigin::shipped);
  EXPECT_TRUE(catalogue->knows("x.edit"));
  EXPECT_FALSE(catalogue->knows("x.*"));
  EXPECT_FALSE(catalogue->knows("x"));
}

struct BadCatalogue {
  const char* name;
  std::string permissions;
  std::string roles;
  const char* says;
};

class CatalogueRefusal : public testing::TestWithParam<BadCatalogue> {};

TEST_P(CatalogueRefusal, NamesFileAndReason) {
  const auto catalogue = load_catalogue(GetParam().permissions, GetParam().roles);
  ASSERT_FALSE(catalogue);
  EXPECT_NE(catalogue.error().detail.find(GetParam().says), std::string::npos) << catalogue.error().detail;
  EXPECT_NE(catalogue.error().detail.find("schemas/"), std::string::npos) << catalogue.error().detail;
}

INSTANTIATE_TEST_SUITE_P(
    Files, CatalogueRefusal,
    testing::Values(
        BadCatalogue{"NotJson", "{", roles(kLow), "permissions.json"},
        BadCatalogue{"NoFeatures", "{}", roles(kLow), "features"},
        BadCatalogue{
            "TwicePermission",
            R"({"features": [{"name": "x", "permissions": [{"verb": "view", "description": "d"}, {"verb": "view", "description": "d"}]}]})",
            roles(kLow), "x.view stands there twice"},
        BadCatalogue{"NoDescription", R"({"features": [{"name": "x", "permissions": [{"verb": "view"}]}]})",
                     roles(kLow), "description"},
        BadCatalogue{
            "UnknownPermission", kPermissions,
            roles(R"({"name": "A", "description": "d", "rank": 1, "default": true, "permissions": ["x.veiw"]})"),
            "x.veiw"},
        BadCatalogue{"UnknownFeaturePattern", kPermissions,
                     roles(R"({"name": "A", "description": "d", "rank": 1, "default": true, "permissions": ["z.*"]})"),
                     "z.*"},
        BadCatalogue{
            "UnknownMember", kPermissions,
            roles(R"({"name": "A", "description": "d", "rank": 1, "defualt": true, "permissions": ["x.view"]})"),
            "defualt"},
        BadCatalogue{"NoDefault", kPermissions,
                     roles(R"({"name": "A", "description": "d", "rank": 1, "permissions": ["x.view"]})"),
                     "must be the default"},
        BadCatalogue{
            "TwoDefaults", kPermissions,
            roles(std::string(kLow) +
                  R"(,{"name": "B", "description": "d", "rank": 1, "default": true, "permissions": ["x.view"]})"),
            "only one role"},
        BadCatalogue{
            "ProtectedDefault", kPermissions,
            roles(
                R"({"name": "A", "description": "d", "rank": 1, "default": true, "protected": true, "permissions": ["x.view"]})"),
            "must not be protected"},
        BadCatalogue{"DefaultNotLowest", kPermissions,
                     roles(R"({"name": "A", "description": "d", "rank": 1, "default": true, "permissions": ["x.*"]},
                              {"name": "B", "description": "d", "rank": 2, "permissions": ["y.view"]})"),
                     "B has fewer"},
        BadCatalogue{"TwiceRole", kPermissions, roles(std::string(kLow) + "," + kLow), "twice"},
        BadCatalogue{
            "RankNotWhole", kPermissions,
            roles(R"({"name": "A", "description": "d", "rank": 1.5, "default": true, "permissions": ["x.view"]})"),
            "rank"}),
    [](const auto& refusal) { return refusal.param.name; });

TEST(DataScopes, OwnFile_AddsFeaturesAndScopes) {
  const auto catalogue = load_catalogue(kPermissions, roles(kLow), R"({
    "features": [{"name": "todo", "permissions": [{"verb": "can_read", "description": "d"}]}],
    "scopes": [{"name": "own", "description": "d",
                "all": [{"one_of": ["resource.owner", "resource.made.by"], "equals": ["subject.userName"]},
                        {"one_of": ["context.network"], "in": ["office", 7, true]}]}]})");
  ASSERT_TRUE(catalogue) << catalogue.error().detail;
  EXPECT_TRUE(catalogue->knows("todo.can_read"));
  EXPECT_TRUE(catalogue->knows("todo.can_read@own"));
  EXPECT_TRUE(catalogue->knows("x.view@own"));
  for (const char* unknown :
       {"todo.can_read@", "todo.can_read@team", "todo@own", "@own", "todo.can_read@own@own", ""}) {
    EXPECT_FALSE(catalogue->knows(unknown)) << unknown;
  }
  const DataScope* own = catalogue->find_scope("own");
  ASSERT_NE(own, nullptr);
  ASSERT_EQ(own->all.size(), 2U);
  EXPECT_EQ(own->all[0].one_of[1], (Term{Term::Source::resource, "made.by"}));
  EXPECT_EQ(own->all[0].equals[0], (Term{Term::Source::subject, "userName"}));
  EXPECT_EQ(own->all[1].in.size(), 3U);
}

TEST(DataScopes, FaultyFile_IsRefusedWithItsFault) {
  const auto refusal = [](const std::string& own) {
    const auto catalogue = load_catalogue(kPermissions, roles(kLow), own);
    return catalogue ? "nothing" : catalogue.error().detail;
  };
  const auto scope = [](const std::string& all) {
    return R"({"scopes": [{"name": "s", "description": "d", "all": )" + all + "}]}";
  };
  const std::vector<std::pair<std::string, const char*>> faults{
      {"[]", "must be a JSON object"},
      {R"({"permissions": []})", "unknown member permissions"},
      {R"({"features": [{"name": "x", "permissions": [{"verb": "view", "description": "d"}]}]})",
       "x.view stands there twice"},
      {R"({"features": [{"name": "x@y", "permissions": []}]})", "letters"},
      {R"({"features": [{"name": "z", "permissions": [{"verb": "v.w", "description": "d"}]}]})", "letters"},
      {R"({"scopes": [{"name": "a b", "description": "d", "all": []}]})", "letters"},
      {scope("[]"), "needs 1 to 8 conditions"},
      {scope(R"([{"one_of": ["resource.a"]}])"), "needs one_of, and equals or in"},
      {scope(R"([{"one_of": [], "in": [1]}])"), "needs one_of"},
      {scope(R"([{"in": [1]}])"), "needs the array one_of"},
      {scope(R"([{"one_of": ["owner"], "in": [1]}])"), "must hold texts such as"},
      {scope(R"([{"one_of": ["resource."], "in": [1]}])"), "must hold texts such as"},
      {scope(R"([{"one_of": ["resource.a"], "equals": ["resource.b"]}])"), "equals compares with the subject"},
      {scope(R"([{"one_of": ["resource.a"], "in": [null]}])"), "in must hold"},
      {scope(R"([{"one_of": ["resource.a"], "in": [[]]}])"), "in must hold"},
      {scope(R"([{"oneof": ["resource.a"], "in": [1]}])"), "unknown member oneof"}};
  for (const auto& [own, says] : faults) {
    EXPECT_NE(refusal(own).find(says), std::string::npos) << own << ": " << refusal(own);
  }
  std::string terms = "\"resource.a\"";
  for (int i = 1; i < 32; ++i) terms += ",\"resource.a\"";
  EXPECT_EQ(refusal(scope(R"([{"one_of": [)" + terms + R"(], "in": [1]}])")), "nothing");
  EXPECT_NE(refusal(scope(R"([{"one_of": [)" + terms + R"(,"resource.a"], "in": [1]}])")), "nothing");
}

TEST(ShippedRoles, Load_WithTheNamesTheWorldKnows) {
  const auto catalogue = shipped();
  ASSERT_TRUE(catalogue) << catalogue.error().detail;
  for (const char* name : {"Owner", "Super Admin", "IT Admin", "HR Admin", "Finance Admin", "Ops Admin", "IT Agent"}) {
    EXPECT_FALSE(find(*catalogue, name).permissions.empty()) << name;
  }
  EXPECT_EQ(catalogue->roles.size(), 7U);
}

TEST(ShippedRoles, Tiers_AreStrictlyNested) {
  const auto catalogue = shipped();
  ASSERT_TRUE(catalogue);
  const char* const tiers[] = {"Owner", "Super Admin", "IT Admin", "IT Agent"};
  for (std::size_t i = 0; i + 1 < std::size(tiers); ++i) {
    EXPECT_TRUE(is_under(find(*catalogue, tiers[i + 1]), find(*catalogue, tiers[i]))) << tiers[i];
    EXPECT_FALSE(is_under(find(*catalogue, tiers[i]), find(*catalogue, tiers[i + 1]))) << tiers[i];
  }
  EXPECT_EQ(find(*catalogue, "Owner").permissions.size(), catalogue->permissions.size());
}

TEST(ShippedRoles, OnlyOwner_IsProtected) {
  const auto catalogue = shipped();
  ASSERT_TRUE(catalogue);
  for (const auto& entry : catalogue->roles) EXPECT_EQ(entry.role.is_protected, entry.role.name == "Owner");
}

TEST(ShippedRoles, DefaultRole_IsUnderEveryOther) {
  const auto catalogue = shipped();
  ASSERT_TRUE(catalogue);
  const Role& agent = find(*catalogue, "IT Agent");
  for (const auto& entry : catalogue->roles) {
    EXPECT_EQ(entry.is_default, entry.role.name == "IT Agent");
    EXPECT_TRUE(is_under(agent, entry.role)) << entry.role.name;
  }
}

TEST(ShippedRoles, DepartmentAdmins_AreNotUnderEachOtherAndUnderSuperAdmin) {
  const auto catalogue = shipped();
  ASSERT_TRUE(catalogue);
  const char* const admins[] = {"HR Admin", "Finance Admin", "Ops Admin"};
  for (const char* a : admins) {
    EXPECT_TRUE(is_under(find(*catalogue, a), find(*catalogue, "Super Admin"))) << a;
    for (const char* b : admins) {
      if (a == b) continue;
      EXPECT_FALSE(is_under(find(*catalogue, a), find(*catalogue, b))) << a << " " << b;
    }
  }
}

}  // namespace
}  // namespace rolecall::access
