#include "rules.hpp"

// A PATCH without the envelope's name, from scripts and small clients:
//   {"Operations":[{"op":"replace","path":"active","value":false}]}
// RFC 7644 §3.5.2 wants "schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"]. A wrong name stays wrong: then it
// is another message.

namespace rolecall::patch::dialect {

bool bare_message(json::Object& message) {
  const json::Value* schemas = message.find_ignoring_case("schemas");
  if (schemas != nullptr || message.find_ignoring_case("Operations") == nullptr) return false;
  message.append("schemas", json::Value(json::Array{json::Value("urn:ietf:params:scim:api:messages:2.0:PatchOp")}));
  return true;
}

}  // namespace rolecall::patch::dialect
