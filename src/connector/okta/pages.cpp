#include <algorithm>
#include <array>

#include "link.hpp"
#include "okta.hpp"
#include "rolecall/base/text.hpp"
#include "rolecall/base/timestamp.hpp"
#include "rolecall/json/parse.hpp"
#include "rolecall/json/write.hpp"

namespace rolecall::connector::okta {
namespace {

/// 200 people with long profiles are far below it.
constexpr json::Limits kLimits{16 * 1024 * 1024};

/// Members of the profile that have a column of their own.
constexpr auto kKnown =
    std::to_array<std::string_view>({"login", "email", "displayName", "firstName", "lastName", "employeeNumber",
                                     "title", "department", "manager", "managerId", "city", "countryCode"});

std::string id_in(const json::Object& object) {
  std::string id = text_in(object, "id");
  return is_id(id) ? id : std::string();
}

std::optional<Instant> instant_in(const json::Object& object, std::string_view name) {
  return parse_timestamp(text_in(object, name));
}

const json::Object* object_in(const json::Object& object, std::string_view name) {
  const json::Value* value = object.find(name);
  return value != nullptr ? value->as_object() : nullptr;
}

std::optional<PersonStatus> status_of(std::string_view raw) {
  if (raw == "ACTIVE" || raw == "PASSWORD_EXPIRED" || raw == "RECOVERY" || raw == "LOCKED_OUT") {
    return PersonStatus::active;
  }
  if (raw == "PROVISIONED") return PersonStatus::provisioned;
  if (raw == "STAGED") return PersonStatus::staged;
  if (raw == "SUSPENDED") return PersonStatus::suspended;
  if (raw == "DEPROVISIONED") return PersonStatus::deprovisioned;
  return std::nullopt;
}

std::string display_name(const json::Object& profile) {
  std::string name = text_in(profile, "displayName");
  if (!name.empty()) return name;
  name = text_in(profile, "firstName");
  const std::string last = text_in(profile, "lastName");
  if (!name.empty() && !last.empty()) name += " ";
  return name + last;
}

/// None when it lacks what nobody in Okta lacks: then the whole answer is not what it should be.
std::optional<Person> person_of(const json::Value& value) {
  if (!value.is_object()) return std::nullopt;
  const json::Object& user = *value.as_object();
  const json::Object* profile = object_in(user, "profile");
  if (profile == nullptr) return std::nullopt;
  Person person;
  person.id = id_in(user);
  person.raw_status = text_in(user, "status");
  const auto status = status_of(person.raw_status);
  person.login = text_in(*profile, "login");
  if (person.id.empty() || person.login.empty() || !status) return std::nullopt;
  person.status = *status;
  person.next_status = text_in(user, "transitioningToStatus");
  if (const json::Object* type = object_in(user, "type")) person.type = text_in(*type, "id");
  person.changed = instant_in(user, "lastUpdated");
  person.email = text_in(*profile, "email");
  person.display_name = display_name(*profile);
  person.employee_number = text_in(*profile, "employeeNumber");
  person.title = text_in(*profile, "title");
  person.department = text_in(*profile, "department");
  person.manager = text_in(*profile, "manager");
  person.manager_id = text_in(*profile, "managerId");
  person.city = text_in(*profile, "city");
  person.country = text_in(*profile, "countryCode");
  for (const auto& [name, member] : *profile) {
    const bool has_column = std::find(kKnown.begin(), kKnown.end(), name) != kKnown.end();
    if (!has_column && !member.is_null()) person.custom.append(name, member);
  }
  return person;
}

std::optional<DirectoryGroup> group_of(const json::Value& value) {
  if (!value.is_object()) return std::nullopt;
  const json::Object& found = *value.as_object();
  const json::Object* profile = object_in(found, "profile");
  if (profile == nullptr) return std::nullopt;
  DirectoryGroup group;
  group.id = id_in(found);
  group.name = text_in(*profile, "name");
  group.kind = text_in(found, "type");
  if (group.id.empty() || group.name.empty() || group.kind.empty()) return std::nullopt;
  group.description = text_in(*profile, "description");
  // Groups of applications get theirs from there, built-in ones from Okta.
  group.accepts_members = group.kind == "OKTA_GROUP";
  group.changed = instant_in(found, "lastUpdated");
  group.members_changed = instant_in(found, "lastMembershipUpdated");
  return group;
}

std::optional<std::string> member_of(const json::Value& value) {
  if (!value.is_object()) return std::nullopt;
  std::string id = id_in(*value.as_object());
  return id.empty() ? std::nullopt : std::optional(std::move(id));
}

std::optional<Application> application_of(const json::Value& value) {
  if (!value.is_object()) return std::nullopt;
  const json::Object& found = *value.as_object();
  Application application;
  application.id = id_in(found);
  application.name = text_in(found, "label");
  if (application.id.empty() || application.name.empty()) return std::nullopt;
  application.kind = text_in(found, "signOnMode");
  application.status = text_in(found, "status");
  application.changed = instant_in(found, "lastUpdated");
  return application;
}

std::optional<Assignment> assignment_of(const json::Value& value) {
  auto person = member_of(value);
  if (!person) return std::nullopt;
  return Assignment{std::move(*person), text_in(*value.as_object(), "scope") != "GROUP"};
}

/// The user that the list was asked to show with each is where Okta tells by what way they have it.
std::optional<HeldApplication> held_of(const json::Value& value) {
  if (!value.is_object()) return std::nullopt;
  HeldApplication held;
  held.id = id_in(*value.as_object());
  if (held.id.empty()) return std::nullopt;
  const auto inside = [](const json::Object* object, std::string_view name) {
    const json::Value* member = object != nullptr ? object->find(name) : nullptr;
    return member != nullptr ? member->as_object() : nullptr;
  };
  const json::Object* user = inside(inside(value.as_object(), "_embedded"), "user");
  held.is_direct = user == nullptr || text_in(*user, "scope") != "GROUP";
  return held;
}

template <typename T, typename Read>
Answer<Page<T>> read_page(const Reply& reply, std::string_view domain, Instant now, const Read& read) {
  if (!is_success(reply)) return tl::unexpected(read_trouble(reply, now));
  const auto body = json::parse(reply.body, kLimits);
  if (reply.status != 200 || !body || !body->is_array()) {
    return tl::unexpected(unreadable(reply, "A list was asked for, and this is none."));
  }
  Page<T> page;
  page.items.reserve(body->as_array()->size());
  for (const json::Value& value : *body->as_array()) {
    auto item = read(value);
    if (!item) return tl::unexpected(unreadable(reply, "An entry of the list lacks what every entry has."));
    page.items.push_back(std::move(*item));
  }
  auto next = next_page(reply, domain);
  if (!next) return tl::unexpected(unreadable(reply, "The next page of the list is somewhere else."));
  page.next = std::move(*next);
  return page;
}

}  // namespace

std::string text_in(const json::Object& object, std::string_view name) {
  const json::Value* value = object.find(name);
  return value != nullptr && value->is_string() ? *value->as_string() : std::string();
}

bool is_id(std::string_view text) {
  constexpr std::size_t kLongest = 100;
  const auto is_of_id = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  };
  return !text.empty() && text.size() <= kLongest && std::all_of(text.begin(), text.end(), is_of_id);
}

