#pragma once

#include <functional>
#include <memory>
#include <string>

#include "rolecall/access/role.hpp"
#include "rolecall/administration/environment.hpp"
#include "rolecall/administration/retention.hpp"
#include "rolecall/administration/token_directory.hpp"
#include "rolecall/api/service.hpp"
#include "rolecall/app/configuration.hpp"
#include "rolecall/base/clock.hpp"
#include "rolecall/base/sealer.hpp"
#include "rolecall/log/logger.hpp"
#include "rolecall/metric/metrics.hpp"
#include "rolecall/provisioning/provisioning.hpp"
#include "rolecall/store/store.hpp"

namespace rolecall::app {

class Housekeeper;
class RequestWriter;
class SessionUseWriter;

/// The whole program without sockets: adapters, store, use cases and HTTP faces over one data directory. The server
/// puts it behind a port; the command line calls it in process while no server runs; tests do both.
class Instance {
 public:
  struct Options {
    std::string directory;
    Secret admin_token;
    std::function<void(std::string)> on_fatal;  ///< see SqliteOptions
    const Clock* clock = nullptr;               ///< null: the machine's
    metric::Metrics* metrics = nullptr;         ///< null: nothing is counted
  };
  /// Opens or makes the database and what a first start needs. `log` outlives the instance. The caller holds the lock
  /// of the data directory.
  [[nodiscard]] static Result<std::unique_ptr<Instance>> open(const Configuration& configuration, log::Logger& log,
                                                              Options options);

  [[nodiscard]] api::Service& service() { return *service_; }
  [[nodiscard]] const administration::Environment& administration() const { return *administration_; }
  [[nodiscard]] const provisioning::Environment& provisioning() const { return *provisioning_; }
  [[nodiscard]] IdGenerator& ids() { return *ids_; }
  [[nodiscard]] store::Store& store() { return *store_; }
  /// Null when no requests are recorded.
  [[nodiscard]] const RequestWriter* requests() const { return requests_.get(); }
  /// Waits until the uses of sessions that were noted are written.
  void flush_session_uses();
  /// From now on what the guard holds is done when its time has come, and what is old is forgotten; until the instance
  /// ends.
  void start_timer(log::Logger& log);
  ~Instance();
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

 private:
  Instance();

  SystemClock system_clock_;
  metric::NullMetrics no_metrics_;
  std::unique_ptr<TextFolder> folder_;
  std::unique_ptr<Digest> digest_;
  std::unique_ptr<RandomSource> random_;
  std::unique_ptr<IdGenerator> ids_;
  std::unique_ptr<Sealer> cursors_;
  std::unique_ptr<Sealer> sealer_;
  std::shared_ptr<const schema::Registry> registry_;
  access::Catalogue catalogue_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<administration::PrivilegedDefaults> privileged_defaults_;
  std::unique_ptr<administration::TokenDirectory> tokens_;
  std::unique_ptr<administration::Environment> administration_;
  std::unique_ptr<provisioning::Environment> provisioning_;
  administration::Retention retention_;
  std::unique_ptr<RequestWriter> requests_;
  std::unique_ptr<SessionUseWriter> session_uses_;
  std::unique_ptr<api::Service> service_;
  std::unique_ptr<Housekeeper> housekeeper_;
};

}  // namespace rolecall::app
