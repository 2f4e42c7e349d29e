#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "mailbox.hpp"
#include "shared.hpp"

namespace rolecall::adapter::pistache {

/// One client: bytes in, at most one request with a worker, bytes out. Lives in one reactor thread. It borrows its
/// socket, and its owner reads for it: only while `wants_input`, so that a client that sends ahead is held back by TCP
/// and not by our memory.
class Connection {
 public:
  Connection(Shared& shared, Mailbox& mailbox, std::size_t id, int fd, Admission::Ticket ticket, Instant now);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  [[nodiscard]] std::size_t id() const { return id_; }
  [[nodiscard]] bool wants_input() const { return phase_ == Phase::reading || phase_ == Phase::closing; }
  [[nodiscard]] bool is_waiting() const { return phase_ == Phase::waiting; }
  /// Nothing more will happen: the owner closes the socket.
  [[nodiscard]] bool is_finished() const { return phase_ == Phase::finished; }
  [[nodiscard]] bool has_unsent() const { return sent_ < output_.size(); }
  /// There is more to send, and the socket would take it.
  [[nodiscard]] bool wants_turn() const { return wants_turn_; }

  void receive(std::string_view bytes, Instant now);
  /// The client sends no more; it may still read.
  void end_of_input(Instant now);
  /// The socket is dead in both directions.
  void hang_up() { finish(); }
  /// What the worker made of the request. Dropped and counted when it comes too late.
  void deliver(Answer answer, Instant now);
  /// Sends what it can.
  void flush(Instant now);
  void expire_if_due(Instant now);
  /// Answers in place of the handler, then closes.
  void refuse(int status, std::string_view detail, std::string_view path, bool is_head, Instant now);

 private:
  enum class Phase {
    reading,    ///< waiting for a request, or for the rest of one
    waiting,    ///< a worker has the request
    answering,  ///< the answer is not yet written
    closing,    ///< everything is written, the client is to close its side
    finished,
  };

  void go(Phase phase);
  void finish();
  void abort();
  void advance(http::RequestParser::State state, Instant now);
  void dispatch(Instant now);
  void invite_body(Instant now);
  void send(std::string bytes, bool close, Instant now);
  void after_answer(Instant now);
  void start_closing(Instant now);
  void await_request(Instant now);

  Shared& shared_;
  Mailbox& mailbox_;
  const std::size_t id_;
  const int fd_;
  const Admission::Ticket ticket_;
  const std::unique_ptr<http::RequestParser> parser_;
  const std::shared_ptr<std::atomic<bool>> gone_;

  Phase phase_ = Phase::reading;
  http::RequestParser::State read_state_ = http::RequestParser::State::idle;
  Instant due_;       ///< of the present phase
  Instant body_due_;  ///< for all of the body
  std::string output_;
  std::size_t sent_ = 0;  ///< of output_
  std::size_t discarded_ = 0;
  bool wants_turn_ = false;
  bool close_after_ = false;
  bool input_ended_ = false;
};

/// The id taken over from the client when it is short and printable, else a fresh one.
[[nodiscard]] RequestId request_id_of(const http::Request& request, const http::ServerHooks& hooks);

}  // namespace rolecall::adapter::pistache
