#pragma once

#include "rules.hpp"

namespace rolecall::patch::dialect {

/// Rewrites the comparisons in a filter or in the brackets of a PATCH path; the text beside them stays, right or wrong.
/// True when anything changed.
[[nodiscard]] bool rewrite_comparisons(std::string& text, const schema::ResourceType& type, FilterRule rule);

}  // namespace rolecall::patch::dialect
