#pragma once

#include "rolecall/http/codec.hpp"

namespace rolecall::adapter::beast {

/// HTTP/1.1 on byte buffers: Boost.Beast's message parser and serialiser, and around them what they leave open
/// (transfer codings other than chunked, repeated Content-Length and Host, obs-fold, bare LF, limits by route,
/// 100-continue, target forms). RFC 9112. The options and hooks are copied.
[[nodiscard]] http::Codec make_codec(const http::ServerOptions& options, const http::ServerHooks& hooks);

}  // namespace rolecall::adapter::beast
