#pragma once

#include "api/parameters.hpp"
#include "rolecall/api/settings.hpp"
#include "rolecall/base/result.hpp"
#include "rolecall/json/value.hpp"
#include "rolecall/resource/projection.hpp"
#include "rolecall/store/query.hpp"

namespace rolecall::api::scim {

/// `attributes` and `excludedAttributes` (RFC 7644 §3.9).
[[nodiscard]] Result<resource::Projection> read_projection(const Parameters& parameters,
                                                           const schema::ResourceType& type);

/// `filter`, `sortBy`, `sortOrder`, `startIndex`, `count` of a list request (RFC 7644 §3.4.2).
[[nodiscard]] Result<store::ResourceQuery> read_query(const Parameters& parameters, const schema::ResourceType& type,
                                                      const Settings& settings);

}  // namespace rolecall::api::scim
