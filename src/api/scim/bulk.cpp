#include "bulk.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "api/answer.hpp"
#include "api/entity_tag.hpp"
#include "render.hpp"
#include "request.hpp"
#include "rolecall/base/text.hpp"
#include "rolecall/json/write.hpp"
#include "rolecall/provisioning/bulk.hpp"

namespace rolecall::api::scim {
namespace {

/// A resource stands below the message, its Operations, the operation.
constexpr std::size_t kEnvelopeDepth = 3;
constexpr std::string_view kAtomic = "X-Rolecall-Atomic";

Result<bool> read_atomic(const http::Request& request) {
  const std::string* value = request.headers.find(kAtomic);
  if (value == nullptr) return false;
  const bool is_on = equals_ignoring_ascii_case(*value, "true");
  // A typing error must not turn all-or-nothing off.
  if (request.headers.count(kAtomic) == 1 && (is_on || equals_ignoring_ascii_case(*value, "false"))) return is_on;
  return fail(ErrorCode::bad_request, "The header X-Rolecall-Atomic is true or false, once.");
}

/// As for If-Match: a tag that is none of ours matches nothing.
std::optional<Version> expected_version(const bulk::Operation& operation) {
  constexpr Version kNever{-1};
  if (operation.version.empty()) return std::nullopt;
  const TagList tags = parse_tags(operation.version);
  if (tags.is_any) return std::nullopt;
  return tags.versions.size() == 1 ? tags.versions.front() : kNever;
}

/// A tenth of the time is left for the answer. Requests that did not come over a socket have no deadline.
std::chrono::steady_clock::time_point end_of(const Exchange& exchange) {
  constexpr int kPart = 10;
  const auto deadline = exchange.request.deadline;
  if (deadline == std::chrono::steady_clock::time_point()) return std::chrono::steady_clock::time_point::max();
  return deadline - (deadline - exchange.settings.ticks()) / kPart;
}

/// The code that a request of its own would have been answered with.
int status_of(const bulk::Step& step) {
  switch (step.operation.method) {
    case bulk::Method::post:
      return 201;
    case bulk::Method::put:
      return 200;
    case bulk::Method::patch:
      return step.type->name == "Group" ? 204 : 200;
    case bulk::Method::remove:
      return 204;
  }
  return 200;
}

class Renderer {
 public:
  Renderer(const provisioning::BulkJob& job, const provisioning::BulkAnswer& answer, std::string_view base)
      : job_(job), answer_(answer), base_(base) {}

  std::string render() {
    out_ = R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkResponse"],"Operations":[)";
    bool is_first = true;
    for (std::size_t at = 0; at < job_.plan.steps.size(); ++at) {
      if (!answer_.outcomes[at].is_processed) continue;
      if (!is_first) out_ += ',';
      is_first = false;
      append_result(job_.plan.steps[at], answer_.outcomes[at]);
    }
    out_ += "]}";
    return std::move(out_);
  }

 private:
  void append_result(const bulk::Step& step, const provisioning::BulkOutcome& outcome) {
    out_ += R"({"method":)";
    json::write_string_to(out_, step.operation.method_name);
    append_member("bulkId", step.operation.bulk_id);
    append_member("location", location(step, outcome));
    if (!outcome.error) {
      if (outcome.version.number > 0) append_member("version", entity_tag(outcome.version));
      append_member("status", std::to_string(status_of(step)));
    } else {
      const http::Response response = scim_error(*outcome.error);
      append_member("status", std::to_string(response.status));
      out_ += R"(,"response":)";
      out_ += response.body;
    }
    out_ += '}';
  }

  void append_member(std::string_view name, std::string_view value) {
    if (value.empty()) return;
    out_ += ",\"";
    out_ += name;
    out_ += "\":";
    json::write_string_to(out_, value);
  }

  /// RFC 7644 §3.7: of every operation except a POST that failed. Where the path leads to no resource, it is repeated.
  [[nodiscard]] std::string location(const bulk::Step& step, const provisioning::BulkOutcome& outcome) const {
    ResourceId id = outcome.id;
    if (id.empty() && step.target) id = answer_.outcomes[*step.target].id;
    if (step.type != nullptr && !id.empty()) return location_of(base_, *step.type, id);
    if (step.operation.method_name == "POST" || step.operation.path.empty()) return {};
    return std::string(base_) + step.operation.path;
  }

  const provisioning::BulkJob& job_;
  const provisioning::BulkAnswer& answer_;
  std::string_view base_;
  std::string out_;
};

void log_outcomes(Exchange& exchange, const provisioning::BulkJob& job, const provisioning::BulkAnswer& answer) {
  std::size_t processed = 0;
  std::size_t failed = 0;
  for (const provisioning::BulkOutcome& outcome : answer.outcomes) {
    processed += outcome.is_processed ? 1 : 0;
    failed += outcome.error ? 1 : 0;
    // A fault of ours is in the log although the answer is 200.
    if (outcome.error && outcome.error->code == ErrorCode::internal && !exchange.error) exchange.error = outcome.error;
  }
  exchange.parts.log.emit(log::Event::bulk_completed, {{"request", exchange.request.id},
                                                       {"connection", exchange.connection_name},
                                                       {"operations", answer.outcomes.size()},
                                                       {"processed", processed},
                                                       {"failed", failed},
                                                       {"all_or_nothing", job.all_or_nothing}});
}

}  // namespace

Result<http::Response> bulk_request(Exchange& exchange, std::string_view base) {
  const Settings& settings = exchange.settings;
  ROLECALL_TRY_ASSIGN(const bool is_atomic, read_atomic(exchange.request));
  ROLECALL_TRY_ASSIGN(auto body, read_object(exchange, settings.bulk_body, kEnvelopeDepth));
  ROLECALL_TRY_ASSIGN(auto message, bulk::parse_message(std::move(body), bulk::Limits{settings.bulk_operations},
                                                        exchange.dialect, &exchange.rewrites));
  provisioning::BulkJob job;
  job.plan = bulk::make_plan(std::move(message), exchange.parts.provisioning.registry);
  job.dialect = exchange.dialect;
  job.all_or_nothing = is_atomic;
  for (const bulk::Step& step : job.plan.steps) job.expected.push_back(expected_version(step.operation));
  job.ticks = settings.ticks;
  job.end = end_of(exchange);
  ROLECALL_TRY_ASSIGN(const auto done, provisioning::bulk(exchange.parts.provisioning, caller_of(exchange), job));
  for (const std::string& rule : done.rewrites) {
    const auto known = std::find(exchange.rewrites.begin(), exchange.rewrites.end(), rule);
    if (known == exchange.rewrites.end()) exchange.rewrites.push_back(rule);
  }
  log_notices(exchange, done.notices);
  log_outcomes(exchange, job, done);
  return answer(200, kScimType, Renderer(job, done, base).render());
}

}  // namespace rolecall::api::scim
