#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace rolecall::app {

enum class Kind {
  text,
  integer,
  number,  ///< with a fraction
  boolean,
  size,      ///< bytes: 4096, "64KiB", "8MiB", "1GiB"
  duration,  ///< "500ms", "10s", "5m", "12h", "30d"
  networks,  ///< "10.0.0.0/8", with commas between; in the file an array
  choice,    ///< one of `choices`
  secret,    ///< never printed; from the environment also as …_FILE
};

/// One setting.
struct Key {
  std::string_view name;  ///< "server.listen": section and key of the file, ROLECALL_SERVER__LISTEN
  Kind kind;
  std::string_view default_value;
  std::int64_t minimum;  ///< of integers, numbers, bytes, milliseconds
  std::int64_t maximum;
  std::string_view choices;  ///< separated by blanks
  std::string_view doc;
};

/// Every setting there is, in the order of the manual. What is not here refuses to start.
[[nodiscard]] std::span<const Key> config_keys();
[[nodiscard]] const Key* find_key(std::string_view name);
/// The known name that is nearest to `typed`; empty when none is near.
[[nodiscard]] std::string_view nearest_key(std::string_view typed);

}  // namespace rolecall::app
