#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace rolecall::api {

/// What an API token needs for which route: the x-permission entries of schemas/openapi/admin.json, and one for
/// decisions. A route without an entry is open to no API token.
class Permissions {
 public:
  static constexpr std::string_view kDecisions = "decisions:read";
  /// What every token may, as ask who it is: "self:read", and not a scope.
  [[nodiscard]] static bool is_for_everybody(std::string_view permission);

  explicit Permissions(std::string_view openapi);

  /// Empty for a route that the description lacks. `path` is the template behind /admin/v1.
  [[nodiscard]] std::string_view needed(std::string_view method, std::string_view path) const;
  /// All that an API token can hold, by name. Those about workspaces are not among them: a token belongs to one.
  [[nodiscard]] const std::vector<std::string>& scopes() const { return scopes_; }
  /// "GET /roles": what of the admin API a scope opens.
  [[nodiscard]] std::vector<std::string> routes_of(std::string_view scope) const;

 private:
  std::map<std::string, std::string, std::less<>> by_route_;  ///< "GET /roles"
  std::vector<std::string> scopes_;
};

}  // namespace rolecall::api
