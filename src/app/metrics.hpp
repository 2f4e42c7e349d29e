#pragma once

#include <memory>

#include "rolecall/app/configuration.hpp"
#include "rolecall/base/result.hpp"
#include "rolecall/http/server.hpp"
#include "rolecall/metric/metrics.hpp"
#include "rolecall/store/store.hpp"

namespace rolecall::app {

class RequestWriter;

/// Adds what the store and the byte layer know: users, groups and the head of the audit trail per workspace,
/// connections, refusals and time-outs. Both outlive the last `metrics.text()`.
void add_sources(metric::Metrics& metrics, store::Store& store, const http::Server& server,
                 const RequestWriter* requests);

/// A server for GET /metrics alone, listening; null when `metrics.listen` is empty.
[[nodiscard]] Result<std::unique_ptr<http::Server>> serve_metrics(const Configuration& configuration,
                                                                  const metric::Metrics& metrics);

}  // namespace rolecall::app
