#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <string>
#include <thread>
#include <utility>

namespace rolecall::test {

/// Listens on a loopback address. It says how many came, and can answer one of them.
class LoopbackListener {
 public:
  explicit LoopbackListener(const std::string& address, std::uint16_t port = 0) {
    const bool is_ipv6 = address.find(':') != std::string::npos;
    socket_ = ::socket(is_ipv6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    sockaddr_storage storage{};
    socklen_t length = 0;
    if (is_ipv6) {
      auto& inet = reinterpret_cast<sockaddr_in6&>(storage);
      inet.sin6_family = AF_INET6;
      inet.sin6_port = htons(port);
      ::inet_pton(AF_INET6, address.c_str(), &inet.sin6_addr);
      length = sizeof(sockaddr_in6);
    } else {
      auto& inet = reinterpret_cast<sockaddr_in&>(storage);
      inet.sin_family = AF_INET;
      inet.sin_port = htons(port);
      ::inet_pton(AF_INET, address.c_str(), &inet.sin_addr);
      length = sizeof(sockaddr_in);
    }
    auto* name = reinterpret_cast<sockaddr*>(&storage);
    // Without IPv6 on this machine nobody can come that way.
    if (::bind(socket_, name, length) != 0 || ::listen(socket_, 64) != 0) {
      EXPECT_TRUE(is_ipv6) << "cannot listen on " << address;
      return;
    }
    ::getsockname(socket_, name, &length);
    port_ = is_ipv6 ? ntohs(reinterpret_cast<sockaddr_in6&>(storage).sin6_port)
                    : ntohs(reinterpret_cast<sockaddr_in&>(storage).sin_port);
  }
  ~LoopbackListener() {
    if (thread_.joinable()) thread_.join();
    ::close(socket_);
  }
  LoopbackListener(const LoopbackListener&) = delete;
  LoopbackListener& operator=(const LoopbackListener&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }

  /// Of those that nobody answered.
  [[nodiscard]] int connections() const {
    int count = 0;
    for (;;) {
      const int peer = ::accept(socket_, nullptr, nullptr);
      if (peer < 0) return count;
      ::close(peer);
      ++count;
    }
  }

  /// Sends this to the next one that comes, within five seconds.
  void answer(std::string bytes) {
    if (thread_.joinable()) thread_.join();
    thread_ = std::thread([this, bytes = std::move(bytes)] {
      pollfd waiting{socket_, POLLIN, 0};
      if (::poll(&waiting, 1, 5'000) != 1) return;
      const int peer = ::accept(socket_, nullptr, nullptr);
      char request[4096];
      static_cast<void>(::recv(peer, request, sizeof(request), 0));
      std::size_t sent = 0;
      while (sent < bytes.size()) {
        const auto count = ::send(peer, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
        if (count <= 0) break;
        sent += static_cast<std::size_t>(count);
      }
      ::shutdown(peer, SHUT_WR);
      // Until the other side has had enough: a reset could overtake what was sent.
      while (::recv(peer, request, sizeof(request), 0) > 0) {
      }
      ::close(peer);
    });
  }

 private:
  int socket_ = -1;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

}  // namespace rolecall::test
