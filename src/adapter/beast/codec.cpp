#include "rolecall/adapter/beast/codec.hpp"

#include "parser.hpp"

namespace rolecall::adapter::beast {

http::Codec make_codec(const http::ServerOptions& options, const http::ServerHooks& hooks) {
  auto settings = std::make_shared<const Settings>(Settings{options, hooks});
  return http::Codec{[settings] { return make_parser(settings); }, serialize};
}

}  // namespace rolecall::adapter::beast
