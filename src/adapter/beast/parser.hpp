#pragma once

#include <memory>

#include "rolecall/http/codec.hpp"

namespace rolecall::adapter::beast {

struct Settings {
  http::ServerOptions options;
  http::ServerHooks hooks;
};

[[nodiscard]] std::unique_ptr<http::RequestParser> make_parser(std::shared_ptr<const Settings> settings);
[[nodiscard]] std::string serialize(const http::Response& response, const http::Exchange& exchange);

}  // namespace rolecall::adapter::beast
