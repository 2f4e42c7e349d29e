#include <array>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/span_body.hpp>
#include <chrono>

#include "parser.hpp"

namespace rolecall::adapter::beast {
namespace {

namespace bhttp = boost::beast::http;

std::string two_digits(unsigned number) {
  return {static_cast<char>('0' + number / 10 % 10), static_cast<char>('0' + number % 10)};
}

/// IMF-fixdate (RFC 9110 §5.6.7), made once a second per thread.
const std::string& current_date() {
  static constexpr std::array<const char*, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array<const char*, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  thread_local std::chrono::sys_seconds last{};
  thread_local std::string text;
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  if (now == last && !text.empty()) return text;
  last = now;
  const auto day = std::chrono::floor<std::chrono::days>(now);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{now - day};
  text = std::string(kDays.at(std::chrono::weekday{day}.c_encoding())) + ", " +
         two_digits(static_cast<unsigned>(date.day())) + " " + kMonths.at(static_cast<unsigned>(date.month()) - 1) +
         " " + std::to_string(static_cast<int>(date.year())) + " " +
         two_digits(static_cast<unsigned>(time.hours().count())) + ":" +
         two_digits(static_cast<unsigned>(time.minutes().count())) + ":" +
         two_digits(static_cast<unsigned>(time.seconds().count())) + " GMT";
  return text;
}

/// A line break in a value would let its author write headers of their own.
bool is_safe(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

template <typename Message>
std::string write(Message& message, std::size_t expected) {
  std::string bytes;
  bytes.reserve(expected + 512);
  bhttp::serializer<false, typename Message::body_type> serializer(message);
  boost::system::error_code error;
  while (!serializer.is_done() && !error) {
    serializer.next(error, [&](boost::system::error_code&, const auto& buffers) {
      std::size_t size = 0;
      for (auto it = boost::asio::buffer_sequence_begin(buffers); it != boost::asio::buffer_sequence_end(buffers);
           ++it) {
        const boost::asio::const_buffer buffer(*it);
        bytes.append(static_cast<const char*>(buffer.data()), buffer.size());
        size += buffer.size();
      }
      serializer.consume(size);
    });
  }
  return bytes;
}

template <typename Message>
void fill_head(Message& message, const http::Response& response, const http::Exchange& exchange, bool has_body) {
  message.version(11);
  message.result(static_cast<unsigned>(response.status));
  for (const auto& [name, value] : response.headers.fields()) {
    if (is_safe(name) && is_safe(value)) message.insert(name, value);
  }
  message.set(bhttp::field::date, current_date());
  message.set(bhttp::field::connection, response.close || !exchange.keep_alive ? "close" : "keep-alive");
  // RFC 9110 §8.6: a HEAD answer says the length a GET would have; 204 and 304 say none.
  if (has_body) message.set(bhttp::field::content_length, std::to_string(response.body.size()));
}

}  // namespace

std::string serialize(const http::Response& response, const http::Exchange& exchange) {
  const bool has_body = response.status != 204 && response.status != 304 && response.status >= 200;
  if (exchange.is_head || !has_body) {
    bhttp::response<bhttp::empty_body> message;
    fill_head(message, response, exchange, has_body);
    return write(message, 0);
  }
  bhttp::response<bhttp::span_body<const char>> message;
  message.body() = boost::beast::span<const char>(response.body.data(), response.body.size());
  fill_head(message, response, exchange, has_body);
  return write(message, response.body.size());
}

}  // namespace rolecall::adapter::beast
