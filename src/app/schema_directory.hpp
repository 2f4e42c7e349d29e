#pragma once

#include <string>
#include <vector>

#include "rolecall/base/result.hpp"
#include "rolecall/schema/registry.hpp"

namespace rolecall::app {

/// An operator's own schemas and resource types.
struct SchemaDirectory {
  std::vector<schema::Registry::Source> schemas;
  std::vector<schema::Registry::Source> resource_types;
};

/// Reads every *.json of `directory`, in the order of their names. What a file is stands in its `schemas` (RFC 7643 §6,
/// §7). Fails with a sentence that names the file.
[[nodiscard]] Result<SchemaDirectory> read_schema_directory(const std::string& directory);

/// The text of a file that the configuration key names.
[[nodiscard]] Result<std::string> read_json_file(const std::string& key, const std::string& path);

}  // namespace rolecall::app
