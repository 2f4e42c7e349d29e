#pragma once

#include "app/shell.hpp"

namespace CLI {
class App;
}

namespace rolecall::app {

/// `backup` and `import`.
void add_backup(CLI::App& root, Shell& shell);
/// Prints the whole database, for `import`.
void export_everything(Shell& shell);

}  // namespace rolecall::app
