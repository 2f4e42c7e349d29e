#pragma once

#include <memory>

#include "rolecall/http/codec.hpp"
#include "rolecall/http/message.hpp"
#include "rolecall/http/server.hpp"

namespace rolecall::adapter::pistache {

/// A server whose bytes are carried by Pistache's reactor, transport and peers. It frames nothing itself: `codec` does.
[[nodiscard]] std::unique_ptr<http::Server> make_server(http::ServerOptions options, http::ServerHooks hooks,
                                                        http::Codec codec, http::Handler handler);

}  // namespace rolecall::adapter::pistache
