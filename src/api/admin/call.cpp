#include "call.hpp"

#include "rolecall/json/write.hpp"

namespace rolecall::api::admin {

Result<std::string> Call::text(std::string_view name, bool required) const {
  const json::Value* value = body.find(name);
  if (value == nullptr || value->is_null()) {
    if (!required) return std::string();
    return fail(ErrorCode::invalid_value, "The member \"" + std::string(name) + "\" is needed.", std::string(name));
  }
  if (!value->is_string()) {
    return fail(ErrorCode::invalid_value, "The member \"" + std::string(name) + "\" must be a string.",
                std::string(name));
  }
  return *value->as_string();
}

Result<bool> Call::flag(std::string_view name) const {
  const json::Value* value = body.find(name);
  if (value == nullptr || value->is_null()) return false;
  if (value->is_bool()) return *value->as_bool();
  return fail(ErrorCode::invalid_value, "The member \"" + std::string(name) + "\" must be true or false.",
              std::string(name));
}

Result<std::optional<std::int64_t>> Call::number(std::string_view name) const {
  const json::Value* value = body.find(name);
  if (value == nullptr || value->is_null()) return std::optional<std::int64_t>();
  const json::Number* number = value->as_number();
  const auto integer = number == nullptr ? std::nullopt : json::to_integer(*number);
  if (integer) return integer;
  return fail(ErrorCode::invalid_value, "The member \"" + std::string(name) + "\" must be a whole number.",
              std::string(name));
}

Result<std::vector<std::string>> Call::texts(std::string_view name) const {
  std::vector<std::string> all;
  const json::Value* value = body.find(name);
  if (value == nullptr || value->is_null()) return all;
  const json::Array* items = value->as_array();
  if (items == nullptr) {
    return fail(ErrorCode::invalid_value, "The member \"" + std::string(name) + "\" must be an array of strings.",
                std::string(name));
  }
  for (const json::Value& item : *items) {
    if (!item.is_string()) {
      return fail(ErrorCode::invalid_value, "The member \"" + std::string(name) + "\" must be an array of strings.",
                  std::string(name));
    }
    all.push_back(*item.as_string());
  }
  return all;
}

Result<std::string> Call::parameter(std::string_view name) const {
  ROLECALL_TRY_ASSIGN(auto value, parameters.text(name, ErrorCode::invalid_value));
  return std::move(value).value_or(std::string());
}

Result<std::int64_t> Call::limit() const {
  constexpr std::int64_t kDefault = 100;
  ROLECALL_TRY_ASSIGN(const auto value, parameters.integer("limit"));
  return value.value_or(kDefault);
}

Answer list_of(json::Array items) { return Answer{200, json::Object{{"items", std::move(items)}}}; }

}  // namespace rolecall::api::admin
