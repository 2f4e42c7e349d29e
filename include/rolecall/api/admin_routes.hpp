#pragma once

#include <string_view>
#include <vector>

namespace rolecall::api {

/// One operation of the admin API as the program knows it. schemas/openapi/admin.json describes all of them and no
/// other; a test compares the two.
struct AdminRoute {
  std::string_view method;
  std::string_view path;   ///< template behind /admin/v1, as in the file: "/roles/{name}"
  bool is_tagged = false;  ///< its answer is one resource and carries an ETag
  bool needs_match = false;
};

[[nodiscard]] std::vector<AdminRoute> admin_routes();

}  // namespace rolecall::api
