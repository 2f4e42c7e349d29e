#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "rolecall/decision/question.hpp"

namespace rolecall::decision {

/// A value of a term, and the attribute whose it is, which knows what equals what; null: what was sent, of no schema.
struct Fact {
  json::Value value;
  const schema::Attribute* attribute = nullptr;
};

/// Equal to both attributes; without any, equal as JSON.
[[nodiscard]] bool are_equal(const Fact& a, const Fact& b, const TextFolder& folder);

/// The type of SCIM resources that a type of a question means: "record" is Record, in any case; null when none is.
[[nodiscard]] const schema::ResourceType* scim_type_of(const schema::Registry& registry, std::string_view type);

/// The path whose values a term means: a complex attribute is its `value`. None when the type has no such attribute.
[[nodiscard]] std::optional<schema::AttributePath> path_of(const schema::ResourceType& type, std::string_view name);

/// Where one looks for the id of a resource in a question besides `id` itself.
[[nodiscard]] std::string_view name_attribute_of(const schema::ResourceType& type);
/// How a question names the resource.
[[nodiscard]] std::string id_of(const store::ResourceRecord& record);

/// What is known of a question. Read from the store only when asked for, within one unit of work.
class Facts {
 public:
  Facts(const Environment& environment, store::Workspace& workspace, const Question& question)
      : environment_(environment), workspace_(workspace), question_(question) {}

  /// The user who asks; without one, nothing is known of the subject.
  void set_user(const store::ResourceRecord& user);
  /// The resource as it was pushed, when it is known already.
  void set_resource(const store::ResourceRecord& resource);

  /// Of the subject the directory is the authority, and only what it has no attribute for is taken as sent. Of the
  /// resource what was sent counts, and what was not is looked up.
  [[nodiscard]] Result<std::vector<Fact>> values_of(const access::Term& term);
  [[nodiscard]] Result<bool> satisfy(const access::DataScope& scope);

 private:
  [[nodiscard]] Result<std::vector<Fact>> subject_values(std::string_view name);
  [[nodiscard]] Result<std::vector<Fact>> resource_values(std::string_view name);
  [[nodiscard]] Result<bool> satisfy(const access::Condition& condition);
  [[nodiscard]] Result<void> look_up_resource();

  /// A stored resource, parsed once.
  struct Stored {
    ResourceId id;
    std::string text;
    std::optional<json::Object> document;
  };
  [[nodiscard]] static Result<std::vector<Fact>> stored_values(Stored& stored, const schema::AttributePath& path);

  const Environment& environment_;
  store::Workspace& workspace_;
  const Question& question_;
  std::optional<Stored> user_;
  std::optional<Stored> resource_;
  bool is_resource_looked_up_ = false;
};

}  // namespace rolecall::decision
