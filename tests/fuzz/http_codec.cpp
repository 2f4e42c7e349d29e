#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/check.hpp"
#include "rolecall/adapter/beast/codec.hpp"
#include "rolecall/base/text.hpp"

// However the bytes of a connection are cut, the parser finds the same requests, and a fault or none. Which one, where
// there are several, depends on which is seen first.

namespace {

namespace http = rolecall::http;
using State = http::RequestParser::State;

constexpr std::size_t kBodyBytes = 2'000;

const http::Codec& codec() {
  static const http::Codec made = [] {
    http::ServerOptions options;
    // Low enough for the fuzzer to reach them.
    options.max_head_bytes = 1'000;
    options.max_header_count = 10;
    options.max_target_bytes = 200;
    options.max_trailer_bytes = 100;
    http::ServerHooks hooks;
    hooks.body_limit = [](std::string_view, std::string_view path) {
      return path.starts_with("/small") ? std::size_t{10} : kBodyBytes;
    };
    return rolecall::adapter::beast::make_codec(options, hooks);
  }();
  return made;
}

struct Found {
  std::vector<std::string> requests;
  bool is_refused = false;
  bool is_idle = false;

  bool operator==(const Found&) const = default;
};

std::string text_of(const http::Request& request, const http::Exchange& exchange) {
  std::string text = request.method + " " + request.target + "\n";
  for (const auto& [name, value] : request.headers.fields()) text += name + ": " + value + "\n";
  return text + (exchange.is_head ? "head" : "") + (exchange.keep_alive ? "keep" : "") + "\n" + request.body;
}

/// What no request that gets through may have.
void check_request(const http::Request& request) {
  FUZZ_CHECK(!request.method.empty());
  FUZZ_CHECK(request.target.starts_with('/') || (request.method == "OPTIONS" && request.target == "*"));
  FUZZ_CHECK(request.body.size() <= kBodyBytes && request.target.size() <= 200);
  FUZZ_CHECK(request.headers.count("Content-Length") <= 1 && request.headers.count("Transfer-Encoding") <= 1);
  FUZZ_CHECK(request.headers.count("Content-Length") + request.headers.count("Transfer-Encoding") <= 1);
  FUZZ_CHECK(request.headers.count("Host") <= 1);
  for (const auto& [name, value] : request.headers.fields()) {
    FUZZ_CHECK(!name.empty() && (name + value).find_first_of(std::string_view("\0\r\n", 3)) == std::string::npos);
  }
}

/// Feeds pieces whose lengths `next_length` gives.
template <typename NextLength>
Found parse(std::string_view bytes, NextLength next_length) {
  const auto parser = codec().make_parser();
  Found found;
  State state = State::idle;
  while (!bytes.empty() && state != State::refused) {
    const std::size_t length = std::min(bytes.size(), std::max<std::size_t>(1, next_length()));
    state = parser->feed(bytes.substr(0, length));
    bytes.remove_prefix(length);
    (void)parser->take_continue();
    while (state == State::complete) {
      http::Exchange exchange;
      const http::Request request = parser->take(exchange);
      check_request(request);
      found.requests.push_back(text_of(request, exchange));
      if (!exchange.keep_alive) return found;
      state = parser->resume();
    }
  }
  if (state == State::refused) {
    found.is_refused = true;
    const int status = parser->refusal().status;
    FUZZ_CHECK(status >= 400 && status < 600 && !parser->refusal().detail.empty());
  }
  found.is_idle = state == State::idle && parser->pending() == 0;
  return found;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const Found whole = parse(bytes, [&] { return bytes.size(); });
  FUZZ_CHECK(parse(bytes, [] { return std::size_t{1}; }) == whole);
  // Pieces of lengths that the input itself decides.
  std::uint64_t dice = size;
  for (const char byte : bytes.substr(0, 64)) dice = dice * 31 + static_cast<unsigned char>(byte);
  for (const std::size_t longest : {std::size_t{7}, std::size_t{40}, std::size_t{300}}) {
    FUZZ_CHECK(parse(bytes, [&] {
                 dice = dice * 6'364'136'223'846'793'005U + 1'442'695'040'888'963'407U;
                 return 1 + static_cast<std::size_t>(dice >> 33U) % longest;
               }) == whole);
  }
  return 0;
}
