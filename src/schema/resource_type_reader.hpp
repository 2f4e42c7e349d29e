#pragma once

#include "rolecall/schema/registry.hpp"

namespace rolecall::schema {

/// Reads one resource type document (RFC 7643 §6) whose schemas `registry` holds already. The error names the file.
[[nodiscard]] Result<std::unique_ptr<ResourceType>> read_resource_type(const Registry& registry,
                                                                       const Registry::Source& source);

/// `added` names a resource type that is there already: its extensions and indexed paths join those of `type`.
[[nodiscard]] Result<void> extend_resource_type(ResourceType& type, const ResourceType& added, const std::string& file);

}  // namespace rolecall::schema
