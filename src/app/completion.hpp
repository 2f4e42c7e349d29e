#pragma once

#include <string>
#include <string_view>

namespace CLI {
class App;
}

namespace rolecall::app {

/// The script by which a shell ("bash", "zsh" or "fish") completes the nouns, verbs, options and fixed values of
/// `root`, written from the tree itself, so that it cannot lag behind.
[[nodiscard]] std::string completion_for(std::string_view shell, CLI::App& root);

}  // namespace rolecall::app
