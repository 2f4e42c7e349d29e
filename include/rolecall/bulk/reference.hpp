#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rolecall/json/value.hpp"

// References by bulkId (RFC 7644 §3.7.2): `bulkId:qwerty` stands where the id will be once it is known. Read as one are
//   any text that is nothing else                          "value": "bulkId:qwerty"
//   the last part of a URI                                 "$ref": "https://example.com/scim/v2/Users/bulkId:qwerty"
//   a literal in the path of a PATCH operation             "path": "members[value eq \"bulkId:qwerty\"]"
// but never the member `password`, which may be any text.

namespace rolecall::bulk {

/// The id for a bulkId; null while there is none. The string stays where it is during the call.
using Ids = std::function<const std::string*(std::string_view bulk_id)>;

/// "qwerty" for `bulkId:qwerty`, none for every other text.
[[nodiscard]] std::optional<std::string_view> reference_of(std::string_view text);

/// The bulkIds that `data` refers to, each once, in the order in which they appear.
[[nodiscard]] std::vector<std::string> references_in(const json::Value& data);

/// Puts ids where references stand. A reference without an id is left out, together with the complex value that is
/// nothing without it (the element of `members`, the whole `manager`). Returns whether anything was left out.
[[nodiscard]] bool resolve_references(json::Value& data, const Ids& ids);

}  // namespace rolecall::bulk
