#pragma once

#include <optional>
#include <string>

#include "rolecall/base/text.hpp"
#include "rolecall/schema/registry.hpp"
#include "rolecall/store/store.hpp"

namespace rolecall::decision {

/// By id, or else by name: a userName, or the externalId of another type. An IdP can choose a name that looks like
/// somebody's id; the id wins, because no IdP can choose that. A name that several resources have is nobody's.
[[nodiscard]] Result<std::optional<store::ResourceRecord>> find_resource(store::Workspace& workspace,
                                                                         const TextFolder& folder,
                                                                         const schema::ResourceType& type,
                                                                         const std::string& id);

}  // namespace rolecall::decision
