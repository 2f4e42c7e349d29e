#pragma once

#include <span>
#include <string_view>

namespace rolecall {

// One data file of the source tree, carried inside the binary so that a run needs no files beside it.
// `path` is relative to the source root ("schemas/scim/User.json", "db/sqlite/0001_core.sql"). `bytes` lives as long as
// the process and is followed by a NUL that is not part of it.
struct EmbeddedFile {
  std::string_view path;
  std::string_view bytes;
};

// Every schemas/**/*.json, db/**/*.sql and conformance/simulators/**/*.py, sorted bytewise by path: migrations come in
// the order of their numbers.
std::span<const EmbeddedFile> embedded_files();

}  // namespace rolecall
