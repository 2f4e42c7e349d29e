#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "rolecall/base/result.hpp"
#include "rolecall/json/value.hpp"
#include "rolecall/patch/dialect.hpp"

// Bulk (RFC 7644 §3.7): many operations in one request. Pure: what is to be done, in which order, and what refers to
// what; doing it is `provisioning::bulk`.

namespace rolecall::bulk {

enum class Method { post, put, patch, remove };

/// One operation as the client wrote it.
struct Operation {
  Method method = Method::post;
  std::string method_name;  ///< for the answer: POST, PUT, PATCH, DELETE, or an unknown one as it came; may be empty
  std::string path;
  std::string bulk_id;  ///< empty when there is none
  std::string version;  ///< an entity tag, empty when there is none
  json::Value data;
  /// Why it cannot be one. It fails with this and is not performed; the others are.
  std::optional<Error> error;
};

struct Message {
  std::vector<Operation> operations;
  /// `failOnErrors`: with that many failed operations the job ends. Never 0.
  std::optional<std::size_t> errors_accepted;
};

struct Limits {
  std::size_t operations = 1'000;
};

/// Reads a BulkRequest. Fails with `invalid_syntax` when it is none, `invalid_value` for an unusable failOnErrors,
/// `payload_too_large` for too many operations, with the limit in the sentence (RFC 7644 §3.7.4). What is wrong with
/// one operation is in its `error`. Two rules of the dialect are here:
///   bare_message  {"Operations":[…]} without "schemas"
///   loose_bulk    {"method":"post","path":"Users","data":{…}}: methods in any case, no slash in front, a POST that
///                 nothing refers to without its bulkId
[[nodiscard]] Result<Message> parse_message(json::Value body, const Limits& limits, const patch::Dialect& dialect,
                                            patch::AppliedRules* applied = nullptr);

}  // namespace rolecall::bulk
