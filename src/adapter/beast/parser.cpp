#include "parser.hpp"

// A chunked body whose last chunk is its first and arrives byte by byte trips an over-strict assertion in Beast 1.74
// (`n >= 5` in parse_chunk_header) and would end the process; without assertions the result is right.
#define BOOST_DISABLE_ASSERTS

#include <algorithm>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "head.hpp"
#include "rolecall/base/text.hpp"

namespace rolecall::adapter::beast {
namespace {

namespace bhttp = boost::beast::http;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

class Parser final : public http::RequestParser {
 public:
  explicit Parser(std::shared_ptr<const Settings> settings)
      : settings_(std::move(settings)), scanner_(settings_->options) {}

  State feed(std::string_view bytes) override {
    if (state_ == State::refused) return state_;
    buffer_.append(bytes);
    return state_ == State::complete ? state_ : advance();
  }

  State resume() override { return state_ == State::refused || state_ == State::complete ? state_ : advance(); }

  bool take_continue() override { return std::exchange(wants_continue_, false); }

  http::Request take(http::Exchange& exchange) override {
    http::Request request;
    auto message = message_->release();
    request.method = std::string(message.method_string());
    request.target = std::move(target_);
    request.headers = std::exchange(headers_, {});
    request.body = std::move(message.body());
    exchange.is_head = message.method() == bhttp::verb::head;
    exchange.keep_alive = keep_alive_;
    message_.reset();
    scanner_.reset();
    state_ = State::idle;
    return request;
  }

  const http::Refusal& refusal() const override { return refusal_; }
  std::size_t pending() const override { return buffer_.size() - read_; }

 private:
  State refuse(int status, std::string detail) {
    refusal_ = http::Refusal{status, std::move(detail), std::string(target_.substr(0, target_.find('?')))};
    state_ = State::refused;
    buffer_.clear();
    read_ = 0;
    return state_;
  }

  void drop_read_bytes() {
    // Moving the rest to the front each time would make many small requests in one buffer quadratic.
    constexpr std::size_t kWorthMoving = 64 * 1024;
    if (read_ == buffer_.size()) {
      buffer_.clear();
      read_ = 0;
    } else if (read_ > kWorthMoving) {
      buffer_.erase(0, read_);
      read_ = 0;
    }
  }

  State advance() {
    if (state_ != State::in_body) {
      if (!begin_message()) return state_;
      if (state_ == State::refused || state_ == State::complete) return state_;
    }
    return read_body();
  }

  /// True when a whole head was there.
  bool begin_message() {
    // RFC 9112 §2.2: an empty line before the request line is passed over.
    while (state_ == State::idle && pending() >= 2 && buffer_.compare(read_, 2, "\r\n") == 0 && empty_lines_ < 2) {
      read_ += 2;
      ++empty_lines_;
    }
    const std::string_view rest = std::string_view(buffer_).substr(read_);
    if (state_ == State::idle && rest == "\r" && empty_lines_ < 2) return false;  // an empty line, cut in two
    if (rest.empty()) {
      drop_read_bytes();
      state_ = State::idle;
      return false;
    }
    state_ = State::in_head;
    const auto length = scanner_.scan(rest);
    if (scanner_.refusal()) {
      target_ = scanner_.refusal()->path;
      refuse(scanner_.refusal()->status, scanner_.refusal()->detail);
      return true;
    }
    if (!length) return false;
    empty_lines_ = 0;
    parse_head(rest.substr(0, *length));
    return true;
  }

  void parse_head(std::string_view head) {
    const RequestLine line = request_line_of(head);
    auto target = origin_form_of(line.method, line.target);
    target_ = target.value_or("");
    message_.emplace();
    message_->eager(true);
    message_->header_limit(static_cast<std::uint32_t>(head.size() + 1));
    body_limit_ = settings_->hooks.body_limit(line.method, std::string_view(target_).substr(0, target_.find('?')));
    message_->body_limit(body_limit_);
    extension_bytes_ = 0;
    message_->on_chunk_header(count_extension_);
    boost::system::error_code error;
    const std::size_t used = message_->put(boost::asio::const_buffer(head.data(), head.size()), error);
    if (error == bhttp::error::bad_version && !is_http_version(line.version)) {
      refuse(400, "The request line is not a method, a target and a version.");
      return;
    }
    if (error && error != bhttp::error::need_more) {
      refuse_error(error);
      return;
    }
    if (!message_->is_header_done() || used != head.size()) {
      refuse(400, "The request's head is not valid HTTP/1.1.");
      return;
    }
    if (!target) {
      refuse(400, "The request target is neither a path nor an absolute URL.");
      return;
    }
    read_ += used;
    check_head();
    if (state_ == State::refused) return;
    // Now: Beast adds the trailers of a chunked body to the headers, where no proxy has looked at them (RFC 9110
    // §6.5.1).
    headers_ = {};
    for (const auto& field : message_->get()) {
      headers_.add(std::string(field.name_string()), std::string(field.value()));
    }
    keep_alive_ = message_->keep_alive();
    state_ = message_->is_done() ? State::complete : State::in_body;
    if (state_ == State::complete) drop_read_bytes();
  }

