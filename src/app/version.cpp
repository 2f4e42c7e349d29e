#include "rolecall/app/version.hpp"

namespace rolecall::app {

std::string_view version() { return ROLECALL_VERSION; }

}  // namespace rolecall::app
