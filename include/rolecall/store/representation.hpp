#pragma once

#include <string_view>
#include <vector>

#include "rolecall/base/result.hpp"
#include "rolecall/json/value.hpp"
#include "rolecall/schema/registry.hpp"
#include "rolecall/store/records.hpp"

namespace rolecall::store {

/// The resource as a client would see it in full: the stored document with id, meta, groups and members around it. This
/// is what a filter or a sort attribute that no index answers is looked up in. `base` starts every location
/// ("https://scim.example.com/scim/v2"). Pure.
[[nodiscard]] Result<json::Object> representation_of(const ResourceRecord& record, const schema::ResourceType& type,
                                                     std::string_view base, const std::vector<MembershipRecord>& groups,
                                                     const std::vector<MemberRecord>& members);

}  // namespace rolecall::store
