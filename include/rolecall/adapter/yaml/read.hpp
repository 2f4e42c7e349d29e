#pragma once

#include <cstddef>
#include <string_view>

#include "rolecall/base/result.hpp"
#include "rolecall/json/value.hpp"

namespace rolecall::adapter::yaml {

struct Limits {
  std::size_t bytes = 1024 * 1024;
  std::size_t depth = 16;
  std::size_t nodes = 100'000;
};

/// One YAML document as JSON; an empty one is null. For files that an administrator wrote: the server reads JSON alone.
/// `invalid_syntax` with the line for what is malformed or passes a limit, and for what a file of settings has no use
/// for and others have been harmed by: anchors, aliases, tags, merge keys, several documents, a name twice, names that
/// are not scalars. Plain `null`, `~`, `true`, `false` and numbers as JSON writes them are those; all else is text,
/// also `yes` and `on`.
[[nodiscard]] Result<json::Value> read(std::string_view text, const Limits& limits = {});

}  // namespace rolecall::adapter::yaml
