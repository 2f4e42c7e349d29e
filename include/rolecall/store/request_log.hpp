#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rolecall/base/clock.hpp"
#include "rolecall/base/ids.hpp"
#include "rolecall/base/result.hpp"

namespace rolecall::store {

/// One SCIM request as an administrator sees it afterwards. No field takes what a client chose freely, except `body`,
/// which has gone through the redaction.
struct LoggedRequest {
  RequestId id;  ///< grows with time
  Instant at{};
  ConnectionId connection;  ///< empty when the token was not good
  TokenId token;            ///< likewise, unless the token was one of ours once
  std::string method;
  std::string route;    ///< "/Users/{id}"
  ResourceId resource;  ///< what `{id}` was, where it looks like an id of ours
  std::int64_t status = 0;
  std::string error;      ///< name of the error code; empty when it succeeded
  std::string scim_type;  ///< RFC 7644 table 9
  std::string attribute;  ///< that the refusal is about; one of the schemas'
  std::int64_t micros = 0;
  std::string rewrites;    ///< rules of the dialect, with blanks between
  std::string intent;      ///< "removed Maya from it-admins"
  std::string effect;      ///< JSON: `attributes` that changed, `roles` gained and lost
  std::string body;        ///< redacted JSON; empty when there is none
  std::string body_state;  ///< "kept", "none", "too long", "unreadable", "off"
};

struct RequestLogFilter {
  std::optional<ConnectionId> connection;  ///< the empty one: of no known connection
  std::int64_t status_class = 0;           ///< 2 for 200 to 299; 0: all
  std::optional<Instant> since;
  std::optional<RequestId> before;  ///< older than this one
};

class RequestLogRepository {
 public:
  virtual ~RequestLogRepository() = default;
  [[nodiscard]] virtual Result<void> append(const LoggedRequest& request) = 0;
  [[nodiscard]] virtual Result<std::optional<LoggedRequest>> find(const RequestId& id) = 0;
  /// The newest first, `limit` at most, without bodies.
  [[nodiscard]] virtual Result<std::vector<LoggedRequest>> page(const RequestLogFilter& filter, std::int64_t limit) = 0;
  /// Changes of that resource and refused requests for it, the newest first, those older than `before`; without bodies.
  [[nodiscard]] virtual Result<std::vector<LoggedRequest>> about(const ResourceId& resource, const RequestId& before,
                                                                 std::int64_t limit) = 0;
  /// Leaves the newest `keep` rows; of the oldest thousand goes what is older than `oldest` as well.
  [[nodiscard]] virtual Result<void> prune(std::int64_t keep, Instant oldest) = 0;
};

}  // namespace rolecall::store
