#include "workspace.hpp"

namespace rolecall::adapter::soci {
namespace {

#define ROLECALL_LOGGED                                                                                      \
  "SELECT id, at, connection, token, method, route, resource, status, error, scim_type, attribute, micros, " \
  "rewrites, intent, effect, body_state"
constexpr const char* kKinds = "tntttttntttntttt";

constexpr Sql kAppend{
    "request_log.append",
    "INSERT INTO request_log (workspace, id, at, connection, token, method, route, resource, status, error, scim_type, "
    "attribute, micros, rewrites, intent, effect, body, body_state) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (workspace, id) DO NOTHING"};
constexpr Sql kFind{"request_log.find", ROLECALL_LOGGED ", body FROM request_log WHERE workspace = ? AND id = ?",
                    "tntttttntttnttttt"};
/// One text for every filter: what is not asked for is bound so that all rows pass. Ids grow with time, so the page is
/// the end of the primary key.
constexpr Sql kPage{"request_log.page",
                    ROLECALL_LOGGED
                    " FROM request_log WHERE workspace = ? AND id < ? AND at >= ? AND status >= ? AND status <= ? "
                    "AND (? = 1 OR connection = ?) ORDER BY id DESC LIMIT ?",
                    kKinds};
constexpr Sql kAbout{"request_log.about",
                     ROLECALL_LOGGED
                     " FROM request_log WHERE workspace = ? AND resource = ? AND resource <> '' AND id < ? AND "
                     "(method NOT IN ('GET', 'HEAD') OR status >= 400) ORDER BY id DESC LIMIT ?",
                     kKinds};
/// The oldest ones alone are looked at, and a bounded number of them: the writer has other things to do.
constexpr Sql kPruneAge{"request_log.prune_age",
                        "DELETE FROM request_log WHERE workspace = ? AND at < ? AND id IN "
                        "(SELECT id FROM request_log WHERE workspace = ? ORDER BY id LIMIT 1000)"};
constexpr Sql kPruneCount{"request_log.prune_count",
                          "DELETE FROM request_log WHERE workspace = ? AND id <= "
                          "(SELECT id FROM request_log WHERE workspace = ? ORDER BY id DESC LIMIT 1 OFFSET ?)"};

store::LoggedRequest request_of(Row& row) {
  store::LoggedRequest request;
  request.id = row.id<RequestId>(0);
  request.at = row.instant(1);
  request.connection = row.id<ConnectionId>(2);
  request.token = row.id<TokenId>(3);
  request.method = row.text(4);
  request.route = row.text(5);
  request.resource = row.id<ResourceId>(6);
  request.status = row.number(7);
  request.error = row.text(8);
  request.scim_type = row.text(9);
  request.attribute = row.text(10);
  request.micros = row.number(11);
  request.rewrites = row.text(12);
  request.intent = row.text(13);
  request.effect = row.text(14);
  request.body_state = row.text(15);
  return request;
}

}  // namespace

Result<void> RequestLogRepository::append(const store::LoggedRequest& request) {
  ROLECALL_TRY(scope_.session.execute(
      kAppend, {scope_.workspace, request.id, request.at, request.connection, request.token, request.method,
                request.route, request.resource, request.status, request.error, request.scim_type, request.attribute,
                request.micros, request.rewrites, request.intent, request.effect, request.body, request.body_state}));
  return {};
}

Result<std::optional<store::LoggedRequest>> RequestLogRepository::find(const RequestId& id) {
  std::optional<store::LoggedRequest> found;
  ROLECALL_TRY(scope_.session.select(kFind, {scope_.workspace, id}, [&](Row& row) {
    found = request_of(row);
    found->body = row.text(16);
  }));
  return found;
}

Result<std::vector<store::LoggedRequest>> RequestLogRepository::page(const store::RequestLogFilter& filter,
                                                                     std::int64_t limit) {
  // Above every id, which are digits, letters and hyphens.
  const std::string before = filter.before ? filter.before->value() : "~";
  const Instant since = filter.since.value_or(Instant());
  const bool any_status = filter.status_class == 0;
  const std::int64_t lowest = any_status ? 0 : filter.status_class * 100;
  const std::int64_t highest = any_status ? 999 : lowest + 99;
  std::vector<store::LoggedRequest> found;
  ROLECALL_TRY(scope_.session.select(kPage,
                                     {scope_.workspace, before, since, lowest, highest, !filter.connection.has_value(),
                                      filter.connection.value_or(ConnectionId()), limit},
                                     [&](Row& row) { found.push_back(request_of(row)); }));
  return found;
}

Result<std::vector<store::LoggedRequest>> RequestLogRepository::about(const ResourceId& resource,
                                                                      const RequestId& before, std::int64_t limit) {
  std::vector<store::LoggedRequest> found;
  ROLECALL_TRY(scope_.session.select(kAbout, {scope_.workspace, resource, before, limit},
                                     [&](Row& row) { found.push_back(request_of(row)); }));
  return found;
}

Result<void> RequestLogRepository::prune(std::int64_t keep, Instant oldest) {
  ROLECALL_TRY(scope_.session.execute(kPruneAge, {scope_.workspace, oldest, scope_.workspace}));
  ROLECALL_TRY(scope_.session.execute(kPruneCount, {scope_.workspace, scope_.workspace, keep}));
  return {};
}

}  // namespace rolecall::adapter::soci
