#include "memory_store.hpp"

#include "open_store.hpp"

namespace rolecall::testing_support {

std::unique_ptr<store::Store> open_memory(const std::filesystem::path&, const TextFolder&, const Clock&) {
  return std::make_unique<MemoryStore>();
}

}  // namespace rolecall::testing_support
