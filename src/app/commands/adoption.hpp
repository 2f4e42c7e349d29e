#pragma once

#include <string>
#include <vector>

#include "app/shell.hpp"

namespace rolecall::app {

/// What the three `adopt` verbs share.
struct AdoptionOptions {
  std::string name, connection, from;
  bool keep_roles = false;
};
/// Calls the adoption below `path` and shows what it did, or would do.
void adopt(Shell& shell, std::vector<std::string> path, const AdoptionOptions& options);

}  // namespace rolecall::app
