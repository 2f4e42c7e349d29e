#include "refusal.hpp"

namespace rolecall::adapter::pistache {

std::string refusal_bytes(const Shared& shared, int status, std::string_view detail, std::string_view path,
                          bool is_head) noexcept {
  try {
    http::Response response = shared.hooks.refusal(status, detail, path);
    response.close = true;
    // A client that is turned away because of load must not come back at once.
    if (status == 503 && response.headers.find("Retry-After") == nullptr) response.headers.add("Retry-After", "1");
    http::Exchange exchange;
    exchange.is_head = is_head;
    return shared.codec.serialize(response, exchange);
  } catch (...) {
    // Out of memory, or a hook that broke its promise: the connection closes without a word.
    return {};
  }
}

}  // namespace rolecall::adapter::pistache
