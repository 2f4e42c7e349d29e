#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "rolecall/json/value.hpp"

// Reading common attributes of a canonical resource (spelled as its schema does). Absent ones read as empty.

namespace rolecall::resource {

inline constexpr std::string_view kRolecallUserExtension = "urn:ietf:params:scim:schemas:extension:rolecall:2.0:User";
inline constexpr std::string_view kEnterpriseUserExtension =
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

[[nodiscard]] std::string_view user_name(const json::Object& resource);
[[nodiscard]] std::string_view display_name(const json::Object& resource);
[[nodiscard]] std::string_view external_id(const json::Object& resource);
/// Absent means active: RFC 7643 §4.1.1 leaves it open, and every client that means "inactive" says so.
[[nodiscard]] bool is_active(const json::Object& resource);
/// The name of the default role the IdP sent.
[[nodiscard]] std::string_view default_role(const json::Object& resource);

/// The attribute of that extension which is never in a document: it lives in rows and is put in when shown.
inline constexpr std::string_view kEffectiveRoles = "effectiveRoles";

/// A manager that may be one of our users, in the text of a canonical User.
struct ManagerPlace {
  std::size_t at = 0;   ///< behind the id and its quote: where `,"$ref":…` belongs
  std::string_view id;  ///< part of the text
};
/// Found without parsing: most answers are the stored text as it is. None when the manager is not said, is no id of
/// ours, or has an address that the client gave.
[[nodiscard]] std::optional<ManagerPlace> find_manager(std::string_view document);

}  // namespace rolecall::resource
