#include "rolecall/app/configuration.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>

#include "config_values.hpp"
#include "rolecall/base/text.hpp"

namespace rolecall::app {
namespace {

tl::unexpected<Error> unusable(std::string sentence) { return fail(ErrorCode::invalid_value, std::move(sentence)); }

std::string with_suggestion(const std::string& where, const std::string& name) {
  const std::string_view near = nearest_key(name);
  std::string sentence = where + ": there is no setting \"" + name + "\".";
  if (!near.empty()) sentence += " Did you mean \"" + std::string(near) + "\"?";
  return sentence + " `rolecall config show` lists all settings.";
}

/// An array of strings with commas between, for the keys that are lists.
std::optional<std::string> as_list(const toml::node& node) {
  const auto* array = node.as_array();
  if (array == nullptr) return std::nullopt;
  std::string joined;
  for (const auto& item : *array) {
    const auto* text = item.as_string();
    if (text == nullptr) return std::nullopt;
    joined.append(joined.empty() ? "" : ",").append(text->get());
  }
  return joined;
}

/// A TOML value as the text that a flag or a variable would carry; none for arrays, dates and tables.
std::optional<std::string> as_text(const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* number = node.as_integer()) return std::to_string(number->get());
  if (const auto* flag = node.as_boolean()) return std::string(flag->get() ? "true" : "false");
  if (const auto* number = node.as_floating_point()) {
    std::ostringstream text;
    text << number->get();
    return text.str();
  }
  return std::nullopt;
}

Result<std::string> read_secret_file(const std::string& path, const std::string& variable) {
  constexpr std::size_t kLongest = 4096;
  std::ifstream file(path, std::ios::binary);
  std::string text(kLongest + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (!file.eof() || text.empty()) return unusable(variable + ": the file " + path + " cannot be read or is empty.");
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text;
}

}  // namespace

std::string_view name_of(Origin origin) {
  switch (origin) {
    case Origin::built_in:
      return "default";
    case Origin::file:
      return "file";
    case Origin::environment:
      return "environment";
    case Origin::flag:
      return "flag";
  }
  return "";
}

Configuration::Configuration() {
  for (const Key& key : config_keys()) {
    entries_.emplace(std::string(key.name), Entry{std::string(key.default_value), Origin::built_in});
  }
}

const Configuration::Entry& Configuration::entry(std::string_view key) const {
  const auto found = entries_.find(key);
  // A name that config_keys() lacks is a defect of this program and must end here, not in whatever memory holds.
  if (found == entries_.end()) throw std::logic_error("there is no setting " + std::string(key));
  return found->second;
}

std::size_t Configuration::count(Origin origin) const {
  return static_cast<std::size_t>(
      std::count_if(entries_.begin(), entries_.end(), [&](const auto& item) { return item.second.origin == origin; }));
}

std::string Configuration::shown(const Key& key) const {
  const std::string& value = entry(key.name).value;
  if (key.kind == Kind::secret) return value.empty() ? "" : "(set)";
  return key.name == "storage.database" ? without_password(value) : value;
}

Result<void> Configuration::set(std::string_view key, std::string value, Origin origin, const std::string& where) {
  const Key* known = find_key(key);
  if (known == nullptr) return unusable(with_suggestion(where, std::string(key)));
  if (const auto wrong = complaint(*known, value)) {
    return unusable(where + ": " + std::string(key) + " " + *wrong + ".");
  }
  entries_.find(key)->second = Entry{std::move(value), origin};
  return {};
}

Result<void> Configuration::read_file(const std::string& path) {
  // The library gives no Result: its exception ends here.
  try {
    const toml::table document = toml::parse_file(path);
    for (const auto& [section, node] : document) {
      const std::string section_name(section.str());
      const auto place = [&](const toml::node& at) { return path + ":" + std::to_string(at.source().begin.line); };
      const toml::table* table = node.as_table();
      if (table == nullptr) return unusable(with_suggestion(place(node), section_name));
      for (const auto& [key, value] : *table) {
        const std::string name = section_name + "." + std::string(key.str());
        const Key* known = find_key(name);
        if (known == nullptr) return unusable(with_suggestion(place(value), name));
        auto text = as_text(value);
        if (!text && known->kind == Kind::networks) text = as_list(value);
        if (!text) return unusable(place(value) + ": " + name + " must be a single value.");
        ROLECALL_TRY(set(name, *text, Origin::file, place(value)));
      }
    }
  } catch (const toml::parse_error& error) {
    const std::string line = std::to_string(error.source().begin.line);
    const bool is_missing = !std::filesystem::exists(path);
    return unusable(is_missing ? "The configuration file " + path + " does not exist."
                               : path + ":" + line + ": " + std::string(error.description()) + ".");
  }
  return {};
}

Result<void> Configuration::read_environment(const std::vector<std::string>& environment) {
  constexpr std::string_view kPrefix = "ROLECALL_";
  constexpr std::string_view kFile = "_FILE";
  for (const std::string& line : environment) {
    const auto equals = line.find('=');
    if (!line.starts_with(kPrefix) || equals == std::string::npos) continue;
    const std::string variable = line.substr(0, equals);
    std::string value = line.substr(equals + 1);
    const auto split = variable.find("__", kPrefix.size());
    // Without a section it is none of ours: ROLECALL_DATA belongs to the command line, others to scripts.
    if (split == std::string::npos) continue;
    std::string name = ascii_lower(variable.substr(kPrefix.size(), split - kPrefix.size())) + "." +
                       ascii_lower(variable.substr(split + 2));
    if (variable.ends_with(kFile) && find_key(name) == nullptr) {
      const std::string secret_name = name.substr(0, name.size() - kFile.size());
      const Key* key = find_key(secret_name);
      if (key != nullptr && key->kind == Kind::secret) {
        ROLECALL_TRY_ASSIGN(value, read_secret_file(value, variable));
        name = secret_name;
      }
    }
    ROLECALL_TRY(set(name, std::move(value), Origin::environment, "environment variable " + variable));
  }
  return {};
}

Result<void> Configuration::check_together() const {
  if (integer("limits.page_default") > integer("limits.page_max")) {
    return unusable("limits.page_default must not be greater than limits.page_max.");
  }
  return {};
}

Result<Configuration> Configuration::load(const Sources& sources) {
  Configuration configuration;
  if (!sources.file.empty()) ROLECALL_TRY(configuration.read_file(sources.file));
  ROLECALL_TRY(configuration.read_environment(sources.environment));
  for (const auto& [key, value] : sources.flags) {
    ROLECALL_TRY(configuration.set(key, value, Origin::flag, "command line"));
  }
  ROLECALL_TRY(configuration.check_together());
  // One spelling, so that addresses are made by appending.
  std::string& url = configuration.entries_.find("server.public_url")->second.value;
  for (const std::string_view suffix : {"/", "/scim/v2"}) {
    while (url.ends_with(suffix)) url.resize(url.size() - suffix.size());
  }
  return configuration;
}

}  // namespace rolecall::app
