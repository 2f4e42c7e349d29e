#pragma once

#include <string_view>

#include "rolecall/base/error.hpp"
#include "rolecall/log/event.hpp"

namespace rolecall::api {

/// What the outside world sees of an error code.
struct ErrorRow {
  int status;
  std::string_view scim_type;  ///< RFC 7644 §3.12, table 9; empty where it has no word
  log::Level level;            ///< of the log line
};

/// The one table. A code without a row does not compile.
[[nodiscard]] ErrorRow row_of(ErrorCode code);

/// "Not Found" for 404: the title of a problem document.
[[nodiscard]] std::string_view reason_of(int status);

/// The code whose words fit a status that the byte layer chose.
[[nodiscard]] ErrorCode code_for_status(int status);

}  // namespace rolecall::api
