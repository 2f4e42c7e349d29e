#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "fuzz/check.hpp"
#include "rolecall/adapter/crypto/random.hpp"
#include "rolecall/adapter/crypto/sealer.hpp"
#include "rolecall/api/cursor.hpp"

namespace {

const rolecall::Sealer& sealer() {
  static const auto random = rolecall::adapter::crypto::make_random_source();
  static const auto made =
      rolecall::adapter::crypto::make_sealer(rolecall::Secret("a key of the fuzzer, thirty-two bytes"), *random);
  return *made;
}

}  // namespace

/// The bytes as what is sealed: read, written and read again. As a cursor: nothing that we did not make is one.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (const auto cursor = rolecall::api::read_cursor(bytes)) {
    FUZZ_CHECK(rolecall::api::write_cursor(*cursor) == bytes);
    FUZZ_CHECK(cursor->count >= 1 && !cursor->from.at.id.empty());
    FUZZ_CHECK(cursor->from.at.key.size() <= rolecall::store::kSortKeyBytes);
  }
  FUZZ_CHECK(!sealer().open(bytes, "context"));
  const std::string text = sealer().seal(bytes, bytes);
  FUZZ_CHECK(sealer().open(text, bytes) == std::string(bytes));
  std::string altered = text;
  const std::size_t at = size % altered.size();
  altered[at] = altered[at] == 'A' ? 'B' : 'A';
  FUZZ_CHECK(!sealer().open(altered, bytes));
  return 0;
}
