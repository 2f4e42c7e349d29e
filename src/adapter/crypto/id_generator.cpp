#include <array>
#include <cstdint>
#include <mutex>
#include <string_view>

#include "rolecall/adapter/crypto/random.hpp"
#include "rolecall/base/encoding.hpp"

namespace rolecall::adapter::crypto {
namespace {

constexpr std::uint64_t kCounterEnd = std::uint64_t{1} << 12U;

/// Method 1 of RFC 9562 §6.2: rand_a is a counter. It starts at random in its lower half, so that at least 2^11
/// identifiers fit into a millisecond before the time field runs ahead of the clock.
class UuidV7Generator final : public IdGenerator {
 public:
  UuidV7Generator(RandomSource& random, const Clock& clock) : random_(random), clock_(clock) {}

  [[nodiscard]] std::string next() override {
    std::array<std::byte, 10> random{};
    random_.fill(random);
    const auto milliseconds = static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::milliseconds>(clock_.now().time_since_epoch()).count());
    const std::uint64_t start =
        std::to_integer<std::uint64_t>(random[8] & std::byte{0x07}) << 8U | std::to_integer<std::uint64_t>(random[9]);
    std::uint64_t time = 0;
    std::uint64_t counter = 0;
    {
      const std::lock_guard lock(mutex_);
      if (milliseconds > time_) {
        time_ = milliseconds;
        counter_ = start;
      } else if (++counter_ == kCounterEnd) {
        ++time_;
        counter_ = start;
      }
      time = time_;
      counter = counter_;
    }
    return format(time, counter, std::span(random).first<8>());
  }

 private:
  static std::string format(std::uint64_t time, std::uint64_t counter, std::span<const std::byte, 8> random) {
    std::string bytes;
    for (unsigned shift = 48; shift > 0; shift -= 8) bytes += static_cast<char>(time >> (shift - 8) & 0xFFU);
    bytes += static_cast<char>(0x70U | counter >> 8U);
    bytes += static_cast<char>(counter & 0xFFU);
    bytes += static_cast<char>(0x80U | (std::to_integer<unsigned>(random[0]) & 0x3FU));
    for (std::size_t i = 1; i < random.size(); ++i) bytes += std::to_integer<char>(random[i]);
    const std::string digits = to_hex(bytes);
    const std::string_view view = digits;
    std::string out;
    out.reserve(36);
    out.append(view.substr(0, 8)).append("-").append(view.substr(8, 4)).append("-").append(view.substr(12, 4));
    out.append("-").append(view.substr(16, 4)).append("-").append(view.substr(20));
    return out;
  }

  RandomSource& random_;
  const Clock& clock_;
  std::mutex mutex_;
  std::uint64_t time_ = 0;
  std::uint64_t counter_ = 0;
};

}  // namespace

std::unique_ptr<IdGenerator> make_id_generator(RandomSource& random, const Clock& clock) {
  return std::make_unique<UuidV7Generator>(random, clock);
}

}  // namespace rolecall::adapter::crypto
