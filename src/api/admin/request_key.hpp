#pragma once

#include <optional>
#include <string>

#include "call.hpp"

namespace rolecall::api::admin {

/// The Idempotency-Key of a POST: a client that lost an answer sends the same again and gets that answer, and nothing
/// is done twice. Kept in the transaction of the change, so that both are there or neither.
class RequestKey {
 public:
  /// None without the header. `invalid_value` for one that is not 1 to 255 printable ASCII characters. The key is the
  /// caller's own: what others send under the same text is another request.
  [[nodiscard]] static Result<std::optional<RequestKey>> read(const Exchange& exchange);

  /// For KeysInFlight: the workspace is part of it, as it is in the store.
  [[nodiscard]] std::string name_in(const std::string& workspace) const { return workspace + ' ' + key_; }

  /// The answer of before; none for the first time, and again after seven days. `key_reused` when the key came with
  /// another request, `conflict` when the answer held what is shown only once. Refusals are not kept: they did nothing.
  [[nodiscard]] Result<std::optional<Answer>> find(store::Workspace& workspace, Instant now) const;
  [[nodiscard]] Result<void> keep(store::Workspace& workspace, Instant now, const Answer& answer) const;

 private:
  std::string key_;
  std::string request_;  ///< digest of method, address, query and body
};

}  // namespace rolecall::api::admin
