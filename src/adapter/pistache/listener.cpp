#include "listener.hpp"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <cerrno>
#include <memory>
#include <system_error>

namespace rolecall::adapter::pistache {
namespace {

struct AddressListDeleter {
  void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};

void enable(int fd, int level, int option) {
  const int on = 1;
  // None of them is needed to serve; a kernel without one serves a little worse.
  static_cast<void>(::setsockopt(fd, level, option, &on, sizeof on));
}

std::string text_of(int error) { return std::error_code(error, std::generic_category()).message(); }

std::uint16_t port_of(int fd) {
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length) != 0) return 0;
  if (address.ss_family == AF_INET6) return ntohs(reinterpret_cast<const sockaddr_in6&>(address).sin6_port);
  return ntohs(reinterpret_cast<const sockaddr_in&>(address).sin_port);
}

/// 0, or the errno of the step that failed.
int open_one(const addrinfo& address, UniqueFd& out) {
  UniqueFd fd(::socket(address.ai_family, address.ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, address.ai_protocol));
  if (!fd.is_open()) return errno;
  enable(fd.get(), SOL_SOCKET, SO_REUSEADDR);
  // Accepted sockets inherit it: one system call less for each.
  enable(fd.get(), IPPROTO_TCP, TCP_NODELAY);
  // Pistache fixes the backlog at 128, which shows as 1 s SYN retransmits in a burst of connections.
  constexpr int kBacklog = 4096;
  if (::bind(fd.get(), address.ai_addr, address.ai_addrlen) != 0 || ::listen(fd.get(), kBacklog) != 0) return errno;
  out = std::move(fd);
  return 0;
}

}  // namespace

Result<Listener> listen_on(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const std::string service = std::to_string(port);
  const std::string where = host + " port " + service;
  const int resolved = ::getaddrinfo(host.empty() ? nullptr : host.c_str(), service.c_str(), &hints, &found);
  const std::unique_ptr<addrinfo, AddressListDeleter> list(found);
  if (resolved != 0) return internal_error("cannot listen on " + where + ": " + ::gai_strerror(resolved));
  int error = 0;
  for (const addrinfo* address = list.get(); address != nullptr; address = address->ai_next) {
    Listener listener;
    error = open_one(*address, listener.fd);
    if (error != 0) continue;
    listener.port = port_of(listener.fd.get());
    return listener;
  }
  if (error == EADDRINUSE) return fail(ErrorCode::conflict, "Another program listens on " + where + ".");
  return internal_error("cannot listen on " + where + ": " + text_of(error));
}

std::string address_text(const sockaddr_storage& address) {
  char text[INET6_ADDRSTRLEN] = {};
  if (address.ss_family == AF_INET) {
    const auto& inet = reinterpret_cast<const sockaddr_in&>(address);
    ::inet_ntop(AF_INET, &inet.sin_addr, text, sizeof text);
  } else if (address.ss_family == AF_INET6) {
    const auto& inet = reinterpret_cast<const sockaddr_in6&>(address);
    if (IN6_IS_ADDR_V4MAPPED(&inet.sin6_addr)) {
      ::inet_ntop(AF_INET, &inet.sin6_addr.s6_addr[12], text, sizeof text);
    } else {
      ::inet_ntop(AF_INET6, &inet.sin6_addr, text, sizeof text);
    }
  }
  return text;
}

}  // namespace rolecall::adapter::pistache
