#include "rolecall/adapter/pistache/server.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>

#include "listener.hpp"
#include "shared.hpp"
#include "transport.hpp"
#include "worker_pool.hpp"

namespace rolecall::adapter::pistache {
namespace {

class PistacheServer final : public http::Server {
 public:
  PistacheServer(http::ServerOptions options, http::ServerHooks hooks, http::Codec codec, http::Handler handler)
      : shared_(std::move(options), std::move(hooks), std::move(codec), std::move(handler)),
        reactors_{shared_, {}, {}} {}
  ~PistacheServer() override { stop(); }

  Result<void> start() override {
    const std::lock_guard lock(mutex_);
    if (is_started_) return internal_error("the server has been started before");
    ROLECALL_TRY_ASSIGN(auto listener, listen_on(shared_.options.host, shared_.options.port));
    port_ = listener.port;
    is_started_ = true;
    try {
      start_threads(std::move(listener.fd));
    } catch (const std::exception& error) {
      end_threads();
      return internal_error(std::string("cannot start the server's threads: ") + error.what());
    }
    return {};
  }

  std::uint16_t port() const override { return port_; }

  void drain() override {
    const std::lock_guard lock(mutex_);
    if (reactor_ == nullptr) return;
    if (!shared_.is_leaving.exchange(true)) {
      for (const auto& mailbox : reactors_.mailboxes) mailbox->post_drain();
      wait_for_goodbyes();
    }
    if (!shared_.is_draining.exchange(true)) {
      for (const auto& mailbox : reactors_.mailboxes) mailbox->post_drain();
    }
    shared_.drain.wait(reactors_.mailboxes.size(), std::chrono::steady_clock::now() + shared_.options.drain_timeout);
  }

  void stop() override {
    const std::lock_guard lock(mutex_);
    end_threads();
  }

  http::ServerCounters counters() const override {
    const Counters& from = shared_.counters;
    http::ServerCounters counters;
    counters.accepted = from.accepted.load(std::memory_order_relaxed);
    counters.requests = from.requests.load(std::memory_order_relaxed);
    counters.refused_framing = from.refused_framing.load(std::memory_order_relaxed);
    counters.refused_overload = from.refused_overload.load(std::memory_order_relaxed);
    counters.answers_dropped = from.answers_dropped.load(std::memory_order_relaxed);
    counters.timeouts = from.timeouts.load(std::memory_order_relaxed);
    counters.open_connections = shared_.admission.open();
    return counters;
  }

 private:
  /// A proxy keeps connections open and may just now be sending on one of them. Closing it would leave the proxy in
  /// doubt; the answer that closes it does not.
  void wait_for_goodbyes() const {
    constexpr auto kPause = std::chrono::milliseconds(5);
    const auto until = std::chrono::steady_clock::now() + shared_.options.drain_grace;
    while (shared_.admission.open() != 0 && std::chrono::steady_clock::now() < until) {
      std::this_thread::sleep_for(kPause);
    }
  }

  void start_threads(UniqueFd listener) {
    const std::size_t threads = std::max<std::size_t>(shared_.options.reactor_threads, 1);
    std::vector<Mailbox*> mailboxes;
    for (std::size_t i = 0; i < threads; ++i) {
      mailboxes.push_back(reactors_.mailboxes.emplace_back(std::make_unique<Mailbox>()).get());
    }
    reactors_.acceptor = std::make_unique<Acceptor>(shared_, std::move(listener), std::move(mailboxes));
    workers_ = std::make_unique<WorkerPool>(shared_, shared_.options.worker_threads);
    reactor_ = Pistache::Aio::Reactor::create();
    reactor_->init(Pistache::Aio::AsyncContext(threads, "rolecall-io"));
    reactor_->addHandler(std::make_shared<Transport>(reactors_));
    reactor_->run();
  }

  /// Workers first: they post to the reactors.
  void end_threads() {
    workers_.reset();
    if (reactor_ != nullptr) reactor_->shutdown();
    reactor_.reset();
    reactors_.acceptor.reset();
    // Connections that were accepted but not adopted any more are closed with them.
    reactors_.mailboxes.clear();
  }

  Shared shared_;
  Reactors reactors_;
  std::mutex mutex_;
  std::unique_ptr<WorkerPool> workers_;
  std::shared_ptr<Pistache::Aio::Reactor> reactor_;
  std::uint16_t port_ = 0;
  bool is_started_ = false;
};

}  // namespace

std::unique_ptr<http::Server> make_server(http::ServerOptions options, http::ServerHooks hooks, http::Codec codec,
                                          http::Handler handler) {
  return std::make_unique<PistacheServer>(std::move(options), std::move(hooks), std::move(codec), std::move(handler));
}

}  // namespace rolecall::adapter::pistache
