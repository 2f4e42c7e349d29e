#pragma once

#include <string_view>
#include <vector>

#include "rolecall/patch/dialect.hpp"

namespace rolecall::patch::dialect {

// Each rule rewrites `operations` in place and says whether it changed anything.

[[nodiscard]] Result<bool> own_id(std::vector<RawOperation>& operations, std::string_view own_id);
[[nodiscard]] bool read_only_echo(std::vector<RawOperation>& operations, const schema::ResourceType& type);
[[nodiscard]] bool keys_as_paths(std::vector<RawOperation>& operations, const schema::ResourceType& type);
[[nodiscard]] bool listed_members(std::vector<RawOperation>& operations);

}  // namespace rolecall::patch::dialect
