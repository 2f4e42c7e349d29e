#pragma once

#include "rolecall/provisioning/provisioning.hpp"

namespace rolecall::provisioning {

/// Loads what `need` asks for, and nothing else.
[[nodiscard]] Result<View> load_view(store::Workspace& workspace, store::ResourceRecord record, Need need);

/// The same for a page, with few queries for all of it.
[[nodiscard]] Result<std::vector<View>> load_views(store::Workspace& workspace,
                                                   std::vector<store::ResourceRecord> records, Need need);

}  // namespace rolecall::provisioning
