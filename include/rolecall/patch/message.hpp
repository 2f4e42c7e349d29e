#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "rolecall/base/result.hpp"
#include "rolecall/json/value.hpp"

namespace rolecall::patch {

enum class Op { add, remove, replace };

/// One operation as the client wrote it.
struct RawOperation {
  Op op = Op::add;
  std::optional<std::string> path;
  std::optional<json::Value> value;
};

struct Limits {
  std::size_t operations = 1'000;
};

/// Reads a PatchOp message (RFC 7644 §3.5.2). `op` in any case. Fails with `invalid_syntax`, `no_target` for a remove
/// without path, `invalid_value` for an add or replace without value.
[[nodiscard]] Result<std::vector<RawOperation>> parse_message(const json::Value& body, const Limits& limits = {});

}  // namespace rolecall::patch