  void check_head() {
    const auto& head = message_->get();
    const auto count = [&](bhttp::field name) { return head.count(name); };
    const bool is_chunked = count(bhttp::field::transfer_encoding) > 0;
    if (count(bhttp::field::content_length) > 1 || (is_chunked && count(bhttp::field::content_length) > 0)) {
      refuse(400, "The request says its length twice.");
    } else if (const auto length = head[bhttp::field::content_length];
               !std::all_of(length.begin(), length.end(), is_digit)) {
      // Beast takes a list of equal lengths for one of them.
      refuse(400, "The request's Content-Length is not a number.");
    } else if (is_chunked && head.version() < 11) {
      refuse(400, "Transfer-Encoding needs HTTP/1.1.");
    } else if (is_chunked &&
               (count(bhttp::field::transfer_encoding) > 1 ||
                !equals_ignoring_ascii_case(std::string(head[bhttp::field::transfer_encoding]), "chunked"))) {
      refuse(501, "The only transfer coding this server knows is chunked.");
    } else if (count(bhttp::field::host) > 1 || (head.version() >= 11 && count(bhttp::field::host) == 0)) {
      refuse(400, "The request needs exactly one Host header.");
    } else if (count(bhttp::field::expect) > 0) {
      if (!equals_ignoring_ascii_case(std::string(head[bhttp::field::expect]), "100-continue")) {
        refuse(417, "The only expectation this server knows is 100-continue.");
      } else {
        wants_continue_ = head.version() >= 11 && !message_->is_done() && pending() == 0;
      }
    }
  }

  State read_body() {
    boost::system::error_code error;
    const std::size_t used = message_->put(boost::asio::const_buffer(buffer_.data() + read_, pending()), error);
    read_ += used;
    if (error && error != bhttp::error::need_more) return refuse_error(error);
    // What waits here may begin with the end of a chunk and a size; the exact count comes with the last byte.
    constexpr std::size_t kChunkLine = 64;
    if (!message_->is_done()) {
      if (pending() > settings_->options.max_trailer_bytes + kChunkLine) return refuse_trailers();
      // Beast would wait for the closing quote in what follows, and count the chunk again each time it looks.
      const bool is_open = begins_with_chunk_line(std::string_view(buffer_).substr(read_));
      if (is_open) return refuse(400, "The extensions of a chunk are not valid.");
    } else {
      if (last_chunk_ != nullptr) {
        extension_bytes_ += static_cast<std::size_t>(buffer_.data() + read_ - std::exchange(last_chunk_, nullptr));
      }
      if (extension_bytes_ > settings_->options.max_trailer_bytes) return refuse_trailers();
      state_ = State::complete;
      wants_continue_ = false;
    }
    drop_read_bytes();
    return state_;
  }

  State refuse_trailers() {
    return refuse(400, "The chunk extensions or the trailers are larger than " +
                           std::to_string(settings_->options.max_trailer_bytes) + " bytes.");
  }

  State refuse_error(const boost::system::error_code& error) {
    if (error == bhttp::error::body_limit) {
      return refuse(413, "The request's body is larger than the " + std::to_string(body_limit_) +
                             " bytes that this server accepts here.");
    }
    if (error == bhttp::error::header_limit) return refuse(431, "The request's headers are too large.");
    if (error == bhttp::error::bad_version) return refuse(505, "This server speaks HTTP/1.1.");
    return refuse(400, "The request is not valid HTTP/1.1.");
  }

  std::shared_ptr<const Settings> settings_;
  HeadScanner scanner_;
  State state_ = State::idle;
  std::string buffer_;
  std::size_t read_ = 0;  ///< of buffer_
  std::size_t empty_lines_ = 0;
  std::string target_;
  http::Headers headers_;
  bool keep_alive_ = false;
  std::optional<bhttp::request_parser<bhttp::string_body>> message_;
  bool wants_continue_ = false;
  std::size_t body_limit_ = 0;        ///< of this request
  std::size_t extension_bytes_ = 0;   ///< of chunk extensions and trailers
  const char* last_chunk_ = nullptr;  ///< in buffer_, where the size of the last chunk ends, until it is read
  std::function<void(std::uint64_t, boost::beast::string_view, boost::system::error_code&)> count_extension_ =
      [this](std::uint64_t size, boost::beast::string_view extensions, boost::system::error_code& error) {
        if (size == 0) {
          last_chunk_ = extensions.data();
          return;
        }
        extension_bytes_ += extensions.size();
        if (extension_bytes_ > settings_->options.max_trailer_bytes) error = bhttp::error::bad_chunk_extension;
      };
  http::Refusal refusal_;
};

}  // namespace

std::unique_ptr<http::RequestParser> make_parser(std::shared_ptr<const Settings> settings) {
  return std::make_unique<Parser>(std::move(settings));
}

}  // namespace rolecall::adapter::beast
