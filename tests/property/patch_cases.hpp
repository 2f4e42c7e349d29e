#pragma once

#include <string>
#include <vector>

#include "generator.hpp"
#include "patch_reference.hpp"
#include "rolecall/patch/message.hpp"

namespace rolecall::property {

/// The URNs a step can name.
struct PatchUrns {
  std::string core;
  std::vector<std::string> extensions;
};

/// Documents and operations from a small vocabulary, so that what is added is often there already, filters often select
/// something, and sometimes more than one thing.
class PatchCases {
 public:
  PatchCases(Random& random, const Definitions& definitions, PatchUrns urns)
      : random_(random), definitions_(definitions), urns_(std::move(urns)) {}

  /// A document that the schemas allow.
  [[nodiscard]] json::Object document();
  [[nodiscard]] std::vector<PatchStep> steps();
  /// The same operation as a client writes it.
  [[nodiscard]] patch::RawOperation written(const PatchStep& step);

 private:
  [[nodiscard]] json::Object values_of(const json::Array& attributes, std::size_t one_in);
  [[nodiscard]] json::Value value_of(const json::Value& definition);
  [[nodiscard]] json::Value element_of(const json::Value& definition);
  [[nodiscard]] json::Value simple_of(const json::Value& definition);
  /// Right most of the time; else of another type, null, empty, or with names that mean nothing.
  [[nodiscard]] json::Value given_for(const json::Value& definition);
  [[nodiscard]] json::Object given_for_all(const std::string& urn);
  [[nodiscard]] PatchStep step();
  void add_tests(PatchStep& step, const json::Value& definition);
  [[nodiscard]] std::string path_of(const PatchStep& step);
  [[nodiscard]] std::string in_any_case(std::string text);

  [[nodiscard]] const json::Array& attributes_of(const std::string& urn) const;

  Random& random_;
  const Definitions& definitions_;
  PatchUrns urns_;
};

}  // namespace rolecall::property
