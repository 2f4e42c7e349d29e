#pragma once

#include <vector>

#include "rolecall/administration/links.hpp"

namespace rolecall::administration {

/// Adds the names a person knows.
[[nodiscard]] Result<LinkView> view_of(store::Workspace& workspace, store::LinkRecord link);
[[nodiscard]] Result<std::vector<LinkView>> views_of(store::Workspace& workspace, std::vector<store::LinkRecord> links);

}  // namespace rolecall::administration
