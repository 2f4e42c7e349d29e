#pragma once

#include <atomic>
#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

namespace rolecall::adapter::pistache {

/// Counts open connections, in all and per address. Thread-safe.
class Admission {
 public:
  /// One open connection, until destruction.
  class Ticket {
   public:
    Ticket() = default;
    Ticket(Admission& admission, std::string address) : admission_(&admission), address_(std::move(address)) {}
    Ticket(Ticket&& other) noexcept
        : admission_(std::exchange(other.admission_, nullptr)), address_(std::move(other.address_)) {}
    Ticket& operator=(Ticket&& other) noexcept;
    Ticket(const Ticket&) = delete;
    Ticket& operator=(const Ticket&) = delete;
    ~Ticket();

    [[nodiscard]] const std::string& address() const { return address_; }

   private:
    Admission* admission_ = nullptr;
    std::string address_;
  };

  enum class Verdict { welcome, too_many, too_many_of_peer };

  Admission(std::size_t limit, std::size_t limit_per_peer)
      : limit_(limit), limit_per_peer_(limit_per_peer), counts_peers_(limit_per_peer < limit) {}

  /// A refused connection has a ticket too, for as long as it takes to tell it. Nothing when even these are too many.
  [[nodiscard]] std::optional<std::pair<Ticket, Verdict>> admit(std::string address);
  [[nodiscard]] std::size_t open() const { return open_.load(std::memory_order_relaxed); }

 private:
  void release(const std::string& address);

  const std::size_t limit_;
  const std::size_t limit_per_peer_;
  /// A limit per address that the limit for all reaches first needs no books.
  const bool counts_peers_;
  std::atomic<std::size_t> open_{0};
  std::mutex mutex_;
  std::unordered_map<std::string, std::size_t> per_peer_;
};

}  // namespace rolecall::adapter::pistache
