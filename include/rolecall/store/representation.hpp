#pragma once

#include <string_view>
#include <vector>

#include "rolecall/base/result.hpp"
#include "rolecall/json/value.hpp"
#include "rolecall/schema/registry.hpp"
#include "rolecall/store/records.hpp"

namespace rolecall::store {

/// What of a resource lives in rows of its own.
struct Surroundings {
  std::vector<MembershipRecord> groups;  ///< of a User
  std::vector<MemberRecord> members;     ///< of a Group
  std::vector<HeldRoleRecord> roles;     ///< of a User
};

/// The resource as a client would see it in full: the stored document with id, meta and what surrounds it. This
/// is what a filter or a sort attribute that no index answers is looked up in. `base` starts every location
/// ("https://scim.example.com/scim/v2"). Pure.
[[nodiscard]] Result<json::Object> representation_of(const ResourceRecord& record, const schema::ResourceType& type,
                                                     std::string_view base, const Surroundings& around);

}  // namespace rolecall::store
