#include "plan_input.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>
#include <vector>

#include "rolecall/adapter/yaml/read.hpp"
#include "rolecall/json/parse.hpp"

namespace rolecall::app {
namespace {

namespace fs = std::filesystem;

/// What the server takes as a body by default.
constexpr std::size_t kLongestFile = 1024 * 1024;
constexpr std::size_t kMostFiles = 1'000;

bool is_yaml(const fs::path& path) { return path.extension() == ".yaml" || path.extension() == ".yml"; }

tl::unexpected<Error> in_file(const fs::path& path, const std::string& sentence) {
  return fail(ErrorCode::invalid_value, path.string() + ": " + sentence);
}

Result<std::string> read_text(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text;
  char letter = 0;
  while (text.size() <= kLongestFile && file.get(letter)) text += letter;
  if (!file.eof() && text.size() <= kLongestFile) return in_file(path, "The file cannot be read.");
  if (text.size() > kLongestFile) return in_file(path, "The file is longer than 1 MiB.");
  return text;
}

Result<json::Object> read_file(const fs::path& path) {
  ROLECALL_TRY_ASSIGN(const auto text, read_text(path));
  auto value = is_yaml(path) ? adapter::yaml::read(text) : json::parse(text);
  if (!value) return in_file(path, value.error().detail);
  if (value->is_null()) return json::Object();
  if (!value->is_object())
    return in_file(path, "A plan is an object with the sections roles, links, default_roles, guard.");
  return std::move(*value->as_object());
}

Result<std::vector<fs::path>> files_of(const fs::path& directory) {
  std::error_code error;
  std::vector<fs::path> files;
  for (auto entry = fs::directory_iterator(directory, error); !error && entry != fs::directory_iterator();
       entry.increment(error)) {
    const fs::path& path = entry->path();
    if (is_yaml(path) || path.extension() == ".json") files.push_back(path);
  }
  if (error) return in_file(directory, "The directory cannot be read.");
  if (files.empty()) return in_file(directory, "There is no .json, .yaml or .yml file in it.");
  if (files.size() > kMostFiles) return in_file(directory, "There are more than 1000 files in it.");
  std::sort(files.begin(), files.end());
  return files;
}

/// What is not as a section should be is left to the server, which names the place.
void join_section(json::Value& whole, json::Value&& part) {
  json::Object* into = whole.as_object();
  json::Object* from = part.as_object();
  if (into == nullptr || from == nullptr) return;
  for (auto& [name, value] : *from) {
    json::Value* known = into->find(name);
    if (known == nullptr) {
      into->append(name, std::move(value));
    } else if (known->is_array() && value.is_array()) {
      auto& items = *value.as_array();
      std::move(items.begin(), items.end(), std::back_inserter(*known->as_array()));
    } else if (value.is_bool() && *value.as_bool()) {
      *known = true;
    }
  }
}

}  // namespace

Result<json::Object> read_plan_input(const std::string& path) {
  std::error_code ignored;
  if (!fs::is_directory(path, ignored)) return read_file(path);
  ROLECALL_TRY_ASSIGN(const auto files, files_of(path));
  json::Object whole;
  for (const auto& file : files) {
    ROLECALL_TRY_ASSIGN(auto part, read_file(file));
    for (auto& [name, section] : part) {
      json::Value* known = whole.find(name);
      if (known == nullptr) {
        whole.append(name, std::move(section));
      } else {
        join_section(*known, std::move(section));
      }
    }
  }
  return whole;
}

Result<std::string> plan_id_of(const std::string& id_or_file) {
  std::error_code ignored;
  if (!fs::is_regular_file(id_or_file, ignored)) return id_or_file;
  ROLECALL_TRY_ASSIGN(const auto plan, read_file(id_or_file));
  const json::Value* id = plan.find("id");
  if (id != nullptr && id->is_string()) return *id->as_string();
  return in_file(id_or_file, "This is no computed plan; `rolecall plan --out` writes one. Or apply it with -f.");
}

}  // namespace rolecall::app
