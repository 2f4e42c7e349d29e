#include "session.hpp"

#include "rolecall/json/parse.hpp"
#include "rolecall/json/write.hpp"
#include "rolecall/resource/document.hpp"

namespace rolecall::provisioning {
namespace {

constexpr std::string_view kExtensionPrefix = "urn:";

void append_differences(json::Array& names, const json::Object& before, const json::Object& after,
                        const std::string& prefix) {
  for (const auto& [name, value] : after) {
    const json::Value* old = before.find(name);
    if (old == nullptr || !(*old == value)) names.emplace_back(prefix + name);
  }
  for (const auto& [name, value] : before) {
    if (after.find(name) == nullptr) names.emplace_back(prefix + name);
  }
}

}  // namespace

resource::ValidationOptions validation_of(const Environment& environment, const Caller& caller) {
  resource::ValidationOptions options = environment.validation;
  options.checks_formats = caller.checks_formats;
  return options;
}

Error no_such_resource(std::string_view type) {
  return Error{ErrorCode::not_found, "No " + std::string(type) + " with this id exists.", {}, {}, {}};
}

Error version_mismatch() {
  return Error{ErrorCode::precondition_failed,
               "The resource has changed since the version named in If-Match. Read it again and repeat the change.",
               {},
               {},
               {}};
}

Error already_there(Error error, std::string_view type) {
  if (error.code != ErrorCode::uniqueness) return error;
  if (error.attribute.empty() || error.attribute == "userName" || error.attribute == "displayName") {
    return name_taken(type);
  }
  error.detail = "Another " + std::string(type) + " has this value of " + error.attribute + ", which must be unique.";
  return error;
}

Error name_taken(std::string_view type) {
  if (type == "User") {
    // One text for all, so that it does not say whose the account is.
    return Error{ErrorCode::uniqueness,
                 "A User with this userName exists already. Find it with a userName filter and update it instead. If "
                 "the filter finds none, the account is not in reach of this connection: an admin of the application "
                 "can hand it over (rolecall users adopt).",
                 "userName",
                 {},
                 {}};
  }
  return Error{ErrorCode::uniqueness,
               "A Group with this displayName exists already. Find it by name and link to it instead of creating it.",
               "displayName",
               {},
               {}};
}

std::string target_of(const store::ResourceRecord& record) { return record.type + "/" + record.id.value(); }

json::Array changed_attributes(const json::Object& before, const json::Object& after) {
  static const json::Object kNothing;
  json::Array names;
  json::Object core_before;
  json::Object core_after;
  for (const auto& [name, value] : before) {
    if (name != "schemas" && !name.starts_with(kExtensionPrefix)) core_before.append(name, value);
  }
  for (const auto& [name, value] : after) {
    if (name != "schemas" && !name.starts_with(kExtensionPrefix)) core_after.append(name, value);
  }
  append_differences(names, core_before, core_after, "");
  const auto extension_of = [](const json::Object& document, const std::string& urn) -> const json::Object& {
    const json::Value* value = document.find(urn);
    return value != nullptr && value->is_object() ? *value->as_object() : kNothing;
  };
  for (const auto& [name, value] : after) {
    if (name.starts_with(kExtensionPrefix)) {
      append_differences(names, extension_of(before, name), extension_of(after, name), name + ":");
    }
  }
  for (const auto& [name, value] : before) {
    if (name.starts_with(kExtensionPrefix) && after.find(name) == nullptr) {
      append_differences(names, extension_of(before, name), kNothing, name + ":");
    }
  }
  return names;
}

Result<json::Object> document_of(const store::ResourceRecord& record) {
  json::Limits limits;
  limits.bytes = record.document.size() + 1;
  limits.string_bytes = limits.bytes;
  auto parsed = json::parse(record.document, limits);
  if (!parsed || !parsed->is_object())
    return internal_error("stored document of " + target_of(record) + " is unreadable");
  return std::move(*parsed->as_object());
}

void fill_columns(store::ResourceRecord& record, const schema::ResourceType& type, const json::Object& document,
                  const TextFolder& folder) {
  record.display =
      std::string(record.type == "User" ? resource::user_name(document) : resource::display_name(document));
  // The keys that filters on userName and displayName have (schema/value_key.hpp).
  record.unique_key = record.type == "User"    ? folder.fold_user_name(record.display)
                      : record.type == "Group" ? folder.fold(record.display)
                                               : record.id.value();
  record.external_id = std::string(resource::external_id(document));
  record.is_active = record.type != "User" || resource::is_active(document);
  record.default_role = record.type == "User" ? std::string(resource::default_role(document)) : std::string();
  record.document = json::write(json::Value(document));
  record.signature = resource::signature_of(type, document, folder);
}

}  // namespace rolecall::provisioning
