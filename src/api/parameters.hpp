#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rolecall/base/result.hpp"
#include "rolecall/json/value.hpp"

namespace rolecall::api {

/// The query of one request. Names ignore ASCII case; unknown ones are passed over by not being asked for.
class Parameters {
 public:
  [[nodiscard]] static Result<Parameters> read(std::string_view query);
  /// The same parameters as members of a SearchRequest body (RFC 7644 §3.4.3).
  [[nodiscard]] static Result<Parameters> read_search(const json::Object& body);

  /// None when absent; fails with `code` when the parameter is there more than once, because two readers of the same
  /// request must not pick different ones.
  [[nodiscard]] Result<std::optional<std::string>> text(std::string_view name, ErrorCode code) const;
  /// An integer of any size: one that does not fit is cut to the nearest that does.
  [[nodiscard]] Result<std::optional<std::int64_t>> integer(std::string_view name) const;
  /// Every value of a comma-separated list, also when the parameter is repeated.
  [[nodiscard]] std::string list(std::string_view name) const;
  [[nodiscard]] bool has(std::string_view name) const;

 private:
  std::vector<std::pair<std::string, std::string>> pairs_;
};

}  // namespace rolecall::api
