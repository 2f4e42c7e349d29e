#include "generator.hpp"
#include "rolecall/json/value.hpp"
#include "rolecall/json/write.hpp"

// Random users. Every attribute is absent more often than not, so that filters meet absent ones.

namespace rolecall::property {
namespace {

std::string text_for(Random& random) {
  std::string text = some_text(random);
  return text.empty() ? "empty" : text;
}

std::string uri_for(Random& random) {
  static const std::vector<std::string> kUris{"https://example.com/a", "https://example.com/A", "urn:x:%20",
                                              "https://example.com/a?b='c'", "mailto:x_y@example.com"};
  return random.of(kUris);
}

void add_simple(Random& random, json::Object& object, const char* name) {
  if (random.one_in(3)) object.set(name, text_for(random));
}

json::Array elements(Random& random, bool is_reference, bool is_binary) {
  static const std::vector<std::string> kTypes{"work", "home", "Work", "other"};
  static const std::vector<std::string> kBytes{"AAEC", "aaec", "/+8=", "AA=="};
  json::Array array;
  bool has_primary = false;
  for (std::size_t i = random.below(4); i > 0; --i) {
    json::Object element;
    if (!random.one_in(5)) {
      element.set("value", is_reference ? uri_for(random) : is_binary ? random.of(kBytes) : text_for(random));
    }
    if (random.one_in(2)) element.set("type", random.of(kTypes));
    if (random.one_in(3)) element.set("display", text_for(random));
    if (random.one_in(3)) {
      const bool is_primary = !has_primary && random.one_in(2);
      has_primary = has_primary || is_primary;
      element.set("primary", is_primary);
    }
    if (!element.empty()) array.emplace_back(std::move(element));
  }
  return array;
}

void add_addresses(Random& random, json::Object& user) {
  json::Array array;
  for (std::size_t i = random.below(3); i > 0; --i) {
    json::Object element;
    for (const char* name : {"formatted", "streetAddress", "locality", "region", "postalCode", "country", "type"}) {
      add_simple(random, element, name);
    }
    if (!element.empty()) array.emplace_back(std::move(element));
  }
  user.set("addresses", std::move(array));
}

}  // namespace

std::string some_user(Random& random, const std::string& user_name) {
  json::Object user{{"userName", user_name}};
  if (random.one_in(2)) user.set("externalId", text_for(random));
  if (!random.one_in(3)) user.set("active", random.one_in(2));
  for (const char* name : {"displayName", "nickName", "title", "userType", "preferredLanguage", "locale", "timezone"}) {
    add_simple(random, user, name);
  }
  if (random.one_in(3)) user.set("profileUrl", uri_for(random));
  json::Object name;
  for (const char* part : {"formatted", "familyName", "givenName", "middleName", "honorificPrefix"}) {
    add_simple(random, name, part);
  }
  user.set("name", std::move(name));
  for (const char* multiple : {"emails", "phoneNumbers", "ims", "entitlements", "roles"}) {
    if (random.one_in(2)) user.set(multiple, elements(random, false, false));
  }
  if (random.one_in(4)) {
    static const std::vector<std::string> kRoles{"HR Admin", "ops admin", "IT Admin", "Super Admin"};
    user.set("roles", json::Array{json::Value(json::Object{{"value", random.of(kRoles)}, {"type", "work"}}),
                                  json::Value(json::Object{{"display", random.of(kRoles)}})});
  }
  if (random.one_in(2)) user.set("photos", elements(random, true, false));
  if (random.one_in(3)) user.set("x509Certificates", elements(random, false, true));
  if (random.one_in(3)) add_addresses(random, user);
  json::Object enterprise;
  for (const char* part : {"employeeNumber", "costCenter", "department"}) add_simple(random, enterprise, part);
  if (random.one_in(3)) enterprise.set("manager", json::Object{{"value", text_for(random)}});
  user.set("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", std::move(enterprise));
  if (random.one_in(4)) {
    user.set("urn:ietf:params:scim:schemas:extension:rolecall:2.0:User",
             json::Object{{"defaultRole", random.one_in(2) ? std::string("HR Admin") : text_for(random)}});
  }
  return json::write(user);
}

}  // namespace rolecall::property
