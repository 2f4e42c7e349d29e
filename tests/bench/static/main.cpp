// The reference of tests/bench/run: one fixed body of 2 KB through the byte layer of the server, with nothing behind
// it. A binary of its own, so that no server has a route for tests. Prints its port, and serves until its input ends.
#include <iostream>
#include <string>

#include "rolecall/adapter/beast/codec.hpp"
#include "rolecall/adapter/pistache/server.hpp"
#include "rolecall/http/server.hpp"

namespace {

constexpr std::size_t kBodyBytes = 2048;

}  // namespace

int main() {
  using namespace rolecall;
  http::ServerOptions options;
  options.port = 0;
  http::ServerHooks hooks;
  hooks.body_limit = [](std::string_view, std::string_view) { return std::size_t{0}; };
  hooks.refusal = [](int status, std::string_view, std::string_view) {
    http::Response response;
    response.status = status;
    return response;
  };
  hooks.next_request_id = [] { return RequestId("static"); };
  http::Response fixed;
  fixed.headers.add("Content-Type", "application/scim+json");
  fixed.body = std::string(kBodyBytes, 'x');
  const auto server = adapter::pistache::make_server(options, hooks, adapter::beast::make_codec(options, hooks),
                                                     [fixed](const http::Request&) { return fixed; });
  if (const auto started = server->start(); !started) {
    std::cerr << started.error().note << '\n';
    return 1;
  }
  std::cout << server->port() << std::endl;
  std::cin.ignore(1);
  return 0;
}
