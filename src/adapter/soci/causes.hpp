#pragma once

#include "enum_text.hpp"
#include "rolecall/access/effective.hpp"

namespace rolecall::adapter::soci {

inline constexpr EnumText<access::CauseKind, 4> kCauses{{{{access::CauseKind::default_role, "default"},
                                                          {access::CauseKind::direct, "direct"},
                                                          {access::CauseKind::asserted, "asserted"},
                                                          {access::CauseKind::link, "link"}}}};

}  // namespace rolecall::adapter::soci
