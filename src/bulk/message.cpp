#include "rolecall/bulk/message.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "rolecall/base/text.hpp"
#include "rolecall/json/write.hpp"

namespace rolecall::bulk {
namespace {

constexpr std::string_view kBulkRequest = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";

constexpr std::array<std::pair<std::string_view, Method>, 4> kMethods{
    {{"POST", Method::post}, {"PUT", Method::put}, {"PATCH", Method::patch}, {"DELETE", Method::remove}}};

tl::unexpected<Error> malformed(std::string why) { return fail(ErrorCode::invalid_syntax, std::move(why)); }

const json::Value* find_given(const json::Object& object, std::string_view name) {
  const json::Value* value = object.find_ignoring_case(name);
  return value != nullptr && !value->is_null() ? value : nullptr;
}

class Reader {
 public:
  Reader(const patch::Dialect& dialect, patch::AppliedRules* applied) : dialect_(dialect), applied_(applied) {}

  Result<void> check_schemas(const json::Object& message) {
    const json::Value* schemas = message.find_ignoring_case("schemas");
    if (schemas == nullptr && dialect_.bare_message) {
      note("bare_message");
      return {};
    }
    const json::Array* items = schemas != nullptr ? schemas->as_array() : nullptr;
    if (items != nullptr) {
      for (const json::Value& item : *items) {
        if (item.is_string() && equals_ignoring_ascii_case(*item.as_string(), kBulkRequest)) return {};
      }
    }
    return malformed("The body's \"schemas\" must name " + std::string(kBulkRequest) + ".");
  }

  /// Moves the data out of `object`.
  Operation read(json::Object& object) {
    Operation operation;
    if (auto read = read_into(operation, object); !read) operation.error = std::move(read).error();
    return operation;
  }

 private:
  Result<void> read_into(Operation& operation, json::Object& object) {
    // The bulkId first: the answer repeats it whatever else is wrong.
    const auto has_bulk_id = read_text(object, "bulkId", operation.bulk_id);
    const auto has_path = read_text(object, "path", operation.path);
    ROLECALL_TRY(read_method(operation, object));
    ROLECALL_TRY(has_bulk_id);
    ROLECALL_TRY(has_path);
    if (operation.path.empty()) return malformed("The operation has no \"path\"; it needs one like /Users.");
    ROLECALL_TRY(read_slash(operation));
    if (operation.method == Method::post && operation.bulk_id.empty()) {
      if (!dialect_.loose_bulk) {
        return fail(ErrorCode::invalid_value, "A POST in a bulk request needs a \"bulkId\" of its own.", "bulkId");
      }
      note("loose_bulk");
    }
    ROLECALL_TRY(read_text(object, "version", operation.version));
    if (operation.method == Method::remove) return {};
    json::Value* data = object.find_ignoring_case("data");
    if (data == nullptr || !data->is_object()) {
      return malformed("The operation needs \"data\", the object that would be the body of a " + operation.method_name +
                       " of its own.");
    }
    operation.data = std::move(*data);
    return {};
  }

  static Result<void> read_text(const json::Object& object, std::string_view name, std::string& out) {
    const json::Value* value = find_given(object, name);
    if (value == nullptr) return {};
    if (!value->is_string()) return malformed("\"" + std::string(name) + "\" of an operation must be a string.");
    out = *value->as_string();
    return {};
  }

  Result<void> read_method(Operation& operation, const json::Object& object) {
    ROLECALL_TRY(read_text(object, "method", operation.method_name));
    for (const auto& [name, method] : kMethods) {
      const bool is_exact = operation.method_name == name;
      if (!is_exact && !(dialect_.loose_bulk && equals_ignoring_ascii_case(operation.method_name, name))) continue;
      if (!is_exact) note("loose_bulk");
      operation.method = method;
      operation.method_name = name;
      return {};
    }
    return malformed("The \"method\" of an operation must be POST, PUT, PATCH or DELETE.");
  }

  Result<void> read_slash(Operation& operation) {
    if (operation.path.front() == '/') return {};
    if (!dialect_.loose_bulk) {
      return malformed(
          "The \"path\" of an operation is relative to the base URL and begins with a slash, as in /Users.");
    }
    operation.path.insert(operation.path.begin(), '/');
    note("loose_bulk");
    return {};
  }

  void note(std::string_view rule) {
    if (applied_ == nullptr || std::find(applied_->begin(), applied_->end(), rule) != applied_->end()) return;
    applied_->emplace_back(rule);
  }

  const patch::Dialect& dialect_;
  patch::AppliedRules* applied_;
};

/// RFC 7644 §3.7: "the number of errors that the service provider will accept before the operation is terminated". Its
/// example ends after one error with 1, so 0 can only mean the same.
Result<std::optional<std::size_t>> read_errors_accepted(const json::Object& message) {
  const json::Value* given = find_given(message, "failOnErrors");
  if (given == nullptr) return std::optional<std::size_t>();
  const json::Number* number = given->as_number();
  const auto count = number != nullptr ? json::to_integer(*number) : std::nullopt;
  if (!count || *count < 0) {
    return fail(ErrorCode::invalid_value, "\"failOnErrors\" must be an integer from 1 on.", "failOnErrors");
  }
  return std::optional(static_cast<std::size_t>(std::max<std::int64_t>(*count, 1)));
}

}  // namespace

Result<Message> parse_message(json::Value body, const Limits& limits, const patch::Dialect& dialect,
                              patch::AppliedRules* applied) {
  json::Object* object = body.as_object();
  if (object == nullptr) return malformed("The body must be a JSON object.");
  Reader reader(dialect, applied);
  ROLECALL_TRY(reader.check_schemas(*object));
  json::Value* operations = object->find_ignoring_case("Operations");
  json::Array* items = operations != nullptr ? operations->as_array() : nullptr;
  if (items == nullptr || items->empty()) return malformed("The body needs \"Operations\", an array of at least one.");
  if (items->size() > limits.operations) {
    return fail(ErrorCode::payload_too_large, "The request has " + std::to_string(items->size()) +
                                                  " operations; one request may have " +
                                                  std::to_string(limits.operations) + ". Send several.");
  }
  Message message;
  ROLECALL_TRY_ASSIGN(message.errors_accepted, read_errors_accepted(*object));
  message.operations.reserve(items->size());
  for (json::Value& item : *items) {
    json::Object* operation = item.as_object();
    if (operation == nullptr) return malformed("Each of \"Operations\" must be an object.");
    message.operations.push_back(reader.read(*operation));
  }
  return message;
}

}  // namespace rolecall::bulk
