#include "consent_secrets.hpp"

#include "rolecall/json/array_of.hpp"
#include "rolecall/json/parse.hpp"
#include "rolecall/json/write.hpp"

namespace rolecall::administration {

using std::chrono::seconds;

Secret text_of(const connector::Access& access) {
  json::Object text{{"authorization", access.authorization.expose()},
                    {"scopes", json::array_of(access.scopes)},
                    {"key", access.key.expose()},
                    {"refresh", access.refresh.expose()}};
  if (access.ends) {
    text.append("ends", std::int64_t{std::chrono::duration_cast<seconds>(access.ends->time_since_epoch()).count()});
  }
  return Secret(json::write(text));
}

std::optional<connector::Access> access_in(const std::string& text) {
  const auto parsed = json::parse(text);
  if (!parsed || !parsed->is_object()) return std::nullopt;
  const json::Object& object = *parsed->as_object();
  const auto secret = [&](std::string_view name) {
    const json::Value* value = object.find(name);
    return Secret(value != nullptr && value->is_string() ? *value->as_string() : std::string());
  };
  connector::Access access{secret("authorization"), std::nullopt, {}, secret("key"), secret("refresh")};
  if (const json::Value* ends = object.find("ends"); ends != nullptr && ends->is_number()) {
    if (const auto number = json::to_integer(*ends->as_number())) access.ends = Instant(seconds(*number));
  }
  if (const json::Value* scopes = object.find("scopes"); scopes != nullptr && scopes->is_array()) {
    for (const json::Value& scope : *scopes->as_array()) {
      if (scope.is_string()) access.scopes.push_back(*scope.as_string());
    }
  }
  return access;
}

}  // namespace rolecall::administration
