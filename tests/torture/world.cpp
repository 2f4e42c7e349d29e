#include "world.hpp"

#include <gtest/gtest.h>

#include <charconv>
#include <chrono>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <thread>

#include "rolecall/adapter/beast/codec.hpp"
#include "rolecall/adapter/pistache/server.hpp"

namespace rolecall::torture {
namespace {

constexpr std::chrono::seconds kPatience{20};

std::chrono::nanoseconds clock_time(clockid_t clock) {
  timespec time{};
  ::clock_gettime(clock, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace

void Gate::pass() {
  std::unique_lock lock(mutex_);
  ++arrived_;
  changed_.notify_all();
  changed_.wait_for(lock, kPatience, [this] { return is_open_; });
}

void Gate::open() {
  const std::lock_guard lock(mutex_);
  is_open_ = true;
  changed_.notify_all();
}

bool Gate::await_arrivals(int count) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kPatience, [&] { return arrived_ >= count; });
}

void Log::add(const http::Request& request) {
  const std::lock_guard lock(mutex_);
  lines_.push_back(request.method + " " + request.target + " " + std::to_string(request.body.size()));
}

std::vector<std::string> Log::lines() const {
  const std::lock_guard lock(mutex_);
  return lines_;
}

World::World(const Change& change, http::Handler handler) {
  http::ServerOptions options;
  options.port = 0;
  http::ServerHooks hooks;
  hooks.body_limit = [](std::string_view, std::string_view) { return std::size_t{4 * 1024 * 1024}; };
  hooks.refusal = [](int status, std::string_view detail, std::string_view path) {
    http::Response response;
    response.status = status;
    response.headers.add("X-Path", std::string(path));
    response.body = detail;
    return response;
  };
  hooks.next_request_id = [] { return RequestId("fresh"); };
  if (change) change(options, hooks);
  if (!handler) handler = [this](const http::Request& request) { return answer(request); };
  const auto codec = adapter::beast::make_codec(options, hooks);
  server = adapter::pistache::make_server(options, hooks, codec, std::move(handler));
  const auto started = server->start();
  EXPECT_TRUE(started.has_value()) << (started ? "" : started.error().note);
}

World::~World() {
  gate.open();
  server->stop();
}

http::Response World::answer(const http::Request& request) {
  log.add(request);
  http::Response response;
  const std::string_view path = request.path();
  constexpr std::string_view kSize = "/size/";
  if (path == "/wait") gate.pass();
  if (path == "/slow") std::this_thread::sleep_for(std::chrono::milliseconds(2));
  if (path.starts_with(kSize)) {
    std::size_t size = 0;
    std::from_chars(path.data() + kSize.size(), path.data() + path.size(), size);
    response.body = pattern(size);
  } else if (path == "/echo") {
    response.body = request.body;
  } else if (const std::string* id = request.headers.find("X-Id")) {
    response.body = *id;
  }
  return response;
}

bool World::is_well() const {
  const auto reply = client().ask(get("/", "well"));
  return reply && reply->status == 200 && reply->body == "well";
}

bool World::becomes(const std::function<bool(const http::ServerCounters&)>& condition) const {
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (!condition(server->counters())) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::yield();
  }
  return true;
}

std::string pattern(std::size_t size) {
  static const std::string filling = [] {
    std::string text;
    for (std::size_t i = 0; i < 4000; ++i) text.push_back(static_cast<char>('a' + (i * 7 + i / 251) % 26));
    return text;
  }();
  std::string text;
  text.reserve(size + filling.size() + 32);
  // Each block starts with its number: a block that is lost, doubled or moved shows.
  for (std::size_t block = 0; text.size() < size; ++block) text.append(std::to_string(block)).append(filling);
  text.resize(size);
  return text;
}

std::string get(std::string_view target, std::string_view id) {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: desk.example\r\nX-Id: " + std::string(id) + "\r\n\r\n";
}

std::string post(std::string_view target, std::string_view body, std::string_view more_headers) {
  return "POST " + std::string(target) + " HTTP/1.1\r\nHost: desk.example\r\n" + std::string(more_headers) +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

std::string chunked(std::string_view target, std::string_view body, std::size_t chunk) {
  std::string text =
      "POST " + std::string(target) + " HTTP/1.1\r\nHost: desk.example\r\nTransfer-Encoding: chunked\r\n\r\n";
  while (!body.empty()) {
    const std::string_view piece = body.substr(0, chunk);
    char size[16];
    const auto end = std::to_chars(size, size + sizeof size, piece.size(), 16);
    text.append(size, end.ptr).append("\r\n").append(piece).append("\r\n");
    body.remove_prefix(piece.size());
  }
  return text + "0\r\n\r\n";
}

std::size_t resident_kib() {
  std::ifstream statm("/proc/self/statm");
  std::size_t total = 0;
  std::size_t resident = 0;
  statm >> total >> resident;
  return resident * 4;
}

std::size_t open_descriptors() {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) count += entry.is_symlink() ? 1 : 0;
  return count;
}

std::chrono::nanoseconds process_cpu() { return clock_time(CLOCK_PROCESS_CPUTIME_ID); }
std::chrono::nanoseconds thread_cpu() { return clock_time(CLOCK_THREAD_CPUTIME_ID); }

}  // namespace rolecall::torture
