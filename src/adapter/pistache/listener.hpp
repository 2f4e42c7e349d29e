#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <string>

#include "rolecall/base/result.hpp"
#include "unique_fd.hpp"

namespace rolecall::adapter::pistache {

struct Listener {
  UniqueFd fd;
  std::uint16_t port = 0;
};

/// A listening socket, non-blocking. Fails with `conflict` when somebody else has the port.
[[nodiscard]] Result<Listener> listen_on(const std::string& host, std::uint16_t port);

/// The address without its port; an IPv4 address in IPv6 clothes is shown as what it is.
[[nodiscard]] std::string address_text(const sockaddr_storage& address);

}  // namespace rolecall::adapter::pistache
