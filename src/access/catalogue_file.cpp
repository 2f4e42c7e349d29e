#include "catalogue_file.hpp"

#include <algorithm>

#include "rolecall/json/parse.hpp"
#include "rolecall/json/write.hpp"

namespace rolecall::access {

tl::unexpected<Error> wrong(std::string_view file, const std::string& what) {
  return fail(ErrorCode::invalid_value, std::string(file) + ": " + what);
}

Result<json::Object> object_of(std::string_view file, std::string_view text) {
  auto parsed = json::parse(text);
  if (!parsed) return wrong(file, parsed.error().detail);
  if (!parsed->is_object()) return wrong(file, "must be a JSON object.");
  return std::move(*parsed->as_object());
}

Result<json::Array> array_of(std::string_view file, const json::Object& root, std::string_view member, bool is_needed) {
  const json::Value* value = root.find(member);
  if (value == nullptr && !is_needed) return json::Array();
  if (value == nullptr || !value->is_array()) return wrong(file, "needs the array " + std::string(member) + ".");
  return *value->as_array();
}

Result<std::string> text_of(std::string_view file, const json::Object& object, std::string_view member) {
  const json::Value* value = object.find(member);
  if (value == nullptr || !value->is_string() || value->as_string()->empty()) {
    return wrong(file, "every entry needs a text " + std::string(member) + ": " + json::write(json::Value(object)));
  }
  return *value->as_string();
}

Result<std::string> name_in(std::string_view file, const json::Object& object, std::string_view member) {
  constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-:";
  constexpr std::size_t kLongest = 100;
  ROLECALL_TRY_ASSIGN(auto name, text_of(file, object, member));
  if (name.size() <= kLongest && name.find_first_not_of(kAllowed) == std::string::npos) return name;
  return wrong(file, "the " + std::string(member) + " " + name.substr(0, kLongest) +
                         " may hold letters, digits, _, - and : only, 100 of them at most.");
}

Result<bool> flag_of(std::string_view file, const json::Object& object, std::string_view member) {
  const json::Value* value = object.find(member);
  if (value == nullptr) return false;
  if (!value->is_bool()) return wrong(file, std::string(member) + " must be true or false.");
  return *value->as_bool();
}

Result<void> only_members(std::string_view file, const json::Object& object,
                          std::initializer_list<std::string_view> known) {
  for (const auto& [name, value] : object) {
    if (std::find(known.begin(), known.end(), name) == known.end()) return wrong(file, "unknown member " + name + ".");
  }
  return {};
}

}  // namespace rolecall::access
