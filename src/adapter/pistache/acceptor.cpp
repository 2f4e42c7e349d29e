#include "acceptor.hpp"

#include <sys/socket.h>

#include <cerrno>
#include <utility>

#include "listener.hpp"

namespace rolecall::adapter::pistache {

Acceptor::Outcome Acceptor::accept(const std::function<void(Accepted)>& own) {
  constexpr int kBatch = 64;
  for (int i = 0; i < kBatch; ++i) {
    Accepted accepted;
    socklen_t length = sizeof accepted.address;
    accepted.fd.reset(::accept4(listener_.get(), reinterpret_cast<sockaddr*>(&accepted.address), &length,
                                SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!accepted.fd.is_open()) {
      const int error = errno;
      if (error == EAGAIN || error == EWOULDBLOCK) return Outcome::drained;
      if (error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM) return Outcome::exhausted;
      continue;  // the client has gone already; accept(2) reports its network errors here
    }
    count(shared_.counters.accepted);
    auto admitted = shared_.admission.admit(address_text(accepted.address));
    if (!admitted) {
      count(shared_.counters.refused_overload);
      continue;
    }
    accepted.ticket = std::move(admitted->first);
    accepted.verdict = admitted->second;
    const std::size_t reactor = next_++ % reactors_.size();
    if (reactor == 0) {
      own(std::move(accepted));
    } else {
      reactors_[reactor]->post(std::move(accepted));
    }
  }
  return Outcome::more;
}

}  // namespace rolecall::adapter::pistache
