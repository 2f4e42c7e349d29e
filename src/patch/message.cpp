#include "rolecall/patch/message.hpp"

#include "rolecall/base/text.hpp"

namespace rolecall::patch {
namespace {

constexpr std::string_view kPatchOp = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

tl::unexpected<Error> malformed(const std::string& why) { return fail(ErrorCode::invalid_syntax, why); }

bool names_patch_op(const json::Object& message) {
  const json::Value* schemas = message.find_ignoring_case("schemas");
  const json::Array* items = schemas != nullptr ? schemas->as_array() : nullptr;
  if (items == nullptr) return false;
  for (const json::Value& item : *items) {
    if (item.is_string() && equals_ignoring_ascii_case(*item.as_string(), kPatchOp)) return true;
  }
  return false;
}

Result<RawOperation> parse_operation(const json::Value& value, std::size_t number) {
  const std::string where = "Operation " + std::to_string(number);
  const json::Object* object = value.as_object();
  if (object == nullptr) return malformed(where + " must be an object.");
  const json::Value* op = object->find_ignoring_case("op");
  const std::string* word = op != nullptr ? op->as_string() : nullptr;
  if (word == nullptr) return malformed(where + " has no \"op\"; it must be add, remove or replace.");
  RawOperation operation;
  if (equals_ignoring_ascii_case(*word, "add")) {
    operation.op = Op::add;
  } else if (equals_ignoring_ascii_case(*word, "remove")) {
    operation.op = Op::remove;
  } else if (equals_ignoring_ascii_case(*word, "replace")) {
    operation.op = Op::replace;
  } else {
    return malformed(where + " has an unknown \"op\"; it must be add, remove or replace.");
  }
  if (const json::Value* path = object->find_ignoring_case("path"); path != nullptr && !path->is_null()) {
    if (!path->is_string()) return fail(ErrorCode::invalid_path, where + ": \"path\" must be a string.");
    operation.path = *path->as_string();
  }
  if (const json::Value* given = object->find_ignoring_case("value")) operation.value = *given;
  if (operation.op == Op::remove && !operation.path) {
    return fail(ErrorCode::no_target, where + " removes nothing: a remove needs a \"path\".");
  }
  if (operation.op != Op::remove && !operation.value) {
    return fail(ErrorCode::invalid_value, where + " needs a \"value\".");
  }
  return operation;
}

}  // namespace

Result<std::vector<RawOperation>> parse_message(const json::Value& body, const Limits& limits) {
  const json::Object* message = body.as_object();
  if (message == nullptr) return malformed("The body must be a JSON object.");
  if (!names_patch_op(*message)) {
    return malformed("The body's \"schemas\" must name " + std::string(kPatchOp) + ".");
  }
  const json::Value* operations = message->find_ignoring_case("Operations");
  const json::Array* items = operations != nullptr ? operations->as_array() : nullptr;
  if (items == nullptr || items->empty()) return malformed("The body needs \"Operations\", an array of at least one.");
  if (items->size() > limits.operations) {
    return malformed("The body has more than " + std::to_string(limits.operations) +
                     " operations; send several requests.");
  }
  std::vector<RawOperation> parsed;
  parsed.reserve(items->size());
  for (const json::Value& item : *items) {
    ROLECALL_TRY_ASSIGN(auto operation, parse_operation(item, parsed.size() + 1));
    parsed.push_back(std::move(operation));
  }
  return parsed;
}

}  // namespace rolecall::patch
