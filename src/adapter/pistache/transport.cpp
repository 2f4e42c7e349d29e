#include "transport.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <system_error>
#include <utility>

namespace rolecall::adapter::pistache {
namespace {

using Pistache::Polling::Mode;
using Pistache::Polling::NotifyOn;
using Pistache::Polling::Tag;

constexpr std::size_t kReadBuffer = 64 * 1024;
/// Buffers read from one client before the others have their turn.
constexpr int kReadsPerTurn = 16;

Tag tag_of(int fd) { return Tag(static_cast<std::uint64_t>(fd)); }

/// Often enough that a deadline is late by an eighth of itself at most, seldom enough that idle costs nothing.
std::chrono::milliseconds tick_of(const http::ServerOptions& options) {
  using std::chrono::milliseconds;
  const milliseconds shortest = std::min({options.head_timeout, options.body_idle_timeout, options.idle_timeout,
                                          options.write_timeout, options.request_timeout});
  return std::clamp(shortest / 8, milliseconds(10), milliseconds(500));
}

UniqueFd make_timer(std::chrono::milliseconds period) {
  UniqueFd fd(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC));
  if (!fd.is_open()) throw std::system_error(errno, std::generic_category(), "timerfd_create");
  itimerspec spec{};
  spec.it_interval.tv_sec = period.count() / 1000;
  spec.it_interval.tv_nsec = period.count() % 1000 * 1'000'000;
  spec.it_value = spec.it_interval;
  if (::timerfd_settime(fd.get(), 0, &spec, nullptr) != 0) {
    throw std::system_error(errno, std::generic_category(), "timerfd_settime");
  }
  return fd;
}

/// Asked of the socket itself: an event can be one of the connection that had its descriptor a moment ago.
bool is_dead(int fd) {
  pollfd state{fd, 0, 0};
  return ::poll(&state, 1, 0) > 0 && (state.revents & (POLLHUP | POLLERR)) != 0;
}

}  // namespace

Transport::Transport(Reactors& reactors)
    : Pistache::Tcp::Transport(std::make_shared<ConnectionTable>()), reactors_(reactors), shared_(reactors.shared) {}

Transport::Transport(Reactors& reactors, std::shared_ptr<ConnectionTable> table, std::size_t index)
    : Pistache::Tcp::Transport(table),
      reactors_(reactors),
      shared_(reactors.shared),
      table_(std::move(table)),
      mailbox_(reactors.mailboxes.at(index).get()),
      acceptor_(index == 0 ? reactors.acceptor.get() : nullptr),
      timer_(make_timer(tick_of(shared_.options))),
      buffer_(kReadBuffer) {}

Transport::~Transport() {
  // Pistache forgets its peers without closing their sockets.
  for (const auto& [fd, peer] : peers) ::close(fd);
}

std::shared_ptr<Pistache::Aio::Handler> Transport::clone() const {
  const std::size_t index = reactors_.cloned.fetch_add(1);
  return std::shared_ptr<Transport>(new Transport(reactors_, std::make_shared<ConnectionTable>(), index));
}

void Transport::registerPoller(Pistache::Polling::Epoll& poller) {
  Pistache::Tcp::Transport::registerPoller(poller);
  const Pistache::Flags<NotifyOn> read(NotifyOn::Read);
  poller.addFd(mailbox_->fd(), read, tag_of(mailbox_->fd()));
  poller.addFd(timer_.get(), read, tag_of(timer_.get()));
  if (acceptor_ == nullptr) return;
  poller.addFd(acceptor_->fd(), read, tag_of(acceptor_->fd()));
  is_accepting_ = true;
}

template <typename Step>
void Transport::contained(int fd, const Step& step) noexcept {
  try {
    step();
  } catch (...) {
    drop(fd);
  }
}

void Transport::onReady(const Pistache::Aio::FdSet& fds) {
  table_->now = std::chrono::steady_clock::now();
  for (const auto& entry : fds) {
    contained(-1, [&] { on_event(entry); });
  }
}

void Transport::on_event(const Pistache::Aio::FdSet::Entry& entry) {
  const int fd = static_cast<int>(entry.getTag().value());
  if (fd == mailbox_->fd()) {
    on_wakeup();
  } else if (fd == timer_.get()) {
    on_tick();
  } else if (is_accepting_ && fd == acceptor_->fd()) {
    on_listener();
  } else {
    contained(fd, [&] { on_socket(fd, entry); });
  }
}

void Transport::on_socket(int fd, const Pistache::Aio::FdSet::Entry& entry) {
  ConnectionTable::Slot* slot = table_->find(fd);
  if (slot == nullptr) return;  // closed earlier in this round
  slot->may_read = true;
  if (slot->connection->has_unsent()) slot->connection->flush(table_->now);
  if (entry.isHangup() && slot->connection->is_waiting() && is_dead(fd)) slot->connection->hang_up();
  settle(*slot);
}

void Transport::on_wakeup() {
  mailbox_->take(mail_);
  for (Accepted& accepted : mail_.accepted) {
    contained(-1, [&] { adopt(std::move(accepted)); });
  }
  for (Answer& answer : mail_.answers) {
    ConnectionTable::Slot* slot = table_->find_by_id(answer.connection);
    if (slot == nullptr) {
      count(shared_.counters.answers_dropped);
      continue;
    }
    contained(slot->peer->fd(), [&] {
      slot->connection->deliver(std::move(answer), table_->now);
      settle(*slot);
    });
  }
  if (mail_.drain) contained(-1, [&] { begin_drain(); });
  mail_.clear();
  std::vector<std::size_t> postponed;
  postponed.swap(postponed_);
  for (const std::size_t id : postponed) {
    ConnectionTable::Slot* slot = table_->find_by_id(id);
    if (slot == nullptr) continue;
    contained(slot->peer->fd(), [&] {
      if (slot->connection->has_unsent()) slot->connection->flush(table_->now);
      settle(*slot);
    });
  }
}

