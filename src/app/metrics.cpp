#include "metrics.hpp"

#include "rolecall/adapter/beast/codec.hpp"
#include "rolecall/adapter/pistache/server.hpp"
#include "rolecall/app/request_writer.hpp"
#include "rolecall/app/version.hpp"

namespace rolecall::app {
namespace {

using metric::Sample;

Sample sample(Sample::Kind kind, std::string name, std::string help, double value,
              std::vector<std::pair<std::string, std::string>> labels = {}) {
  return {std::move(name), std::move(help), kind, value, std::move(labels)};
}

Result<void> append_workspace(std::vector<Sample>& samples, store::UnitOfWork& unit,
                              const store::WorkspaceRecord& record) {
  store::Workspace& workspace = unit.workspace(record.id);
  const std::vector<std::pair<std::string, std::string>> labels{{"workspace", record.name}};
  ROLECALL_TRY_ASSIGN(const auto users, workspace.resources().count("User"));
  ROLECALL_TRY_ASSIGN(const auto groups, workspace.resources().count("Group"));
  ROLECALL_TRY_ASSIGN(const auto last, workspace.audit().last());
  samples.push_back(sample(Sample::Kind::gauge, "rolecall_users", "Users stored", static_cast<double>(users), labels));
  samples.push_back(
      sample(Sample::Kind::gauge, "rolecall_groups", "Groups stored", static_cast<double>(groups), labels));
  samples.push_back(sample(Sample::Kind::counter, "rolecall_audit_head_seq", "Number of the newest audit entry",
                           static_cast<double>(last ? last->seq : 0), labels));
  ROLECALL_TRY_ASSIGN(const auto held, workspace.held_changes().count({store::HeldState::held, {}, {}, {}, {}}));
  ROLECALL_TRY_ASSIGN(const auto waves, workspace.guard().count_waves());
  samples.push_back(sample(Sample::Kind::gauge, "rolecall_guard_held_changes", "Changes that wait for an administrator",
                           static_cast<double>(held), labels));
  samples.push_back(sample(Sample::Kind::counter, "rolecall_guard_trips_total",
                           "Times that a connection took access from too many users", static_cast<double>(waves),
                           labels));
  return {};
}

std::vector<Sample> stored(store::Store& store) {
  auto samples = store::read(store, [](store::UnitOfWork& unit) -> Result<std::vector<Sample>> {
    std::vector<Sample> found;
    ROLECALL_TRY_ASSIGN(const auto workspaces, unit.workspaces());
    for (const auto& workspace : workspaces) ROLECALL_TRY(append_workspace(found, unit, workspace));
    return found;
  });
  // Without a database its numbers are missing, which is what an alert on their absence wants to see.
  return samples ? std::move(*samples) : std::vector<Sample>();
}

std::vector<Sample> of_bytes(const http::Server& server) {
  const http::ServerCounters counters = server.counters();
  const auto counter = [](std::string name, std::string help, std::uint64_t value) {
    return sample(Sample::Kind::counter, std::move(name), std::move(help), static_cast<double>(value));
  };
  return {
      counter("rolecall_http_connections_accepted_total", "Connections accepted", counters.accepted),
      counter("rolecall_http_requests_total", "Requests handed to a worker", counters.requests),
      counter("rolecall_http_refused_framing_total", "Requests refused because they are not HTTP",
              counters.refused_framing),
      counter("rolecall_http_refused_overload_total", "Requests refused because the queue was full",
              counters.refused_overload),
      counter("rolecall_http_answers_dropped_total", "Answers whose client had gone", counters.answers_dropped),
      counter("rolecall_http_timeouts_total", "Connections closed because the client was too slow", counters.timeouts),
      sample(Sample::Kind::gauge, "rolecall_http_open_connections", "Connections open now",
             static_cast<double>(counters.open_connections)),
  };
}

http::Response plain(int status, std::string body) {
  http::Response response;
  response.status = status;
  response.headers.add("Content-Type", status == 200 ? "text/plain; version=0.0.4; charset=utf-8" : "text/plain");
  response.body = std::move(body);
  return response;
}

http::Response answer(const http::Request& request, const metric::Metrics& metrics) {
  if (request.path() != "/metrics") return plain(404, "There is only /metrics here.\n");
  if (request.method == "GET" || request.method == "HEAD") return plain(200, metrics.text());
  http::Response response = plain(405, "Only GET.\n");
  response.headers.add("Allow", "GET, HEAD");
  return response;
}

}  // namespace

void add_sources(metric::Metrics& metrics, store::Store& store, const http::Server& server,
                 const RequestWriter* requests) {
  metrics.add_source([] {
    return std::vector<Sample>{sample(Sample::Kind::gauge, "rolecall_build_info", "The version that runs; always 1", 1,
                                      {{"version", std::string(version())}})};
  });
  metrics.add_source([&server] { return of_bytes(server); });
  metrics.add_source([&store] { return stored(store); });
  if (requests == nullptr) return;
  metrics.add_source([requests] {
    const auto counters = requests->counters();
    const auto counter = [](std::string name, std::string help, std::uint64_t value) {
      return sample(Sample::Kind::counter, std::move(name), std::move(help), static_cast<double>(value));
    };
    return std::vector<Sample>{
        counter("rolecall_request_log_written_total", "Records of requests written", counters.written),
        counter("rolecall_request_log_dropped_total",
                "Records of requests dropped, because the queue was full or the "
                "database refused them",
                counters.dropped)};
  });
}

Result<std::unique_ptr<http::Server>> serve_metrics(const Configuration& configuration,
                                                    const metric::Metrics& metrics) {
  const std::string& configured = configuration.text("metrics.listen");
  if (configured.empty()) return std::unique_ptr<http::Server>();
  const auto listen = parse_listen(configured);
  http::ServerOptions options;
  options.host = listen->first;
  options.port = listen->second;
  options.worker_threads = 1;
  options.queue_length = 16;
  options.max_connections = 64;
  options.drain_timeout = std::chrono::milliseconds(0);
  http::ServerHooks hooks;
  hooks.body_limit = [](std::string_view /*method*/, std::string_view /*path*/) { return std::size_t{0}; };
  hooks.refusal = [](int status, std::string_view detail, std::string_view /*path*/) {
    return plain(status, std::string(detail) + "\n");
  };
  hooks.next_request_id = [] { return RequestId("metrics"); };
  auto server =
      adapter::pistache::make_server(options, hooks, adapter::beast::make_codec(options, hooks),
                                     [&metrics](const http::Request& request) { return answer(request, metrics); });
  ROLECALL_TRY(server->start());
  return server;
}

}  // namespace rolecall::app
