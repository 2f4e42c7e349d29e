#pragma once

#include <string>
#include <string_view>

#include "rolecall/base/result.hpp"
#include "rolecall/provisioning/provisioning.hpp"
#include "rolecall/resource/projection.hpp"
#include "rolecall/schema/registry.hpp"

namespace rolecall::api::scim {

/// "https://host/scim/v2/Users/<id>".
[[nodiscard]] std::string location_of(std::string_view base, const schema::ResourceType& type, const ResourceId& id);

/// What a projection asks for beyond the stored document.
[[nodiscard]] provisioning::Need need_of(const resource::Projection& projection);

/// Appends one resource as the client sees it. Without `attributes` and `excludedAttributes` the stored text is copied
/// and not parsed; this is the path of nearly every request.
[[nodiscard]] Result<void> render(std::string& out, std::string_view base, const schema::ResourceType& type,
                                  const provisioning::View& view, const resource::Projection& projection);

}  // namespace rolecall::api::scim
