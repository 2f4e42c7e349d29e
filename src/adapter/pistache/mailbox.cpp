#include "mailbox.hpp"

#include <sys/eventfd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace rolecall::adapter::pistache {

void Mail::clear() {
  answers.clear();
  accepted.clear();
  drain = false;
}

Mailbox::Mailbox() : event_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  if (!event_.is_open()) throw std::system_error(errno, std::generic_category(), "eventfd");
}

template <typename Change>
void Mailbox::change(const Change& change) {
  bool was_empty = false;
  {
    const std::lock_guard lock(mutex_);
    was_empty = mail_.empty();
    change(mail_);
  }
  // Mail that is there already has a wake-up under way.
  if (was_empty) wake();
}

void Mailbox::post(Answer answer) {
  change([&](Mail& mail) { mail.answers.push_back(std::move(answer)); });
}

void Mailbox::post(Accepted accepted) {
  change([&](Mail& mail) { mail.accepted.push_back(std::move(accepted)); });
}

void Mailbox::post_drain() {
  change([](Mail& mail) { mail.drain = true; });
}

void Mailbox::wake() const {
  // Only fails when the counter is full, which means that a wake-up is under way.
  static_cast<void>(::eventfd_write(event_.get(), 1));
}

void Mailbox::take(Mail& mail) {
  // First the signal, then the mail: the other way round, mail posted in between would lose its wake-up.
  eventfd_t count = 0;
  static_cast<void>(::eventfd_read(event_.get(), &count));
  const std::lock_guard lock(mutex_);
  std::swap(mail_, mail);
}

}  // namespace rolecall::adapter::pistache
