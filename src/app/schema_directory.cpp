#include "schema_directory.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "rolecall/base/text.hpp"
#include "rolecall/json/parse.hpp"

namespace rolecall::app {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kLargestFile = 1024 * 1024;
constexpr std::size_t kMostFiles = 200;
constexpr std::string_view kSchema = "urn:ietf:params:scim:schemas:core:2.0:Schema";
constexpr std::string_view kResourceType = "urn:ietf:params:scim:schemas:core:2.0:ResourceType";
/// What only an RFC may name (RFC 7643 §10.3.1). An extension of the IETF that is not shipped may be added.
constexpr std::array<std::string_view, 2> kReserved{"urn:ietf:params:scim:schemas:core:", "urn:ietf:params:scim:api:"};

Result<std::vector<fs::path>> files_in(const std::string& directory) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator entry(directory, error), end; !error && entry != end; entry.increment(error)) {
    if (entry->path().extension() == ".json") files.push_back(entry->path());
  }
  if (error) {
    return fail(ErrorCode::invalid_value, "scim.schemas_directory: " + directory + ": " + error.message() + ".");
  }
  if (files.size() > kMostFiles) {
    return fail(ErrorCode::invalid_value,
                "scim.schemas_directory: " + directory + " has more than " + std::to_string(kMostFiles) + " files.");
  }
  std::sort(files.begin(), files.end());
  return files;
}

bool says(const json::Object& document, std::string_view urn) {
  const json::Value* schemas = document.find("schemas");
  const json::Array* items = schemas != nullptr ? schemas->as_array() : nullptr;
  return items != nullptr && std::any_of(items->begin(), items->end(), [&](const json::Value& item) {
           return item.is_string() && equals_ignoring_ascii_case(*item.as_string(), urn);
         });
}

/// The prefix that this schema may not use; empty when its name is free.
std::string_view reserved_prefix_of(const json::Object& document) {
  const json::Value* id = document.find("id");
  if (id == nullptr || !id->is_string()) return {};
  for (const std::string_view prefix : kReserved) {
    if (starts_with_ignoring_ascii_case(*id->as_string(), prefix)) return prefix;
  }
  return {};
}

}  // namespace

Result<std::string> read_json_file(const std::string& key, const std::string& path) {
  std::error_code error;
  const auto size = fs::file_size(path, error);
  if (!error && size <= kLargestFile) {
    std::ifstream stream(path, std::ios::binary);
    std::string text(std::istreambuf_iterator<char>(stream), {});
    if (stream && !text.empty()) return text;
  }
  return fail(ErrorCode::invalid_value, key + ": " + path + " cannot be read, is empty, or is larger than 1 MiB.");
}

Result<SchemaDirectory> read_schema_directory(const std::string& directory) {
  SchemaDirectory found;
  if (directory.empty()) return found;
  ROLECALL_TRY_ASSIGN(const auto files, files_in(directory));
  for (const fs::path& path : files) {
    const auto refuse = [&](const std::string& why) {
      return fail(ErrorCode::invalid_value, path.string() + ": " + why);
    };
    std::error_code error;
    if (fs::file_size(path, error) > kLargestFile || error) return refuse("cannot be read, or is larger than 1 MiB");
    std::ifstream stream(path, std::ios::binary);
    schema::Registry::Source source{path.string(), {std::istreambuf_iterator<char>(stream), {}}};
    if (!stream) return refuse("cannot be read");
    const auto parsed = json::parse(source.text);
    if (!parsed) return refuse(parsed.error().detail);
    if (!parsed->is_object()) return refuse("must be a JSON object");
    if (says(*parsed->as_object(), kSchema)) {
      if (const std::string_view prefix = reserved_prefix_of(*parsed->as_object()); !prefix.empty()) {
        return refuse("schemas whose \"id\" starts with " + std::string(prefix) +
                      " are those of the RFCs (RFC 7643 §10.3.1); use a URN of your own");
      }
      found.schemas.push_back(std::move(source));
    } else if (says(*parsed->as_object(), kResourceType)) {
      found.resource_types.push_back(std::move(source));
    } else {
      return refuse("its \"schemas\" must name " + std::string(kSchema) + " or " + std::string(kResourceType));
    }
  }
  return found;
}

}  // namespace rolecall::app
