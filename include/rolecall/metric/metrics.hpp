#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// The port for numbers that an operator's monitoring reads. Names and labels are documented in README.md and stay.
// Labels come from closed sets or from what an admin named (workspaces, connections): never an id, a user or a value.

namespace rolecall::metric {

/// One request and what became of it. `workspace` and `connection` are empty when it was not authenticated; `error` is
/// empty when it succeeded.
struct AnsweredRequest {
  std::string_view workspace;
  std::string_view connection;
  std::string_view method;
  std::string_view route;  ///< template: "/Users/{id}"
  std::string_view error;  ///< base/error.hpp's name of the code
  int status = 0;
  std::chrono::microseconds duration{};
  bool is_scim = false;
};

/// A request that was read by a rule of its connection's dialect and not by the letter of the RFC.
struct Rewrite {
  std::string_view workspace;
  std::string_view connection;
  std::string_view dialect;
  std::string_view rule;
};

/// A change after which somebody has less than before, or nothing, and how long it took from its last byte to its
/// commit.
struct Revocation {
  std::chrono::microseconds duration{};
};

/// A number that somebody else counts, asked for at the moment it is shown.
struct Sample {
  enum class Kind { counter, gauge };
  std::string name;
  std::string help;
  Kind kind = Kind::gauge;
  double value = 0;
  std::vector<std::pair<std::string, std::string>> labels;
};

/// Thread-safe. Counting never fails a request: what cannot be counted is left out.
class Metrics {
 public:
  using Source = std::function<std::vector<Sample>()>;

  virtual ~Metrics() = default;
  virtual void count(const AnsweredRequest& request) noexcept = 0;
  virtual void count(const Rewrite& rewrite) noexcept = 0;
  virtual void count(const Revocation& revocation) noexcept = 0;
  /// Asked at every text(), from whatever thread calls that; lives until the last text().
  virtual void add_source(Source source) = 0;
  /// Everything in the Prometheus text format, version 0.0.4
  /// (https://prometheus.io/docs/instrumenting/exposition_formats/).
  [[nodiscard]] virtual std::string text() const = 0;
};

/// Counts nothing: for the command line and for tests.
class NullMetrics final : public Metrics {
 public:
  void count(const AnsweredRequest& /*request*/) noexcept override {}
  void count(const Rewrite& /*rewrite*/) noexcept override {}
  void count(const Revocation& /*revocation*/) noexcept override {}
  void add_source(Source /*source*/) override {}
  [[nodiscard]] std::string text() const override { return {}; }
};

}  // namespace rolecall::metric
