#include "rolecall/base/timestamp.hpp"

#include <algorithm>
#include <cstddef>

namespace rolecall {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_days;

// Four-digit years only: what prints with a fixed width sorts as text.
constexpr Instant kFirst{sys_days{std::chrono::year{1} / 1 / 1}};
constexpr Instant kLast{sys_days{std::chrono::year{9999} / 12 / 31} + days{1} - microseconds{1}};

class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}

  [[nodiscard]] bool at_end() const { return position_ == text_.size(); }
  bool take(char expected) {
    if (at_end() || text_[position_] != expected) return false;
    ++position_;
    return true;
  }
  std::optional<int> take_digit() {
    if (at_end() || text_[position_] < '0' || text_[position_] > '9') return std::nullopt;
    return text_[position_++] - '0';
  }
  /// Exactly `count` digits, at most `highest`.
  std::optional<int> take_number(int count, int highest) {
    int value = 0;
    for (int i = 0; i < count; ++i) {
      const auto digit = take_digit();
      if (!digit) return std::nullopt;
      value = value * 10 + *digit;
    }
    return value <= highest ? std::optional<int>(value) : std::nullopt;
  }

 private:
  std::string_view text_;
  std::size_t position_ = 0;
};

std::optional<sys_days> take_date(Cursor& in) {
  const auto year = in.take_number(4, 9999);
  if (!year || !in.take('-')) return std::nullopt;
  const auto month = in.take_number(2, 12);
  if (!month || !in.take('-')) return std::nullopt;
  const auto day = in.take_number(2, 31);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{*year}, std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (*year == 0 || !date.ok()) return std::nullopt;
  return sys_days{date};
}

std::optional<microseconds> take_fraction(Cursor& in) {
  if (!in.take('.')) return microseconds{0};
  auto digit = in.take_digit();
  if (!digit) return std::nullopt;
  // Digits beyond the sixth are read and dropped: Entra sends seven.
  int value = 0;
  int scale = 100'000;
  for (; digit; digit = in.take_digit()) {
    value += *digit * scale;
    scale /= 10;
  }
  return microseconds{value};
}

std::optional<microseconds> take_time(Cursor& in) {
  const auto hour = in.take_number(2, 24);
  if (!hour || !in.take(':')) return std::nullopt;
  const auto minute = in.take_number(2, 59);
  if (!minute || !in.take(':')) return std::nullopt;
  // XML Schema has no leap second.
  const auto second = in.take_number(2, 59);
  if (!second) return std::nullopt;
  const auto fraction = take_fraction(in);
  if (!fraction) return std::nullopt;
  const microseconds time = hours{*hour} + minutes{*minute} + seconds{*second} + *fraction;
  // 24:00:00 is the first instant of the next day (XML Schema part 2, §3.2.7.3); 24:00:01 is nothing.
  return time <= days{1} ? std::optional<microseconds>(time) : std::nullopt;
}

std::optional<minutes> take_offset(Cursor& in) {
  // A time without a zone is valid; it is read as UTC, which is what this server shows.
  if (in.at_end() || in.take('Z')) return minutes{0};
  const bool west = in.take('-');
  if (!west && !in.take('+')) return std::nullopt;
  const auto hour = in.take_number(2, 14);
  if (!hour || !in.take(':')) return std::nullopt;
  const auto minute = in.take_number(2, 59);
  if (!minute) return std::nullopt;
  const minutes offset = hours{*hour} + minutes{*minute};
  if (offset > hours{14}) return std::nullopt;
  return west ? -offset : offset;
}

void append_number(std::string& out, int value, int width) {
  const std::string digits = std::to_string(value);
  out.append(static_cast<std::size_t>(std::max(0, width - static_cast<int>(digits.size()))), '0');
  out += digits;
}

}  // namespace

std::optional<Instant> parse_timestamp(std::string_view text) {
  Cursor in(text);
  const auto date = take_date(in);
  if (!date || !in.take('T')) return std::nullopt;
  const auto time = take_time(in);
  if (!time) return std::nullopt;
  const auto offset = take_offset(in);
  if (!offset || !in.at_end()) return std::nullopt;
  const Instant instant = Instant{*date} + *time - *offset;
  if (instant < kFirst || instant > kLast) return std::nullopt;
  return instant;
}

std::string to_timestamp(Instant instant) {
  const Instant shown = std::clamp(instant, kFirst, kLast);
  const auto day = std::chrono::floor<days>(shown);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{std::chrono::floor<milliseconds>(shown - day)};
  std::string out;
  out.reserve(24);
  append_number(out, static_cast<int>(date.year()), 4);
  out += '-';
  append_number(out, static_cast<int>(static_cast<unsigned>(date.month())), 2);
  out += '-';
  append_number(out, static_cast<int>(static_cast<unsigned>(date.day())), 2);
  out += 'T';
  append_number(out, static_cast<int>(time.hours().count()), 2);
  out += ':';
  append_number(out, static_cast<int>(time.minutes().count()), 2);
  out += ':';
  append_number(out, static_cast<int>(time.seconds().count()), 2);
  out += '.';
  append_number(out, static_cast<int>(time.subseconds().count()), 3);
  out += 'Z';
  return out;
}

}  // namespace rolecall
