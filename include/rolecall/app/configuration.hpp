#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rolecall/app/config_keys.hpp"
#include "rolecall/base/result.hpp"
#include "rolecall/base/secret.hpp"

namespace rolecall::app {

enum class Origin { built_in, file, environment, flag };
[[nodiscard]] std::string_view name_of(Origin origin);

/// "10s", "500ms", "30d" as milliseconds.
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);
/// "64KiB", "4096" as bytes.
[[nodiscard]] std::optional<std::int64_t> parse_size(std::string_view text);
/// "127.0.0.1:8080", "[::1]:0" as host and port.
[[nodiscard]] std::optional<std::pair<std::string, std::uint16_t>> parse_listen(std::string_view text);

/// The settings in force: flag over environment over file over default. Values are checked when they are set, so
/// reading one cannot fail.
class Configuration {
 public:
  /// Where settings come from. `environment` is "NAME=value" lines; `flags` are (key, value) pairs.
  struct Sources {
    std::string file;  ///< path of a TOML file; empty: none
    std::vector<std::string> environment;
    std::vector<std::pair<std::string, std::string>> flags;
  };
  /// Fails with one sentence that names file and line, or the variable, and the nearest valid key.
  [[nodiscard]] static Result<Configuration> load(const Sources& sources);

  [[nodiscard]] const std::string& text(std::string_view key) const { return entry(key).value; }
  [[nodiscard]] std::int64_t integer(std::string_view key) const;  ///< integers and bytes
  [[nodiscard]] std::size_t size(std::string_view key) const { return static_cast<std::size_t>(integer(key)); }
  [[nodiscard]] double number(std::string_view key) const;
  [[nodiscard]] std::chrono::milliseconds duration(std::string_view key) const;
  [[nodiscard]] Secret secret(std::string_view key) const { return Secret(entry(key).value); }

  [[nodiscard]] Origin origin(std::string_view key) const { return entry(key).origin; }
  [[nodiscard]] std::size_t count(Origin origin) const;
  /// As `config show` prints it: never the value of a secret.
  [[nodiscard]] std::string shown(const Key& key) const;

 private:
  struct Entry {
    std::string value;
    Origin origin = Origin::built_in;
  };
  Configuration();
  [[nodiscard]] const Entry& entry(std::string_view key) const;
  [[nodiscard]] Result<void> set(std::string_view key, std::string value, Origin origin, const std::string& where);
  [[nodiscard]] Result<void> read_file(const std::string& path);
  [[nodiscard]] Result<void> read_environment(const std::vector<std::string>& environment);
  [[nodiscard]] Result<void> check_together() const;

  std::map<std::string, Entry, std::less<>> entries_;
};

}  // namespace rolecall::app
