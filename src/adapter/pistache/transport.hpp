#pragma once

#include <pistache/reactor.h>
#include <pistache/transport.h>

#include <atomic>
#include <cstddef>
#include <memory>
#include <vector>

#include "acceptor.hpp"
#include "connection_table.hpp"
#include "mailbox.hpp"
#include "shared.hpp"
#include "unique_fd.hpp"

namespace rolecall::adapter::pistache {

/// What the reactor threads are made from; each takes its part when it is cloned.
struct Reactors {
  Shared& shared;
  std::vector<std::unique_ptr<Mailbox>> mailboxes;  ///< one for each thread
  std::unique_ptr<Acceptor> acceptor;               ///< used by the first thread alone
  std::atomic<std::size_t> cloned{0};
};

/// One reactor thread: Pistache keeps the poller and the peers, this reads and writes them.
///
/// The base class never sees an event. It would close a connection as soon as the client has sent its last byte, an
/// answer pending or not; read without end from a client that sends without end; and skip the rest of a round when one
/// connection throws. Its write, timer and peer queues lose wake-ups and mix up clients (descriptors are their keys),
/// so nothing is ever put into them either.
class Transport final : public Pistache::Tcp::Transport {
 public:
  /// The prototype, which Pistache clones for each thread.
  explicit Transport(Reactors& reactors);
  ~Transport() override;

  void registerPoller(Pistache::Polling::Epoll& poller) override;
  void onReady(const Pistache::Aio::FdSet& fds) override;
  std::shared_ptr<Pistache::Aio::Handler> clone() const override;

 private:
  Transport(Reactors& reactors, std::shared_ptr<ConnectionTable> table, std::size_t index);

  void on_event(const Pistache::Aio::FdSet::Entry& entry);
  void on_wakeup();
  void on_tick();
  Acceptor::Outcome on_listener();
  void on_socket(int fd, const Pistache::Aio::FdSet::Entry& entry);
  void adopt(Accepted accepted);
  void begin_drain();
  void read(ConnectionTable::Slot& slot);
  /// After anything happened to a connection: reads on, asks for writability, or closes it.
  void settle(ConnectionTable::Slot& slot);
  void drop(int fd);
  /// Runs one step; whatever it throws costs the connection `fd`, if any, and nobody else.
  template <typename Step>
  void contained(int fd, const Step& step) noexcept;

  Reactors& reactors_;
  Shared& shared_;
  const std::shared_ptr<ConnectionTable> table_;
  Mailbox* mailbox_ = nullptr;
  Acceptor* acceptor_ = nullptr;
  UniqueFd timer_;
  bool has_acknowledged_ = false;
  bool is_accepting_ = false;
  Mail mail_;
  std::vector<char> buffer_;
  std::vector<std::size_t> postponed_;  ///< connections with more to do once the others had their turn
};

}  // namespace rolecall::adapter::pistache
