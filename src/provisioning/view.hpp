#pragma once

#include "rolecall/provisioning/provisioning.hpp"

namespace rolecall::provisioning {

/// Loads what `need` asks for, and nothing else.
[[nodiscard]] Result<View> load_view(store::Workspace& workspace, store::ResourceRecord record, Need need);

}  // namespace rolecall::provisioning
