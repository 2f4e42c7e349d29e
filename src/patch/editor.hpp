#pragma once

#include "rolecall/base/text.hpp"
#include "rolecall/patch/resolve.hpp"

namespace rolecall::patch {

/// A document being patched, operation by operation.
class Editor {
 public:
  Editor(const json::Object& stored, const schema::ResourceType& type, const TextFolder& folder,
         const resource::ValidationOptions& options)
      : document_(stored), type_(type), folder_(folder), options_(options) {}

  [[nodiscard]] Result<void> apply(const Operation& operation);
  [[nodiscard]] const json::Object& document() const { return document_; }

 private:
  [[nodiscard]] Result<void> apply_to_attribute(json::Object& container, const Operation& operation);
  [[nodiscard]] Result<void> merge_complex(json::Object& container, const Operation& operation,
                                           const json::Object* named);
  [[nodiscard]] Result<void> apply_to_schemas(const Operation& operation);
  [[nodiscard]] Result<void> apply_to_sub_attribute(json::Object& container, const Operation& operation);
  [[nodiscard]] Result<void> apply_to_selection(json::Object& container, const Operation& operation);
  [[nodiscard]] Result<void> change_element(json::Value& element, const Operation& operation);
  [[nodiscard]] Result<void> create_selected(json::Object& container, const Operation& operation);

  json::Object document_;
  const schema::ResourceType& type_;
  const TextFolder& folder_;
  const resource::ValidationOptions& options_;
};

}  // namespace rolecall::patch
