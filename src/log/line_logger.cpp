#include "rolecall/log/line_logger.hpp"

#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/formatter.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <atomic>
#include <mutex>
#include <string>
#include <utility>

#include "line.hpp"

namespace rolecall::log {
namespace {

spdlog::level::level_enum to_spdlog(Level level) {
  switch (level) {
    case Level::debug:
      return spdlog::level::debug;
    case Level::info:
      return spdlog::level::info;
    case Level::warn:
      return spdlog::level::warn;
    case Level::error:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

Level from_spdlog(spdlog::level::level_enum level) {
  if (level <= spdlog::level::debug) return Level::debug;
  if (level == spdlog::level::info) return Level::info;
  if (level == spdlog::level::warn) return Level::warn;
  return Level::error;
}

/// A pattern that looks like JSON does not escape what it holds; here the payload is the escaped body already.
class JsonFormatter final : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
    const std::string start =
        line_start(std::chrono::time_point_cast<Instant::duration>(message.time), name_of(from_spdlog(message.level)));
    out.append(start.data(), start.data() + start.size());
    out.append(message.payload.data(), message.payload.data() + message.payload.size());
    constexpr std::string_view kEnd = "}\n";
    out.append(kEnd.data(), kEnd.data() + kEnd.size());
  }
  [[nodiscard]] std::unique_ptr<spdlog::formatter> clone() const override { return std::make_unique<JsonFormatter>(); }
};

class FunctionSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit FunctionSink(std::function<void(std::string_view)> function) : function_(std::move(function)) {}

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    function_({line.data(), line.size()});
  }
  void flush_() override {}

 private:
  std::function<void(std::string_view)> function_;
};

class SpdlogLogger final : public LineLogger {
 public:
  SpdlogLogger(const Clock& clock, Options options) : clock_(clock), queue_(options.queue) {
    spdlog::sink_ptr sink;
    if (options.sink) {
      sink = std::make_shared<FunctionSink>(std::move(options.sink));
    } else {
      sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    }
    if (queue_ > 0) {
      pool_ = std::make_shared<spdlog::details::thread_pool>(queue_, 1);
      // Dropping the oldest line, spdlog's own way, could lose a warning; so the queue blocks and `write` looks first.
      logger_ = std::make_shared<spdlog::async_logger>("rolecall", std::move(sink), pool_,
                                                       spdlog::async_overflow_policy::block);
    } else {
      logger_ = std::make_shared<spdlog::logger>("rolecall", std::move(sink));
    }
    logger_->set_formatter(std::make_unique<JsonFormatter>());
    logger_->set_level(to_spdlog(options.level));
    logger_->flush_on(spdlog::level::warn);
    logger_->set_error_handler([this](const std::string&) { ++dropped_; });
  }

  void write(Event event, std::span<const Field> fields) noexcept override {
    const Description& description = describe(event);
    const spdlog::level::level_enum level = to_spdlog(description.level);
    if (!logger_->should_log(level)) return;
    if (pool_ && description.level < Level::warn && pool_->queue_size() >= queue_) {
      ++dropped_;
      return;
    }
    try {
      logger_->log(clock_.now(), spdlog::source_loc{}, level, spdlog::string_view_t(line_body(description, fields)));
    } catch (...) {
      ++dropped_;  // no memory for the line; the caller's work is worth more
    }
  }

  [[nodiscard]] std::uint64_t dropped() const override { return dropped_; }

 private:
  const Clock& clock_;
  std::size_t queue_;
  std::atomic<std::uint64_t> dropped_{0};
  std::shared_ptr<spdlog::logger> logger_;
  // Last, so that its destructor writes out the queue and joins its thread while the logger still lives.
  std::shared_ptr<spdlog::details::thread_pool> pool_;
};

}  // namespace

std::unique_ptr<LineLogger> make_line_logger(const Clock& clock, Options options) {
  return std::make_unique<SpdlogLogger>(clock, std::move(options));
}

}  // namespace rolecall::log
