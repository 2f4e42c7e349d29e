#pragma once

#include "rolecall/json/value.hpp"

namespace rolecall::schema {

/// States in a list of attribute definitions what RFC 7643 §2.2 says of characteristics that are left out, so that
/// /Schemas shows what the server does. The list has been read without complaint.
void state_defaults(json::Array& definitions);

}  // namespace rolecall::schema
