#include "connection.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <utility>

#include "refusal.hpp"

namespace rolecall::adapter::pistache {
namespace {

using State = http::RequestParser::State;

/// How long, and for how many bytes, a client may go on sending after our last word. Closing at once would reset the
/// connection while it sends, and the answer could be lost with it (RFC 9112 §9.6).
constexpr std::chrono::seconds kClosingTime{2};
constexpr std::size_t kClosingBytes = 16 * 1024 * 1024;
/// Sent to one client before the others have their turn.
constexpr std::size_t kBytesPerTurn = 1024 * 1024;
constexpr std::size_t kMaxRequestId = 128;

constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

}  // namespace

RequestId request_id_of(const http::Request& request, const http::ServerHooks& hooks) {
  const std::string* given = request.headers.find("X-Request-Id");
  const auto is_plain = [](char c) { return c > ' ' && c <= '~'; };
  const bool is_usable = given != nullptr && !given->empty() && given->size() <= kMaxRequestId &&
                         std::all_of(given->begin(), given->end(), is_plain);
  return is_usable ? RequestId(*given) : hooks.next_request_id();
}

Connection::Connection(Shared& shared, Mailbox& mailbox, std::size_t id, int fd, Admission::Ticket ticket, Instant now)
    : shared_(shared),
      mailbox_(mailbox),
      id_(id),
      fd_(fd),
      ticket_(std::move(ticket)),
      parser_(shared.codec.make_parser()),
      gone_(std::make_shared<std::atomic<bool>>(false)),
      due_(now + std::min(shared.options.head_timeout, shared.options.idle_timeout)),
      body_due_(now) {}

Connection::~Connection() { finish(); }

void Connection::go(Phase phase) {
  const auto is_busy = [](Phase p) { return p == Phase::waiting || p == Phase::answering || p == Phase::closing; };
  const bool was_busy = is_busy(phase_);
  phase_ = phase;
  if (is_busy(phase) && !was_busy) shared_.drain.enter();
  if (!is_busy(phase) && was_busy) shared_.drain.leave();
}

void Connection::finish() {
  gone_->store(true, std::memory_order_relaxed);
  go(Phase::finished);
}

void Connection::abort() {
  // A reset frees what the kernel still holds for a client that does not read.
  const linger reset{1, 0};
  static_cast<void>(::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &reset, sizeof reset));
  finish();
}

void Connection::receive(std::string_view bytes, Instant now) {
  if (phase_ == Phase::closing) {
    discarded_ += bytes.size();
    if (discarded_ > kClosingBytes) finish();
    return;
  }
  advance(parser_->feed(bytes), now);
}

void Connection::advance(State state, Instant now) {
  const State before = std::exchange(read_state_, state);
  switch (state) {
    case State::idle:
      break;
    case State::in_head:
      if (before != State::in_head) due_ = now + shared_.options.head_timeout;
      break;
    case State::in_body:
      if (before != State::in_body) body_due_ = now + shared_.options.request_timeout;
      due_ = std::min<Instant>(now + shared_.options.body_idle_timeout, body_due_);
      if (parser_->take_continue()) invite_body(now);
      break;
    case State::complete:
      dispatch(now);
      break;
    case State::refused: {
      count(shared_.counters.refused_framing);
      const http::Refusal& refusal = parser_->refusal();
      refuse(refusal.status, refusal.detail, refusal.path, false, now);
      break;
    }
  }
}

void Connection::invite_body(Instant now) {
  // A body that would be refused need not be sent.
  if (shared_.is_draining.load(std::memory_order_relaxed)) {
    count(shared_.counters.refused_overload);
    refuse(503, "The server is shutting down.", {}, false, now);
    return;
  }
  output_.append(kContinue);
  flush(now);
}

