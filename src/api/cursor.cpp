#include "rolecall/api/cursor.hpp"

#include <chrono>
#include <limits>

namespace rolecall::api {
namespace {

constexpr char kFormat = 1;
constexpr unsigned char kHasKey = 1;
constexpr unsigned char kBackwards = 2;
constexpr unsigned char kIncluding = 4;
constexpr std::size_t kNumberBytes = 8;
constexpr std::size_t kLengthBytes = 2;

void append_number(std::string& out, std::uint64_t number, std::size_t bytes) {
  for (std::size_t at = bytes; at-- > 0;) out += static_cast<char>(number >> (8 * at) & 0xFFU);
}

/// Reads from the front of a text; `is_whole` stays false once something was missing.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  std::string_view take(std::size_t count) {
    if (count > rest_.size()) {
      is_whole_ = false;
      return {};
    }
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }
  std::uint64_t number(std::size_t count) {
    std::uint64_t number = 0;
    for (const char byte : take(count)) number = number << 8U | static_cast<unsigned char>(byte);
    return number;
  }
  [[nodiscard]] std::size_t left() const { return rest_.size(); }
  [[nodiscard]] bool is_whole() const { return is_whole_; }

 private:
  std::string_view rest_;
  bool is_whole_ = true;
};

}  // namespace

// format, flags, issued (8, milliseconds), count (8), length of the key (2), key, id
std::string write_cursor(const Cursor& cursor) {
  const store::Position& at = cursor.from.at;
  const auto issued = std::chrono::ceil<std::chrono::milliseconds>(cursor.issued).time_since_epoch().count();
  std::string bytes(1, kFormat);
  bytes += static_cast<char>((at.has_key ? kHasKey : 0U) | (cursor.from.backwards ? kBackwards : 0U) |
                             (cursor.from.including ? kIncluding : 0U));
  append_number(bytes, static_cast<std::uint64_t>(issued), kNumberBytes);
  append_number(bytes, static_cast<std::uint64_t>(cursor.count), kNumberBytes);
  append_number(bytes, at.key.size(), kLengthBytes);
  bytes += at.key;
  bytes += at.id.value();
  return bytes;
}

std::optional<Cursor> read_cursor(std::string_view bytes) {
  constexpr std::size_t kLongestId = 255;
  constexpr std::int64_t kLatest = std::numeric_limits<std::int64_t>::max() / 1000;
  Reader reader(bytes);
  const auto format = reader.number(1);
  const auto flags = reader.number(1);
  const auto issued = static_cast<std::int64_t>(reader.number(kNumberBytes));
  Cursor cursor;
  cursor.count = static_cast<std::int64_t>(reader.number(kNumberBytes));
  cursor.from.at.key = reader.take(reader.number(kLengthBytes));
  const std::size_t id_bytes = reader.left();
  cursor.from.at.id = ResourceId(std::string(reader.take(id_bytes)));
  if (!reader.is_whole() || format != static_cast<std::uint64_t>(kFormat)) return std::nullopt;
  if ((flags & ~std::uint64_t{kHasKey | kBackwards | kIncluding}) != 0) return std::nullopt;
  if (issued < 0 || issued > kLatest || cursor.count < 1 || id_bytes == 0 || id_bytes > kLongestId) return std::nullopt;
  if (cursor.from.at.key.size() > store::kSortKeyBytes) return std::nullopt;
  cursor.issued = Instant(std::chrono::milliseconds(issued));
  cursor.from.at.has_key = (flags & kHasKey) != 0;
  cursor.from.backwards = (flags & kBackwards) != 0;
  cursor.from.including = (flags & kIncluding) != 0;
  return cursor;
}

}  // namespace rolecall::api
