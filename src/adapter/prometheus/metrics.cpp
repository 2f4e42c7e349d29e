#include "rolecall/adapter/prometheus/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>

namespace rolecall::adapter::prometheus {
namespace {

namespace lib = ::prometheus;

/// Seconds. The first ones tell a keyed read from a durable write, the last ones what an IdP gives up on.
const lib::Histogram::BucketBoundaries kBuckets{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                                0.1,    0.25,  0.5,    1,     2.5,  5,     30};

/// Label values joined by a byte that none of them can hold.
std::string key_of(std::initializer_list<std::string_view> parts) {
  std::string key;
  for (const std::string_view part : parts) key.append(part).push_back('\0');
  return key;
}

/// The series of a family, found without building a label map for every request.
template <typename Metric>
class Series {
 public:
  template <typename Make>
  Metric& find(std::string key, const Make& make) {
    {
      const std::shared_lock lock(mutex_);
      if (const auto known = known_.find(key); known != known_.end()) return *known->second;
    }
    Metric& made = make();
    const std::unique_lock lock(mutex_);
    known_.emplace(std::move(key), &made);
    return made;
  }

 private:
  std::shared_mutex mutex_;
  std::unordered_map<std::string, Metric*> known_;
};

lib::MetricType type_of(metric::Sample::Kind kind) {
  return kind == metric::Sample::Kind::counter ? lib::MetricType::Counter : lib::MetricType::Gauge;
}

/// Samples of one name become one family, as the format wants it.
void append_to(std::vector<lib::MetricFamily>& families, const metric::Sample& sample) {
  auto family = std::find_if(families.begin(), families.end(),
                             [&](const lib::MetricFamily& known) { return known.name == sample.name; });
  if (family == families.end()) {
    families.push_back({sample.name, sample.help, type_of(sample.kind), {}});
    family = std::prev(families.end());
  }
  lib::ClientMetric metric;
  for (const auto& [name, value] : sample.labels) metric.label.push_back({name, value});
  metric.counter.value = sample.value;
  metric.gauge.value = sample.value;
  family->metric.push_back(std::move(metric));
}

class PrometheusMetrics final : public metric::Metrics {
 public:
  explicit PrometheusMetrics(const Clock& clock) : clock_(clock) {}

  void count(const metric::AnsweredRequest& request) noexcept override {
    try {
      const std::string status = std::to_string(request.status);
      counter_of(request, status).Increment();
      histogram_of(request).Observe(std::chrono::duration<double>(request.duration).count());
      if (request.is_scim && !request.connection.empty()) {
        last_of(request).Set(std::chrono::duration<double>(clock_.now().time_since_epoch()).count());
      }
    } catch (...) {
      // Out of memory, which the request itself will notice.
    }
  }

  void count(const metric::Rewrite& rewrite) noexcept override {
    try {
      rewrites_known_
          .find(key_of({rewrite.workspace, rewrite.connection, rewrite.dialect, rewrite.rule}),
                [&]() -> lib::Counter& {
                  return rewrites_.Add({{"workspace", std::string(rewrite.workspace)},
                                        {"connection", std::string(rewrite.connection)},
                                        {"dialect", std::string(rewrite.dialect)},
                                        {"rule", std::string(rewrite.rule)}});
                })
          .Increment();
    } catch (...) {
      // As above.
    }
  }

  void count(const metric::Revocation& revocation) noexcept override {
    try {
      revocations_.Observe(std::chrono::duration<double>(revocation.duration).count());
    } catch (...) {
      // As above.
    }
  }

  void add_source(Source source) override {
    const std::unique_lock lock(sources_mutex_);
    sources_.push_back(std::move(source));
  }

  [[nodiscard]] std::string text() const override {
    std::vector<lib::MetricFamily> families = registry_.Collect();
    const std::shared_lock lock(sources_mutex_);
    for (const Source& source : sources_) {
      for (const metric::Sample& sample : source()) append_to(families, sample);
    }
    return lib::TextSerializer().Serialize(families);
  }

 private:
  lib::Counter& counter_of(const metric::AnsweredRequest& request, const std::string& status) {
    return requests_known_.find(
        key_of({request.workspace, request.connection, request.method, request.route, status, request.error}),
        [&]() -> lib::Counter& {
          return requests_.Add({{"workspace", std::string(request.workspace)},
                                {"connection", std::string(request.connection)},
                                {"method", std::string(request.method)},
                                {"route", std::string(request.route)},
                                {"status", status},
                                {"error", std::string(request.error)}});
        });
  }

  lib::Histogram& histogram_of(const metric::AnsweredRequest& request) {
    return seconds_known_.find(key_of({request.method, request.route}), [&]() -> lib::Histogram& {
      return seconds_.Add({{"method", std::string(request.method)}, {"route", std::string(request.route)}}, kBuckets);
    });
  }

  lib::Gauge& last_of(const metric::AnsweredRequest& request) {
    return last_known_.find(key_of({request.workspace, request.connection}), [&]() -> lib::Gauge& {
      return last_.Add(
          {{"workspace", std::string(request.workspace)}, {"connection", std::string(request.connection)}});
    });
  }

  const Clock& clock_;
  lib::Registry registry_;
  lib::Family<lib::Counter>& requests_ = lib::BuildCounter()
                                             .Name("rolecall_requests_total")
                                             .Help("Requests answered, by what became of them")
                                             .Register(registry_);
  lib::Family<lib::Histogram>& seconds_ = lib::BuildHistogram()
                                              .Name("rolecall_request_seconds")
                                              .Help("From the complete request to its answer")
                                              .Register(registry_);
  lib::Family<lib::Gauge>& last_ = lib::BuildGauge()
                                       .Name("rolecall_scim_last_request_timestamp_seconds")
                                       .Help("When a connection was last heard of, in seconds since 1970")
                                       .Register(registry_);
  lib::Family<lib::Counter>& rewrites_ = lib::BuildCounter()
                                             .Name("rolecall_scim_rewrites_total")
                                             .Help("Requests read by a rule of their dialect instead of by the letter")
                                             .Register(registry_);
  lib::Histogram& revocations_ =
      lib::BuildHistogram()
          .Name("rolecall_revocation_seconds")
          .Help("From the last byte of a request that took a role or all access from somebody to its commit")
          .Register(registry_)
          .Add({}, kBuckets);
  Series<lib::Counter> requests_known_;
  Series<lib::Histogram> seconds_known_;
  Series<lib::Gauge> last_known_;
  Series<lib::Counter> rewrites_known_;
  mutable std::shared_mutex sources_mutex_;
  std::vector<Source> sources_;
};

}  // namespace

std::unique_ptr<metric::Metrics> make_metrics(const Clock& clock) { return std::make_unique<PrometheusMetrics>(clock); }

}  // namespace rolecall::adapter::prometheus
