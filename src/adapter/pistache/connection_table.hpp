#pragma once

#include <pistache/peer.h>
#include <pistache/tcp.h>

#include <cstddef>
#include <memory>
#include <unordered_map>
#include <vector>

#include "connection.hpp"

namespace rolecall::adapter::pistache {

/// The connections of one reactor thread: what Pistache's transport gives the bytes of its peers to.
class ConnectionTable final : public Pistache::Tcp::Handler {
 public:
  struct Slot {
    std::shared_ptr<Pistache::Tcp::Peer> peer;
    std::unique_ptr<Connection> connection;
    bool may_read = true;        ///< the socket has not said EAGAIN since its last event
    bool reports_write = false;  ///< epoll has been asked for writability
  };

  void onInput(const char* buffer, std::size_t length, const std::shared_ptr<Pistache::Tcp::Peer>& peer) override;
  std::shared_ptr<Pistache::Tcp::Handler> clone() const override;

  Slot& open(std::shared_ptr<Pistache::Tcp::Peer> peer, std::unique_ptr<Connection> connection);
  void close(int fd);
  [[nodiscard]] Slot* find(int fd);
  [[nodiscard]] Slot* find_by_id(std::size_t id);
  /// For a loop over all of them: `find` each number below it.
  [[nodiscard]] int end() const { return static_cast<int>(slots_.size()); }

  /// The time of the present round of the reactor.
  Instant now{};

 private:
  std::vector<std::unique_ptr<Slot>> slots_;  ///< by descriptor
  std::unordered_map<std::size_t, int> fd_of_;
};

}  // namespace rolecall::adapter::pistache
