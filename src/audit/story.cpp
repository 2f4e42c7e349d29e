#include <algorithm>
#include <map>

#include "rolecall/audit/request_log.hpp"
#include "rolecall/json/parse.hpp"

namespace rolecall::audit {
namespace {

/// A bulk request can have thousands of rows; its record says what began it.
constexpr std::int64_t kRows = 200;
constexpr std::size_t kPhrases = 3;
constexpr std::size_t kListed = 20;

std::string text_in(const json::Object& details, std::string_view name) {
  const json::Value* value = details.find(name);
  return value != nullptr && value->is_string() ? *value->as_string() : std::string();
}

class Teller {
 public:
  explicit Teller(store::Workspace& workspace) : workspace_(workspace) {}

  Result<void> add(const store::AuditRecord& row) {
    const auto parsed = json::parse(row.details);
    const json::Object details = parsed && parsed->is_object() ? *parsed->as_object() : json::Object();
    if (row.action == "grant.added") return add_role(gained_, row, details);
    if (row.action == "grant.removed") return add_role(lost_, row, details);
    add_attributes(details);
    ROLECALL_TRY_ASSIGN(auto phrase, phrase_of(row, details));
    if (!phrase.empty()) phrases_.push_back(std::move(phrase));
    return {};
  }

  [[nodiscard]] Story tell() {
    Story story;
    for (std::size_t at = 0; at < std::min(phrases_.size(), kPhrases); ++at) {
      story.intent.append(at == 0 ? "" : ", ").append(phrases_[at]);
    }
    if (phrases_.size() > kPhrases) {
      story.intent += " and " + std::to_string(phrases_.size() - kPhrases) + " more";
    }
    json::Array attributes;
    for (const std::string& name : attributes_) attributes.emplace_back(name);
    story.effect = {{"attributes", std::move(attributes)}, {"gained", std::move(gained_)}, {"lost", std::move(lost_)}};
    return story;
  }

 private:
  /// "User/<id>" → what a person calls it.
  Result<std::string> name_of(const std::string& target) {
    const auto known = names_.find(target);
    if (known != names_.end()) return known->second;
    const auto slash = target.find('/');
    const std::string kind = target.substr(0, slash);
    const std::string id = slash == std::string::npos ? std::string() : target.substr(slash + 1);
    std::string name;
    if (kind == "Role") {
      ROLECALL_TRY_ASSIGN(const auto role, workspace_.roles().find(RoleId(id)));
      if (role) name = role->name;
    } else if (kind == "User" || kind == "Group") {
      ROLECALL_TRY_ASSIGN(const auto record, workspace_.resources().find_anywhere(kind, ResourceId(id)));
      if (record) name = record->display;
    }
    if (name.empty() || looks_secret(name)) name = target;
    return names_.emplace(target, std::move(name)).first->second;
  }

  Result<void> add_role(json::Array& list, const store::AuditRecord& row, const json::Object& details) {
    if (list.size() >= kListed) return {};
    ROLECALL_TRY_ASSIGN(auto user, name_of(row.target));
    ROLECALL_TRY_ASSIGN(auto role, name_of(text_in(details, "role")));
    list.emplace_back(json::Object{{"user", std::move(user)}, {"role", std::move(role)}});
    return {};
  }

  void add_attributes(const json::Object& details) {
    const json::Value* names = details.find("attributes");
    if (names == nullptr || !names->is_array()) return;
    for (const json::Value& name : *names->as_array()) {
      if (!name.is_string() || attributes_.size() >= kListed) continue;
      if (std::find(attributes_.begin(), attributes_.end(), *name.as_string()) == attributes_.end()) {
        attributes_.push_back(*name.as_string());
      }
    }
  }

  Result<std::string> phrase_of(const store::AuditRecord& row, const json::Object& details) {
    static const std::map<std::string, std::string, std::less<>> kVerbs{
        {"user.created", "created "},         {"group.created", "created the group "},
        {"user.returned", "brought back "},   {"group.returned", "brought back the group "},
        {"user.updated", "changed "},         {"group.updated", "changed the group "},
        {"user.deleted", "deleted "},         {"group.deleted", "deleted the group "},
        {"user.deactivated", "deactivated "}, {"user.reactivated", "reactivated "},
        {"group.claimed", "took the group "}, {"resource.created", "created "},
        {"resource.updated", "changed "},     {"resource.deleted", "deleted "}};
    const bool is_added = row.action == "group.member_added";
    if (is_added || row.action == "group.member_removed") {
      ROLECALL_TRY_ASSIGN(const auto member, name_of(text_in(details, "member")));
      ROLECALL_TRY_ASSIGN(const auto group, name_of(row.target));
      return (is_added ? "added " : "removed ") + member + (is_added ? " to " : " from ") + group;
    }
    if (row.action == "guard.held") {
      ROLECALL_TRY_ASSIGN(const auto name, name_of(text_in(details, "resource")));
      return "asked to " + text_in(details, "action") + " " + name + ", which is held";
    }
    const auto verb = kVerbs.find(row.action);
    if (verb == kVerbs.end()) return std::string();
    ROLECALL_TRY_ASSIGN(const auto name, name_of(row.target));
    return verb->second + name;
  }

  store::Workspace& workspace_;
  std::map<std::string, std::string> names_;
  std::vector<std::string> phrases_;
  std::vector<std::string> attributes_;
  json::Array gained_;
  json::Array lost_;
};

}  // namespace

Result<Story> story_of(store::Workspace& workspace, const RequestId& request) {
  ROLECALL_TRY_ASSIGN(const auto rows, workspace.audit().of_request(request, kRows));
  Teller teller(workspace);
  for (const auto& row : rows) ROLECALL_TRY(teller.add(row));
  return teller.tell();
}

std::string purpose_of(std::string_view method, std::string_view route) {
  const auto slash = route.find('/', 1);
  std::string what(route.substr(route.empty() ? 0 : 1, slash == std::string_view::npos ? slash : slash - 1));
  if (what.empty() || route == "-") what = "the server";
  const bool is_one = route.ends_with("/{id}") || route == "/Me";
  if (is_one && what.ends_with('s')) what.pop_back();
  if (route.ends_with("/.search")) return "search " + what;
  if (method == "GET" || method == "HEAD") return (is_one ? "read a " : "read ") + what;
  if (what == "Bulk") return "do several things at once";
  if (method == "POST" && what.ends_with('s')) what.pop_back();
  if (method == "POST") return "create a " + what;
  if (method == "DELETE") return "delete a " + what;
  return "change a " + what;
}

}  // namespace rolecall::audit
