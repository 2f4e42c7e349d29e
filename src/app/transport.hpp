#pragma once

#include <memory>
#include <string>

#include "contexts.hpp"
#include "rolecall/app/configuration.hpp"
#include "rolecall/base/result.hpp"
#include "rolecall/http/message.hpp"

namespace rolecall::app {

/// How a command reaches the admin API.
class Transport {
 public:
  virtual ~Transport() = default;
  [[nodiscard]] virtual Result<http::Response> send(http::Request request) = 0;
};

/// The running server of the data directory; when there is none, the same handler in this process, under the lock.
[[nodiscard]] Result<std::unique_ptr<Transport>> open_transport(const Configuration& configuration,
                                                                const std::string& directory);
/// A server by its address, here or elsewhere.
[[nodiscard]] Result<std::unique_ptr<Transport>> open_remote_transport(const Context& context);

}  // namespace rolecall::app
