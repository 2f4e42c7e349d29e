#include "connection_table.hpp"

#include <string_view>
#include <utility>

namespace rolecall::adapter::pistache {

void ConnectionTable::onInput(const char* buffer, std::size_t length,
                              const std::shared_ptr<Pistache::Tcp::Peer>& peer) {
  if (Slot* slot = find(peer->fd())) slot->connection->receive(std::string_view(buffer, length), now);
}

std::shared_ptr<Pistache::Tcp::Handler> ConnectionTable::clone() const { return std::make_shared<ConnectionTable>(); }

ConnectionTable::Slot& ConnectionTable::open(std::shared_ptr<Pistache::Tcp::Peer> peer,
                                             std::unique_ptr<Connection> connection) {
  const int fd = peer->fd();
  const auto index = static_cast<std::size_t>(fd);
  if (index >= slots_.size()) slots_.resize(index + 1);
  fd_of_.emplace(connection->id(), fd);
  slots_[index] = std::make_unique<Slot>();
  slots_[index]->peer = std::move(peer);
  slots_[index]->connection = std::move(connection);
  return *slots_[index];
}

void ConnectionTable::close(int fd) {
  Slot* slot = find(fd);
  if (slot == nullptr) return;
  fd_of_.erase(slot->connection->id());
  slots_[static_cast<std::size_t>(fd)].reset();
}

ConnectionTable::Slot* ConnectionTable::find(int fd) {
  const auto index = static_cast<std::size_t>(fd);
  return fd >= 0 && index < slots_.size() ? slots_[index].get() : nullptr;
}

ConnectionTable::Slot* ConnectionTable::find_by_id(std::size_t id) {
  const auto found = fd_of_.find(id);
  return found == fd_of_.end() ? nullptr : find(found->second);
}

}  // namespace rolecall::adapter::pistache
