#pragma once

#include "rolecall/schema/registry.hpp"

namespace rolecall::schema {

/// Marks the attributes of the standard schemas whose values have a format that their definitions cannot state.
void assign_formats(Schema& schema);

}  // namespace rolecall::schema