void Transport::on_tick() {
  std::uint64_t ticks = 0;
  // Nothing to read is a stale event: looking at the deadlines once more does no harm.
  if (::read(timer_.get(), &ticks, sizeof ticks) < 0) ticks = 0;
  for (int fd = 0; fd < table_->end(); ++fd) {
    ConnectionTable::Slot* slot = table_->find(fd);
    if (slot == nullptr) continue;
    contained(fd, [&] {
      slot->connection->expire_if_due(table_->now);
      settle(*slot);
    });
  }
  if (acceptor_ != nullptr && !is_accepting_ && acceptor_->fd() >= 0) {
    reactor()->registerFd(key(), acceptor_->fd(), NotifyOn::Read, Mode::Level);
    is_accepting_ = true;
  }
}

Acceptor::Outcome Transport::on_listener() {
  const auto outcome =
      acceptor_->accept([this](Accepted accepted) { contained(-1, [&] { adopt(std::move(accepted)); }); });
  if (outcome == Acceptor::Outcome::exhausted) {
    // Until the next tick; the clients wait in the backlog meanwhile.
    reactor()->removeFd(key(), acceptor_->fd());
    is_accepting_ = false;
  }
  return outcome;
}

void Transport::adopt(Accepted accepted) {
  const int fd = accepted.fd.get();
  auto address = Pistache::Address::fromUnix(reinterpret_cast<sockaddr*>(&accepted.address));
  auto peer = Pistache::Tcp::Peer::Create(fd, address);
  auto& slot = table_->open(peer, std::make_unique<Connection>(shared_, *mailbox_, peer->getID(), fd,
                                                               std::move(accepted.ticket), table_->now));
  try {
    handleNewPeer(peer);
  } catch (...) {
    // `accepted` still owns the socket and closes it.
    peers.erase(fd);
    table_->close(fd);
    return;
  }
  static_cast<void>(accepted.fd.release());
  if (accepted.verdict == Admission::Verdict::welcome) return;
  count(shared_.counters.refused_overload);
  const bool of_peer = accepted.verdict == Admission::Verdict::too_many_of_peer;
  slot.connection->refuse(503,
                          of_peer ? "Too many connections are open from this address."
                                  : "The server has as many connections open as it can take.",
                          {}, false, table_->now);
  settle(slot);
}

void Transport::begin_drain() {
  if (acceptor_ != nullptr && acceptor_->fd() >= 0) {
    // Those who were let in by the kernel already would be reset with the listener.
    constexpr int kBatches = 64;
    for (int i = 0; i < kBatches && is_accepting_; ++i) {
      if (on_listener() == Acceptor::Outcome::drained) break;
    }
    if (is_accepting_) reactor()->removeFd(key(), acceptor_->fd());
    is_accepting_ = false;
    acceptor_->close();
  }
  // Once: the mail that it leaves and the mail that it drains may both be read after the latter is true.
  if (!has_acknowledged_ && shared_.is_draining.load()) {
    has_acknowledged_ = true;
    shared_.drain.acknowledge();
  }
}

void Transport::read(ConnectionTable::Slot& slot) {
  for (int i = 0; slot.may_read && slot.connection->wants_input(); ++i) {
    if (i == kReadsPerTurn) {
      postponed_.push_back(slot.connection->id());
      mailbox_->wake();
      return;
    }
    const ssize_t length = ::recv(slot.peer->fd(), buffer_.data(), buffer_.size(), 0);
    if (length > 0) {
      table_->onInput(buffer_.data(), static_cast<std::size_t>(length), slot.peer);
    } else if (length == 0) {
      slot.may_read = false;
      slot.connection->end_of_input(table_->now);
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      slot.may_read = false;
    } else if (errno != EINTR) {
      slot.connection->hang_up();
    }
  }
}

void Transport::settle(ConnectionTable::Slot& slot) {
  read(slot);
  const Connection& connection = *slot.connection;
  const int fd = slot.peer->fd();
  if (connection.is_finished()) {
    drop(fd);
  } else if (connection.wants_turn()) {
    postponed_.push_back(connection.id());
    mailbox_->wake();
  } else if (connection.has_unsent() && !slot.reports_write) {
    // Edge-triggered, so it may stay: it reports a full socket that has room again and is silent otherwise.
    reactor()->modifyFd(key(), fd, NotifyOn::Read | NotifyOn::Write | NotifyOn::Shutdown, Mode::Edge);
    slot.reports_write = true;
  }
}

void Transport::drop(int fd) {
  ConnectionTable::Slot* slot = table_->find(fd);
  if (slot == nullptr) return;
  const auto peer = slot->peer;
  try {
    removePeer(peer);
  } catch (...) {
    // Closing the socket is the last thing it does, so it has not come to that.
    peers.erase(fd);
    ::close(fd);
  }
  // Last, so that a connection counts until its descriptor is free.
  table_->close(fd);
}

}  // namespace rolecall::adapter::pistache
