#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "definitions.hpp"

namespace rolecall::property {

/// One test inside the brackets of a path.
struct ElementTest {
  std::string sub;
  std::string op;  ///< eq, ne, co, sw, pr
  json::Value literal;
  bool is_negated = false;
};

/// One operation of a PATCH, taken apart: the reference reads no paths.
struct PatchStep {
  std::string op;
  std::string urn;        ///< of an extension; else empty
  std::string attribute;  ///< empty with a URN: the whole extension; both empty: no path
  std::vector<ElementTest> tests;
  bool is_any = false;  ///< tests joined by `or` instead of `and`
  std::string sub;
  json::Value value;

  [[nodiscard]] bool has_path() const { return !urn.empty() || !attribute.empty(); }
};

/// What RFC 7644 §3.5.2 makes of a document, written as plainly as it can be and without the engine's code.
struct ReferenceAnswer {
  json::Object document;
  /// The scimTypes of all that is wrong with the request; which of several faults is named is left open by the RFC.
  std::set<std::string> errors;
};
[[nodiscard]] ReferenceAnswer patch_by_reference(const Definitions& definitions, const json::Object& stored,
                                                 const std::vector<PatchStep>& steps);

}  // namespace rolecall::property