std::string segment(std::string_view text) {
  std::string encoded = percent_encode(text);
  if (encoded == "." || encoded == "..") {
    // Whoever normalises a path on the way would take these for steps in it.
    return encoded == "." ? "%2E" : "%2E%2E";
  }
  return encoded;
}

Call reading(std::string target) { return {"GET", std::move(target), {{"Accept", "application/json"}}, {}}; }

std::optional<Call> OktaConnector::probe(std::string_view scope) const {
  if (scope == "okta.users.read") return reading("/api/v1/users?limit=1");
  if (scope == "okta.groups.read") return reading("/api/v1/groups?limit=1");
  if (scope == "okta.apps.read") return reading("/api/v1/apps?limit=1");
  if (scope == "okta.logs.read") return reading("/api/v1/logs?limit=1");
  return std::nullopt;
}

Call OktaConnector::list_people(std::optional<Instant> since) const {
  // By a search, of everybody too: plain lists leave those out who are deprovisioned.
  const std::string search = "lastUpdated gt \"" + to_timestamp(since.value_or(Instant())) + "\"";
  return reading("/api/v1/users?search=" + percent_encode(search) + "&limit=200");
}

Call OktaConnector::list_groups(std::optional<Instant> since) const {
  if (!since) return reading("/api/v1/groups?limit=200");
  const std::string then = "\"" + to_timestamp(*since) + "\"";
  return reading("/api/v1/groups?filter=" +
                 percent_encode("lastUpdated gt " + then + " or lastMembershipUpdated gt " + then) + "&limit=200");
}

