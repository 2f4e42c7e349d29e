#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rolecall::torture {

struct Reply {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;

  /// Empty when absent; names without case.
  [[nodiscard]] std::string header(std::string_view name) const;
};

/// Reads replies off bytes, strictly: a byte that does not belong shows as no reply.
class ReplyReader {
 public:
  void add(std::string_view bytes) { buffer_.append(bytes); }
  [[nodiscard]] std::optional<Reply> take(bool is_head = false);
  [[nodiscard]] const std::string& rest() const { return buffer_; }

 private:
  std::string buffer_;
};

/// A client that can misbehave. Every wait ends after `patience`.
class Client {
 public:
  explicit Client(std::uint16_t port, int receive_buffer = 0);
  Client(Client&& other) noexcept;
  Client& operator=(Client&&) = delete;
  ~Client();

  [[nodiscard]] bool is_open() const { return fd_ >= 0; }
  [[nodiscard]] int fd() const { return fd_; }
  /// False when the server has closed or does not read on.
  bool send(std::string_view bytes);
  /// Sends, and comes back when the other side's kernel has it.
  bool send_segment(std::string_view bytes);
  void finish_sending();
  /// Closes; with a reset instead of a farewell when asked.
  void close(bool reset = false);

  [[nodiscard]] std::optional<Reply> receive(bool is_head = false);
  [[nodiscard]] std::optional<Reply> ask(std::string_view request) { return send(request) ? receive() : std::nullopt; }
  /// Everything until the server closes; nothing when it does not, or resets.
  [[nodiscard]] std::optional<std::string> read_to_end();
  /// True when the server closes now, without another byte.
  [[nodiscard]] bool is_closed_by_server();
  /// Nothing has come and nothing is closed.
  [[nodiscard]] bool is_quiet() const;

  std::chrono::milliseconds patience{20'000};

 private:
  /// Bytes read, 0 at the end, -1 on a reset or when patience ends.
  [[nodiscard]] long read_some(char* buffer, std::size_t size) const;

  int fd_ = -1;
  ReplyReader reader_;
};

/// Replies in `bytes`, and whether they are all of it.
struct Transcript {
  std::vector<Reply> replies;
  bool is_clean = false;
};
[[nodiscard]] Transcript transcript_of(std::string_view bytes);

}  // namespace rolecall::torture
