#pragma once

#include "rolecall/administration/links.hpp"
#include "rolecall/json/value.hpp"

namespace rolecall::api::admin {

[[nodiscard]] json::Object shown(const administration::LinkView& view);

}  // namespace rolecall::api::admin
