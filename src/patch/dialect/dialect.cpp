#include "rolecall/patch/dialect.hpp"

#include <algorithm>

#include "filter_text.hpp"
#include "rules.hpp"
#include "walk.hpp"

namespace rolecall::patch {
namespace {

/// Collects names of rules, each once.
class Notes {
 public:
  explicit Notes(AppliedRules* applied) : applied_(applied) {}
  void operator()(bool changed, std::string_view rule) {
    if (!changed || applied_ == nullptr) return;
    if (std::find(applied_->begin(), applied_->end(), rule) == applied_->end()) applied_->emplace_back(rule);
  }

 private:
  AppliedRules* applied_;
};

void rewrite_filter_text(std::string& text, const schema::ResourceType& type, const Dialect& dialect, Notes& note) {
  if (dialect.text_literals) {
    note(dialect::rewrite_comparisons(text, type, dialect::text_literals), "text_literals");
  }
  if (dialect.bare_words) note(dialect::rewrite_comparisons(text, type, dialect::bare_words), "bare_words");
  if (dialect.complex_as_value) {
    note(dialect::rewrite_comparisons(text, type, dialect::complex_as_value), "complex_as_value");
  }
}

/// The rules about values, in the order in which one makes what the next one reads.
Result<void> rewrite_value(const dialect::Place& place, json::Value& value, const schema::ResourceType& type,
                           const Dialect& dialect, Notes& note) {
  // There are many members of a Group, and nothing else is ever wrong with them.
  const bool is_members = type.name == "Group" && place.path.attribute->name == "members";
  if (is_members && !dialect.bare_values) return dialect::check_bare_values(place, value);
  if (is_members) {
    note(dialect::bare_members(place, value), "bare_values");
    return {};
  }
  if (dialect.text_elements) note(dialect::text_elements(place, value), "text_elements");
  if (dialect.wrapped_values) note(dialect::wrapped_values(place, value), "wrapped_values");
  if (dialect.bare_values) {
    note(dialect::bare_values(place, value), "bare_values");
  } else {
    ROLECALL_TRY(dialect::check_bare_values(place, value));
  }
  if (dialect.text_booleans) {
    note(dialect::text_booleans(place, value), "text_booleans");
  } else {
    ROLECALL_TRY(dialect::check_text_booleans(place, value));
  }
  if (dialect.one_primary) note(dialect::one_primary(place, value), "one_primary");
  return {};
}

}  // namespace

Result<void> rewrite_message(json::Value& body, const Dialect& dialect, AppliedRules* applied) {
  json::Object* message = body.as_object();
  if (message == nullptr) return {};
  Notes note(applied);
  if (dialect.bare_message) note(dialect::bare_message(*message), "bare_message");
  if (dialect.capital_ops) {
    note(dialect::capital_ops(*message), "capital_ops");
    return {};
  }
  return dialect::check_capital_ops(*message);
}

Result<std::vector<RawOperation>> rewrite(std::vector<RawOperation> operations, const schema::ResourceType& type,
                                          const Dialect& dialect, std::string_view own_id, AppliedRules* applied) {
  Notes note(applied);
  if (dialect.draft_urns) note(dialect::draft_urns(operations, type), "draft_urns");
  if (dialect.dotted_urns) note(dialect::dotted_urns(operations, type), "dotted_urns");
  if (dialect.own_id) {
    ROLECALL_TRY_ASSIGN(const bool changed, dialect::own_id(operations, own_id));
    note(changed, "own_id");
  }
  if (dialect.read_only_echo) note(dialect::read_only_echo(operations, type), "read_only_echo");
  if (dialect.keys_as_paths) note(dialect::keys_as_paths(operations, type), "keys_as_paths");
  if (dialect.unknown_keys) note(dialect::unknown_keys(operations, type), "unknown_keys");
  if (dialect.listed_values) note(dialect::listed_values(operations, type), "listed_values");
  for (RawOperation& operation : operations) {
    const bool has_filter = operation.path && operation.path->find('[') != std::string::npos;
    if (has_filter) rewrite_filter_text(*operation.path, type, dialect, note);
  }
  ROLECALL_TRY(dialect::for_each_value(operations, type, [&](const dialect::Place& place, json::Value& value) {
    return rewrite_value(place, value, type, dialect, note);
  }));
  if (dialect.creates_on_replace) note(dialect::creates_on_replace(operations, type), "creates_on_replace");
  return operations;
}

Result<void> rewrite_resource(json::Object& resource, const schema::ResourceType& type, const Dialect& dialect,
                              AppliedRules* applied) {
  Notes note(applied);
  if (dialect.loose_schemas) {
    note(dialect::loose_schemas(resource, type), "loose_schemas");
  } else {
    ROLECALL_TRY(dialect::check_schemas(resource, type));
  }
  if (dialect.draft_urns) note(dialect::draft_urns(resource, type), "draft_urns");
  return dialect::for_each_value(resource, type, [&](const dialect::Place& place, json::Value& value) {
    return rewrite_value(place, value, type, dialect, note);
  });
}

std::string rewrite_filter(std::string_view text, const schema::ResourceType& type, const Dialect& dialect,
                           AppliedRules* applied) {
  Notes note(applied);
  std::string rewritten(text);
  rewrite_filter_text(rewritten, type, dialect, note);
  return rewritten;
}

}  // namespace rolecall::patch
