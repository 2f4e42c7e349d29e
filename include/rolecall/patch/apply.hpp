#pragma once

#include "rolecall/base/result.hpp"
#include "rolecall/base/text.hpp"
#include "rolecall/json/value.hpp"
#include "rolecall/patch/resolve.hpp"
#include "rolecall/resource/validate.hpp"
#include "rolecall/schema/registry.hpp"

namespace rolecall::patch {

struct Applied {
  json::Object document;
  bool changed = false;
};

/// The stored document after the patch (member changes aside): all operations in order, each seeing the ones before, or
/// an error and nothing (RFC 7644 §3.5.2). Setting one element's `primary` to true clears the others'. The result is
/// validated like a PUT. Pure.
[[nodiscard]] Result<Applied> apply(const ResolvedPatch& patch, const schema::Registry& registry,
                                    const schema::ResourceType& type, const json::Object& stored,
                                    const TextFolder& folder, const resource::ValidationOptions& options);

}  // namespace rolecall::patch