void Connection::dispatch(Instant now) {
  count(shared_.counters.requests);
  Job job;
  job.request = parser_->take(job.exchange);
  read_state_ = State::idle;
  const auto turn_away = [&](std::string_view detail) {
    count(shared_.counters.refused_overload);
    refuse(503, detail, job.request.path(), job.exchange.is_head, now);
  };
  if (shared_.is_draining.load(std::memory_order_relaxed)) {
    turn_away("The server is shutting down.");
    return;
  }
  job.request.id = request_id_of(job.request, shared_.hooks);
  job.request.peer_address = ticket_.address();
  job.request.received = now;
  job.request.deadline = now + shared_.options.request_timeout;
  job.connection = id_;
  job.mailbox = &mailbox_;
  job.gone = gone_;
  due_ = job.request.deadline;
  go(Phase::waiting);
  if (!shared_.queue.try_push(std::move(job))) turn_away("The server has more requests waiting than it can take.");
}

void Connection::deliver(Answer answer, Instant now) {
  if (phase_ != Phase::waiting) {
    count(shared_.counters.answers_dropped);
    return;
  }
  send(std::move(answer.bytes), answer.close, now);
}

void Connection::refuse(int status, std::string_view detail, std::string_view path, bool is_head, Instant now) {
  send(refusal_bytes(shared_, status, detail, path, is_head), true, now);
}

void Connection::send(std::string bytes, bool close, Instant now) {
  if (has_unsent()) {
    output_.append(bytes);
  } else {
    output_ = std::move(bytes);
    sent_ = 0;
  }
  close_after_ = close;
  due_ = now + shared_.options.write_timeout;
  go(Phase::answering);
  flush(now);
}

void Connection::flush(Instant now) {
  wants_turn_ = false;
  std::size_t turn = 0;
  while (has_unsent()) {
    if (turn >= kBytesPerTurn) {
      wants_turn_ = true;
      return;
    }
    const ssize_t sent = ::send(fd_, output_.data() + sent_, output_.size() - sent_, MSG_NOSIGNAL);
    if (sent < 0) {
      if (errno == EINTR) continue;
      if (errno != EAGAIN && errno != EWOULDBLOCK) finish();
      return;
    }
    sent_ += static_cast<std::size_t>(sent);
    turn += static_cast<std::size_t>(sent);
    if (phase_ == Phase::answering) due_ = now + shared_.options.write_timeout;
  }
  output_.clear();
  sent_ = 0;
  if (phase_ == Phase::answering) after_answer(now);
}

void Connection::after_answer(Instant now) {
  // One slow answer must not be paid for by every connection that once sent a big one.
  output_.shrink_to_fit();
  if (input_ended_) {
    finish();
  } else if (close_after_) {
    start_closing(now);
  } else {
    await_request(now);
  }
}

void Connection::await_request(Instant now) {
  go(Phase::reading);
  due_ = now + shared_.options.idle_timeout;
  advance(parser_->resume(), now);
}

void Connection::start_closing(Instant now) {
  if (::shutdown(fd_, SHUT_WR) != 0) {
    finish();
    return;
  }
  due_ = now + kClosingTime;
  go(Phase::closing);
}

void Connection::end_of_input(Instant now) {
  input_ended_ = true;
  if (phase_ == Phase::reading && read_state_ != State::idle) {
    count(shared_.counters.refused_framing);
    refuse(400, "The request ended before it was complete.", {}, false, now);
  } else {
    finish();
  }
}

void Connection::expire_if_due(Instant now) {
  if (now < due_) return;
  switch (phase_) {
    case Phase::reading:
      // A client that has not begun a request is told nothing: it could take it for the answer to its next one.
      if (read_state_ == State::idle) {
        finish();
        break;
      }
      count(shared_.counters.timeouts);
      refuse(408, "The request did not arrive in time.", {}, false, now);
      break;
    case Phase::waiting:
      count(shared_.counters.timeouts);
      gone_->store(true, std::memory_order_relaxed);
      refuse(503, "The request took too long.", {}, false, now);
      break;
    case Phase::answering:
      count(shared_.counters.timeouts);
      abort();
      break;
    case Phase::closing:
      finish();
      break;
    case Phase::finished:
      break;
  }
}

}  // namespace rolecall::adapter::pistache
