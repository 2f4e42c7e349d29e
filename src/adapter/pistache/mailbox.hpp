#pragma once

#include <sys/socket.h>

#include <cstddef>
#include <mutex>
#include <string>
#include <vector>

#include "admission.hpp"
#include "unique_fd.hpp"

namespace rolecall::adapter::pistache {

/// What a worker made of a request, on its way to the reactor that owns the connection.
struct Answer {
  std::size_t connection = 0;  ///< never reused, so that an answer cannot reach another client
  std::string bytes;
  bool close = false;
};

/// A connection just accepted, on its way to the reactor that will own it.
struct Accepted {
  UniqueFd fd;
  sockaddr_storage address{};
  Admission::Ticket ticket;
  Admission::Verdict verdict = Admission::Verdict::welcome;
};

struct Mail {
  std::vector<Answer> answers;
  std::vector<Accepted> accepted;
  bool drain = false;

  [[nodiscard]] bool empty() const { return answers.empty() && accepted.empty() && !drain; }
  void clear();
};

/// The only way into a reactor thread from another one. Any thread posts, one takes.
class Mailbox {
 public:
  Mailbox();

  /// Readable while there is mail.
  [[nodiscard]] int fd() const { return event_.get(); }
  void post(Answer answer);
  void post(Accepted accepted);
  void post_drain();
  /// Makes the reactor come round once more, mail or not.
  void wake() const;
  /// Exchanges `mail`, which must be empty, for what has come.
  void take(Mail& mail);

 private:
  template <typename Change>
  void change(const Change& change);

  UniqueFd event_;
  std::mutex mutex_;
  Mail mail_;
};

}  // namespace rolecall::adapter::pistache