Call OktaConnector::list_members(std::string_view group) const {
  return reading("/api/v1/groups/" + segment(group) + "/users?limit=200");
}

Call OktaConnector::list_groups_of(std::string_view person) const {
  return reading("/api/v1/users/" + segment(person) + "/groups");
}

Call OktaConnector::list_applications_of(std::string_view person) const {
  // A text of a filter is one of JSON, so that no id is more than an id.
  const std::string filter = "user.id eq " + json::write(json::Value(std::string(person)));
  return reading("/api/v1/apps?filter=" + percent_encode(filter) +
                 "&expand=" + percent_encode("user/" + std::string(person)) + "&limit=200");
}

Call OktaConnector::list_applications() const { return reading("/api/v1/apps?limit=200"); }

Call OktaConnector::list_assignments(std::string_view application) const {
  return reading("/api/v1/apps/" + segment(application) + "/users?limit=500");
}

Call OktaConnector::get_person(std::string_view id) const { return reading("/api/v1/users/" + segment(id)); }

Call OktaConnector::go_on(std::string_view next) const { return reading(std::string(next)); }

Answer<Page<Person>> OktaConnector::read_people(const Reply& reply, std::string_view domain, Instant now) const {
  return read_page<Person>(reply, domain, now, person_of);
}

Answer<Page<DirectoryGroup>> OktaConnector::read_groups(const Reply& reply, std::string_view domain,
                                                        Instant now) const {
  return read_page<DirectoryGroup>(reply, domain, now, group_of);
}

Answer<Page<std::string>> OktaConnector::read_members(const Reply& reply, std::string_view domain, Instant now) const {
  return read_page<std::string>(reply, domain, now, member_of);
}

Answer<Page<Application>> OktaConnector::read_applications(const Reply& reply, std::string_view domain,
                                                           Instant now) const {
  return read_page<Application>(reply, domain, now, application_of);
}

Answer<Page<HeldApplication>> OktaConnector::read_applications_of(const Reply& reply, std::string_view domain,
                                                                  Instant now) const {
  return read_page<HeldApplication>(reply, domain, now, held_of);
}

Answer<Page<Assignment>> OktaConnector::read_assignments(const Reply& reply, std::string_view domain,
                                                         Instant now) const {
  return read_page<Assignment>(reply, domain, now, assignment_of);
}

Answer<Person> OktaConnector::read_person(const Reply& reply, Instant now) const {
  if (!is_success(reply)) return tl::unexpected(read_trouble(reply, now));
  const auto body = json::parse(reply.body, kLimits);
  auto person = body ? person_of(*body) : std::nullopt;
  if (reply.status != 200 || !person)
    return tl::unexpected(unreadable(reply, "A user was asked for, and this is none."));
  return std::move(*person);
}

}  // namespace rolecall::connector::okta
