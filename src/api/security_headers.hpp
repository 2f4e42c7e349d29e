#pragma once

#include "rolecall/http/message.hpp"

namespace rolecall::api {

/// What every answer carries, refusals of the byte layer included, unless it says more itself: nothing is to be kept,
/// taken for another type, framed, run or told to the next site.
void add_security_headers(http::Response& response);

}  // namespace rolecall::api
