#pragma once

#include <memory>

#include "rolecall/base/clock.hpp"
#include "rolecall/metric/metrics.hpp"

namespace rolecall::adapter::prometheus {

/// Counters and histograms of prometheus-cpp. `clock` outlives them.
[[nodiscard]] std::unique_ptr<metric::Metrics> make_metrics(const Clock& clock);

}  // namespace rolecall::adapter::prometheus
