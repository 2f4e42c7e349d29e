#pragma once

#include <string>

#include "rolecall/schema/registry.hpp"

namespace rolecall::bench {

/// The shipped schemas.
const schema::Registry& registry();
/// A user of about 2 KB with the Enterprise extension, as an IdP sends it.
std::string user_text();

}  // namespace rolecall::bench
