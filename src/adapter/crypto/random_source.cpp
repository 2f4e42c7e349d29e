#include <sys/random.h>

#include <cerrno>
#include <cstdlib>

#include "rolecall/adapter/crypto/random.hpp"

namespace rolecall::adapter::crypto {
namespace {

class SystemRandomSource final : public RandomSource {
 public:
  void fill(std::span<std::byte> out) override {
    while (!out.empty()) {
      const ssize_t count = getrandom(out.data(), out.size(), 0);
      if (count < 0 && errno != EINTR) std::abort();
      if (count > 0) out = out.subspan(static_cast<std::size_t>(count));
    }
  }
};

}  // namespace

std::unique_ptr<RandomSource> make_random_source() { return std::make_unique<SystemRandomSource>(); }

}  // namespace rolecall::adapter::crypto
