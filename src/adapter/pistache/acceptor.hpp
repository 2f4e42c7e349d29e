#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "mailbox.hpp"
#include "shared.hpp"
#include "unique_fd.hpp"

namespace rolecall::adapter::pistache {

/// Takes connections off the listening socket and deals them out in turn. One reactor has it: all of them waiting on
/// one socket would all wake for each connection.
class Acceptor {
 public:
  enum class Outcome {
    drained,    ///< nobody is waiting now
    more,       ///< others wait, but connections that are open have their turn first
    exhausted,  ///< out of descriptors or memory: asking again at once would only burn the processor
  };

  Acceptor(Shared& shared, UniqueFd listener, std::vector<Mailbox*> reactors)
      : shared_(shared), listener_(std::move(listener)), reactors_(std::move(reactors)) {}

  [[nodiscard]] int fd() const { return listener_.get(); }
  /// `own` gets the share of the first reactor, in whose thread this runs.
  [[nodiscard]] Outcome accept(const std::function<void(Accepted)>& own);
  void close() { listener_.reset(); }

 private:
  Shared& shared_;
  UniqueFd listener_;
  std::vector<Mailbox*> reactors_;
  std::size_t next_ = 0;
};

}  // namespace rolecall::adapter::pistache
