#include "attribute_reader.hpp"

#include <array>
#include <utility>

#include "rolecall/base/text.hpp"

namespace rolecall::schema {
namespace {

template <typename Enum, std::size_t size>
using Words = std::array<std::pair<std::string_view, Enum>, size>;

constexpr Words<Type, 8> kTypes{{{"string", Type::string},
                                 {"boolean", Type::boolean},
                                 {"decimal", Type::decimal},
                                 {"integer", Type::integer},
                                 {"dateTime", Type::date_time},
                                 {"binary", Type::binary},
                                 {"reference", Type::reference},
                                 {"complex", Type::complex}}};
constexpr Words<Mutability, 4> kMutabilities{{{"readOnly", Mutability::read_only},
                                              {"readWrite", Mutability::read_write},
                                              {"immutable", Mutability::immutable},
                                              {"writeOnly", Mutability::write_only}}};
constexpr Words<Returned, 4> kReturned{{{"always", Returned::always},
                                        {"never", Returned::never},
                                        {"default", Returned::by_default},
                                        {"request", Returned::on_request}}};
constexpr Words<Uniqueness, 3> kUniqueness{
    {{"none", Uniqueness::none}, {"server", Uniqueness::server}, {"global", Uniqueness::global}}};

tl::unexpected<Error> broken(const std::string& where, const std::string& rule) {
  return fail(ErrorCode::invalid_value, where + ": " + rule);
}

/// Leaves `out` alone when the keyword is absent.
template <typename Enum, std::size_t size>
Result<void> read_word(const json::Object& object, std::string_view keyword, const Words<Enum, size>& words, Enum& out,
                       const std::string& where) {
  const json::Value* value = object.find(keyword);
  if (value == nullptr) return {};
  if (const std::string* text = value->as_string()) {
    for (const auto& [word, meaning] : words) {
      if (word == *text) {
        out = meaning;
        return {};
      }
    }
  }
  return broken(where, "\"" + std::string(keyword) + "\" has a value that RFC 7643 §7 does not define");
}

Result<void> read_flag(const json::Object& object, std::string_view keyword, bool& out, const std::string& where) {
  const json::Value* value = object.find(keyword);
  if (value == nullptr) return {};
  if (!value->is_bool()) return broken(where, "\"" + std::string(keyword) + "\" must be true or false");
  out = *value->as_bool();
  return {};
}

Result<void> read_list(const json::Object& object, std::string_view keyword, std::vector<std::string>& out,
                       const std::string& where) {
  const json::Value* value = object.find(keyword);
  if (value == nullptr) return {};
  const json::Array* items = value->as_array();
  if (items == nullptr) return broken(where, "\"" + std::string(keyword) + "\" must be an array of strings");
  for (const json::Value& item : *items) {
    if (!item.is_string()) return broken(where, "\"" + std::string(keyword) + "\" must be an array of strings");
    out.push_back(*item.as_string());
  }
  return {};
}

bool is_attribute_name(std::string_view name) {
  if (name == "$ref") return true;
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  if (name.empty() || !is_letter(name.front())) return false;
  for (const char c : name) {
    if (!is_letter(c) && !(c >= '0' && c <= '9') && c != '-' && c != '_' && c != '$') return false;
  }
  return true;
}

Result<Attribute> read_attribute(const json::Value& definition, const std::string& where) {
  const json::Object* object = definition.as_object();
  if (object == nullptr) return broken(where, "an attribute definition must be an object");
  const json::Value* name = object->find("name");
  if (name == nullptr || !name->is_string() || !is_attribute_name(*name->as_string())) {
    return broken(where, "an attribute needs a \"name\" of letters, digits, '-', '_' and '$' (RFC 7643 §2.1)");
  }
  Attribute attribute;
  attribute.name = *name->as_string();
  const std::string here = where + "." + attribute.name;
  ROLECALL_TRY(read_word(*object, "type", kTypes, attribute.type, here));
  ROLECALL_TRY(read_word(*object, "mutability", kMutabilities, attribute.mutability, here));
  ROLECALL_TRY(read_word(*object, "returned", kReturned, attribute.returned, here));
  ROLECALL_TRY(read_word(*object, "uniqueness", kUniqueness, attribute.uniqueness, here));
  ROLECALL_TRY(read_flag(*object, "multiValued", attribute.multi_valued, here));
  ROLECALL_TRY(read_flag(*object, "required", attribute.required, here));
  ROLECALL_TRY(read_flag(*object, "caseExact", attribute.case_exact, here));
  ROLECALL_TRY(read_list(*object, "canonicalValues", attribute.canonical_values, here));
  ROLECALL_TRY(read_list(*object, "referenceTypes", attribute.reference_types, here));
  if (const json::Value* text = object->find("description"); text != nullptr && text->is_string()) {
    attribute.description = *text->as_string();
  }
  if (attribute.type == Type::reference || attribute.type == Type::binary) {
    if (object->find("caseExact") != nullptr && !attribute.case_exact) {
      return broken(here, "references and binaries are case exact (RFC 7643 §2.3.6, §2.3.7)");
    }
    attribute.case_exact = true;
  }
  if (attribute.mutability == Mutability::write_only && attribute.returned != Returned::never) {
    return broken(here, "a writeOnly attribute must have returned \"never\" (RFC 7643 §7)");
  }
  return attribute;
}

}  // namespace

Result<std::vector<Attribute>> read_attributes(const json::Value& list, const std::string& where) {
  const json::Array* definitions = list.as_array();
  if (definitions == nullptr) return broken(where, "\"attributes\" must be an array");
  std::vector<Attribute> attributes;
  for (const json::Value& definition : *definitions) {
    ROLECALL_TRY_ASSIGN(auto attribute, read_attribute(definition, where));
    const std::string here = where + "." + attribute.name;
    const json::Value* subs = definition.as_object()->find("subAttributes");
    if ((attribute.type == Type::complex) != (subs != nullptr)) {
      return broken(here, "exactly the complex attributes have \"subAttributes\"");
    }
    if (subs != nullptr) {
      const json::Array* items = subs->as_array();
      if (items == nullptr || items->empty()) return broken(here, "\"subAttributes\" must be a non-empty array");
      for (const json::Value& item : *items) {
        ROLECALL_TRY_ASSIGN(auto sub, read_attribute(item, here));
        if (attribute.find_sub_attribute(sub.name) != nullptr) return broken(here + "." + sub.name, "defined twice");
        // RFC 7643 §2.3.8 forbids complex inside complex; only the meta-schema itself nests (its subAttributes), and no
        // stored resource has that type, so those are read as opaque.
        attribute.sub_attributes.push_back(std::move(sub));
      }
    }
    for (const Attribute& other : attributes) {
      if (equals_ignoring_ascii_case(other.name, attribute.name)) return broken(here, "defined twice");
    }
    attributes.push_back(std::move(attribute));
  }
  return attributes;
}

}  // namespace rolecall::schema
