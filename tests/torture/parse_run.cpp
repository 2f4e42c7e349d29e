#include "parse_run.hpp"

#include "rolecall/adapter/beast/codec.hpp"

namespace rolecall::torture {
namespace {

using State = http::RequestParser::State;

http::Codec make_codec() {
  const http::ServerOptions options;
  http::ServerHooks hooks;
  hooks.body_limit = [](std::string_view, std::string_view) { return std::size_t{4 * 1024 * 1024}; };
  return adapter::beast::make_codec(options, hooks);
}

}  // namespace

ParseRun parse(std::string_view bytes, const std::vector<std::size_t>& cuts) {
  static const http::Codec codec = make_codec();
  const auto parser = codec.make_parser();
  ParseRun run;
  State state = State::idle;
  const auto take = [&] {
    if (parser->take_continue()) run.wants_continue = true;
    while (state == State::complete) {
      http::Exchange exchange;
      const http::Request request = parser->take(exchange);
      run.requests.push_back(request.method + " " + request.target + " " + std::to_string(request.body.size()));
      run.headers.emplace_back();
      for (const auto& [name, value] : request.headers.fields()) run.headers.back() += name + ": " + value + "\n";
      run.bodies.push_back(request.body);
      if (!exchange.keep_alive) {
        run.closed_early = true;
        return;
      }
      state = parser->resume();
    }
  };
  std::size_t at = 0;
  for (std::size_t i = 0; i <= cuts.size() && !run.closed_early; ++i) {
    const std::size_t end = i < cuts.size() ? cuts[i] : bytes.size();
    state = parser->feed(bytes.substr(at, end - at));
    take();
    at = end;
  }
  if (state == State::refused) run.refusal = parser->refusal().status;
  run.is_idle = state == State::idle && parser->pending() == 0;
  return run;
}

ParseRun parse_in_steps(std::string_view bytes, std::size_t step) {
  std::vector<std::size_t> cuts;
  for (std::size_t at = step; at < bytes.size(); at += step) cuts.push_back(at);
  return parse(bytes, cuts);
}

}  // namespace rolecall::torture
