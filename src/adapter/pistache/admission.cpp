#include "admission.hpp"

namespace rolecall::adapter::pistache {

Admission::Ticket& Admission::Ticket::operator=(Ticket&& other) noexcept {
  std::swap(admission_, other.admission_);
  std::swap(address_, other.address_);
  return *this;
}

Admission::Ticket::~Ticket() {
  if (admission_ != nullptr) admission_->release(address_);
}

std::optional<std::pair<Admission::Ticket, Admission::Verdict>> Admission::admit(std::string address) {
  // Connections over the limit that are being told so at the same time.
  constexpr std::size_t kRefusedAtOnce = 256;
  const std::size_t open = open_.load(std::memory_order_relaxed);
  if (open >= limit_ + kRefusedAtOnce) return std::nullopt;
  Verdict verdict = open >= limit_ ? Verdict::too_many : Verdict::welcome;
  if (counts_peers_) {
    const std::lock_guard lock(mutex_);
    std::size_t& of_peer = per_peer_[address];
    if (of_peer >= limit_per_peer_ + kRefusedAtOnce) return std::nullopt;
    if (of_peer >= limit_per_peer_) verdict = Verdict::too_many_of_peer;
    ++of_peer;
  }
  open_.fetch_add(1, std::memory_order_relaxed);
  return std::pair(Ticket(*this, std::move(address)), verdict);
}

void Admission::release(const std::string& address) {
  open_.fetch_sub(1, std::memory_order_relaxed);
  if (!counts_peers_) return;
  const std::lock_guard lock(mutex_);
  const auto found = per_peer_.find(address);
  if (found != per_peer_.end() && --found->second == 0) per_peer_.erase(found);
}

}  // namespace rolecall::adapter::pistache
