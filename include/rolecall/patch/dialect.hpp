#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "rolecall/base/result.hpp"
#include "rolecall/patch/message.hpp"
#include "rolecall/schema/registry.hpp"

namespace rolecall::patch {

/// Which oddities of clients are understood. Each is one rule in `src/patch/dialect/`, which rewrites operations before
/// the standard engine sees them; all off is RFC 7644.
struct Dialect {
  std::string name;
  bool passes_over_own_id = false;        ///< own_id.cpp
  bool passes_over_echoes = false;        ///< read_only_echo.cpp
  bool reads_keys_as_paths = false;       ///< keys_as_paths.cpp
  bool removes_listed_members = false;    ///< listed_members.cpp
  bool passes_over_unknown_keys = false;  ///< unknown keys of a path-less value, as in a PUT
  bool creates_on_replace = false;        ///< `replace` on a selection without match makes the element, as `add` does
};

[[nodiscard]] Dialect strict_dialect();
[[nodiscard]] Dialect okta_dialect();
/// By the name a connection carries; the Okta one for a name unknown here is never taken silently.
[[nodiscard]] Result<Dialect> find_dialect(std::string_view name);

/// Applies the rules that are on; names of those that changed something are added to `applied` when it is given.
/// Running it twice changes nothing more. `own_id` is the id of the resource being patched.
[[nodiscard]] Result<std::vector<RawOperation>> rewrite(std::vector<RawOperation> operations,
                                                        const schema::ResourceType& type, const Dialect& dialect,
                                                        std::string_view own_id,
                                                        std::vector<std::string>* applied = nullptr);

}  // namespace rolecall::patch
