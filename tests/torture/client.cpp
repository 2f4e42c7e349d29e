#include "client.hpp"

#include <arpa/inet.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <thread>
#include <utility>

#include "rolecall/base/text.hpp"

namespace rolecall::torture {
namespace {

template <typename Number>
bool read_number(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

std::optional<Reply> parse_head(std::string_view head) {
  Reply reply;
  if (!head.starts_with("HTTP/1.1 ") || !read_number(head.substr(9, 3), reply.status)) return std::nullopt;
  auto at = head.find("\r\n");
  while (at != std::string_view::npos) {
    head.remove_prefix(at + 2);
    at = head.find("\r\n");
    const std::string_view line = head.substr(0, at);
    const auto colon = line.find(": ");
    if (colon == std::string_view::npos) return std::nullopt;
    reply.headers.emplace_back(line.substr(0, colon), line.substr(colon + 2));
  }
  return reply;
}

}  // namespace

std::string Reply::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (equals_ignoring_ascii_case(key, name)) return value;
  }
  return {};
}

std::optional<Reply> ReplyReader::take(bool is_head) {
  const auto end = buffer_.find("\r\n\r\n");
  if (end == std::string::npos) return std::nullopt;
  auto reply = parse_head(std::string_view(buffer_).substr(0, end));
  if (!reply) return std::nullopt;
  std::size_t length = 0;
  const std::string shown = reply->header("Content-Length");
  if (!is_head && !shown.empty() && !read_number(shown, length)) return std::nullopt;
  if (buffer_.size() - end - 4 < length) return std::nullopt;
  reply->body = buffer_.substr(end + 4, length);
  buffer_.erase(0, end + 4 + length);
  return reply;
}

Client::Client(std::uint16_t port, int receive_buffer) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  if (fd_ < 0) return;
  if (receive_buffer > 0) ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  const int on = 1;
  ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) close();
}

Client::Client(Client&& other) noexcept
    : patience(other.patience), fd_(std::exchange(other.fd_, -1)), reader_(std::move(other.reader_)) {}

Client::~Client() { close(); }

void Client::close(bool reset) {
  if (fd_ < 0) return;
  if (reset) {
    const linger at_once{1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  }
  ::close(std::exchange(fd_, -1));
}

bool Client::send(std::string_view bytes) {
  if (fd_ < 0) return false;
  while (!bytes.empty()) {
    pollfd state{fd_, POLLOUT, 0};
    if (::poll(&state, 1, static_cast<int>(patience.count())) <= 0) return false;
    const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno != EAGAIN && errno != EINTR) return false;
    if (sent > 0) bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool Client::send_segment(std::string_view bytes) {
  if (!send(bytes)) return false;
  const auto until = std::chrono::steady_clock::now() + patience;
  for (int unacknowledged = 1; unacknowledged > 0;) {
    if (::ioctl(fd_, SIOCOUTQ, &unacknowledged) != 0 || std::chrono::steady_clock::now() > until) return false;
    if (unacknowledged > 0) std::this_thread::yield();
  }
  return true;
}

void Client::finish_sending() { ::shutdown(fd_, SHUT_WR); }

long Client::read_some(char* buffer, std::size_t size) const {
  pollfd state{fd_, POLLIN, 0};
  if (fd_ < 0 || ::poll(&state, 1, static_cast<int>(patience.count())) <= 0) return -1;
  return ::recv(fd_, buffer, size, 0);
}

std::optional<Reply> Client::receive(bool is_head) {
  std::array<char, 65536> buffer;
  for (;;) {
    if (auto reply = reader_.take(is_head)) return reply;
    const long size = read_some(buffer.data(), buffer.size());
    if (size <= 0) return std::nullopt;
    reader_.add({buffer.data(), static_cast<std::size_t>(size)});
  }
}

std::optional<std::string> Client::read_to_end() {
  std::string bytes = reader_.rest();
  std::array<char, 65536> buffer;
  for (;;) {
    const long size = read_some(buffer.data(), buffer.size());
    if (size < 0) return std::nullopt;
    if (size == 0) return bytes;
    bytes.append(buffer.data(), static_cast<std::size_t>(size));
  }
}

bool Client::is_closed_by_server() {
  const auto rest = read_to_end();
  return rest && rest->empty();
}

bool Client::is_quiet() const {
  pollfd state{fd_, POLLIN, 0};
  return ::poll(&state, 1, 0) == 0;
}

Transcript transcript_of(std::string_view bytes) {
  Transcript transcript;
  ReplyReader reader;
  reader.add(bytes);
  while (auto reply = reader.take()) transcript.replies.push_back(std::move(*reply));
  transcript.is_clean = reader.rest().empty();
  return transcript;
}

}  // namespace rolecall::torture
