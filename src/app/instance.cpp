#include "rolecall/app/instance.hpp"

#include <iterator>

#include "database.hpp"
#include "housekeeper.hpp"
#include "rolecall/adapter/crypto/certificate.hpp"
#include "rolecall/adapter/crypto/digest.hpp"
#include "rolecall/adapter/crypto/key_ring.hpp"
#include "rolecall/adapter/crypto/random.hpp"
#include "rolecall/adapter/crypto/sealer.hpp"
#include "rolecall/adapter/icu/text_folder.hpp"
#include "rolecall/adapter/icu/value_checks.hpp"
#include "rolecall/administration/bootstrap.hpp"
#include "rolecall/administration/privileged_defaults.hpp"
#include "rolecall/app/data_directory.hpp"
#include "rolecall/app/embedded.hpp"
#include "rolecall/app/request_writer.hpp"
#include "rolecall/app/version.hpp"
#include "schema_directory.hpp"
#include "session_uses.hpp"
#include "webhook_sender.hpp"

namespace rolecall::app {
namespace {

std::string_view embedded_text(std::string_view path) {
  for (const EmbeddedFile& file : embedded_files()) {
    if (file.path == path) return file.bytes;
  }
  return {};
}

Result<std::shared_ptr<const schema::Registry>> load_registry(const Configuration& configuration) {
  std::vector<schema::Registry::Source> schemas;
  std::vector<schema::Registry::Source> types;
  for (const EmbeddedFile& file : embedded_files()) {
    const schema::Registry::Source source{std::string(file.path), std::string(file.bytes)};
    if (file.path.starts_with("schemas/scim/")) schemas.push_back(source);
    if (file.path.starts_with("schemas/resource_types/")) types.push_back(source);
  }
  ROLECALL_TRY_ASSIGN(auto own, read_schema_directory(configuration.text("scim.schemas_directory")));
  std::move(own.schemas.begin(), own.schemas.end(), std::back_inserter(schemas));
  std::move(own.resource_types.begin(), own.resource_types.end(), std::back_inserter(types));
  return schema::Registry::load(schemas, types);
}

Result<access::Catalogue> load_catalogue(const Configuration& configuration) {
  const std::string& path = configuration.text("access.permissions_file");
  std::string own;
  if (!path.empty()) {
    ROLECALL_TRY_ASSIGN(own, read_json_file("access.permissions_file", path));
  }
  return access::load_catalogue(embedded_text("schemas/permissions.json"), embedded_text("schemas/roles.json"), own);
}

api::Settings settings_of(const Configuration& configuration, Secret admin_token) {
  api::Settings settings;
  settings.version = version();
  settings.public_url = configuration.text("server.public_url");
  settings.admin_token = std::move(admin_token);
  settings.admin_openapi = embedded_text("schemas/openapi/admin.json");
  settings.default_dialect = configuration.text("scim.default_dialect");
  settings.page_default = configuration.integer("limits.page_default");
  settings.page_max = configuration.integer("limits.page_max");
  settings.cursor_timeout = configuration.duration("limits.cursor_timeout");
  settings.user_body = configuration.size("limits.user_body");
  settings.group_body = configuration.size("limits.group_body");
  settings.bulk_body = configuration.size("limits.bulk_body");
  settings.bulk_operations = configuration.size("limits.bulk_operations");
  settings.admin_body = configuration.size("limits.admin_body");
  settings.hook_body = configuration.size("limits.hook_body");
  settings.evaluations = configuration.size("limits.evaluations");
  settings.json_depth = configuration.size("limits.json_depth");
  settings.filter.bytes = configuration.size("limits.filter");
  settings.filter.depth = configuration.size("limits.filter_depth");
  settings.filter.tests = configuration.size("limits.filter_tests");
  settings.rate_per_second = configuration.number("limits.rate_per_token");
  settings.rate_burst = configuration.number("limits.rate_burst");
  settings.egress = egress_policy(configuration);
  settings.ticks = [] { return std::chrono::steady_clock::now(); };
  return settings;
}

std::unique_ptr<RequestWriter> make_request_writer(const Configuration& configuration, store::Store& store,
                                                   const Clock& clock, log::Logger& log) {
  RequestWriter::Options options;
  options.keep = configuration.integer("request_log.keep");
  if (options.keep == 0) return nullptr;
  options.age = std::chrono::hours(24) * configuration.integer("request_log.days");
  options.body = configuration.size("request_log.body");
  options.queue = configuration.size("request_log.queue");
  return std::make_unique<RequestWriter>(store, clock, log, options);
}

administration::Retention retention_of(const Configuration& configuration) {
  administration::Retention retention;
  retention.history_keep = configuration.integer("history.keep");
  retention.history_age = std::chrono::hours(24) * configuration.integer("history.days");
  retention.guard_keep = configuration.integer("guard.keep");
  retention.guard_age = std::chrono::hours(24) * configuration.integer("guard.days");
  retention.events_age = std::chrono::hours(24) * configuration.integer("directories.event_days");
  retention.answers_keep = configuration.integer("admin.kept_answers");
  return retention;
}

}  // namespace

Instance::Instance() = default;
Instance::~Instance() = default;

Result<std::unique_ptr<Instance>> Instance::open(const Configuration& configuration, log::Logger& log,
                                                 Options options) {
  std::unique_ptr<Instance> instance(new Instance());
  Instance& self = *instance;
  const Clock& clock = options.clock != nullptr ? *options.clock : self.system_clock_;
  self.folder_ = adapter::icu::make_text_folder();
  self.digest_ = adapter::crypto::make_digest();
  self.random_ = adapter::crypto::make_random_source();
  self.ids_ = adapter::crypto::make_id_generator(*self.random_, clock);
  Secret cursor_key = configuration.secret("scim.cursor_key");
  if (cursor_key.empty()) {
    ROLECALL_TRY_ASSIGN(cursor_key, ensure_cursor_key(options.directory, *self.random_));
  }
  self.cursors_ = adapter::crypto::make_sealer(cursor_key, *self.random_);
  Secret sealing_key = configuration.secret("storage.sealing_key");
  if (sealing_key.empty()) {
    ROLECALL_TRY_ASSIGN(sealing_key, ensure_sealing_key(options.directory, *self.random_));
  }
  ROLECALL_TRY_ASSIGN(const auto keys, sealing_keys(sealing_key));
  self.sealer_ = adapter::crypto::make_key_ring(keys, *self.digest_, *self.random_);
  ROLECALL_TRY_ASSIGN(self.registry_, load_registry(configuration));
  ROLECALL_TRY_ASSIGN(self.catalogue_, load_catalogue(configuration));
  ROLECALL_TRY_ASSIGN(auto confirmed,
                      administration::PrivilegedDefaults::parse(configuration.text("access.privileged_defaults")));
  self.privileged_defaults_ = std::make_unique<administration::PrivilegedDefaults>(std::move(confirmed));
  const Database database = database_of(configuration, options.directory);
  ROLECALL_TRY_ASSIGN(self.store_,
                      open_database(configuration, database, std::move(options.on_fatal), *self.folder_, clock, log));
  self.tokens_ = std::make_unique<administration::TokenDirectory>(*self.store_, *self.digest_, !database.is_shared());
  self.administration_ = std::make_unique<administration::Environment>(administration::Environment{
      *self.store_, self.catalogue_, *self.folder_, clock, *self.ids_, *self.random_, *self.digest_, self.tokens_.get(),
      self.sealer_.get(), self.privileged_defaults_.get()});
  self.session_uses_ = std::make_unique<SessionUseWriter>(*self.store_, log);
  self.administration_->sessions = {configuration.duration("sessions.idle"),
                                    configuration.duration("sessions.absolute")};
  self.administration_->session_uses = self.session_uses_.get();
  resource::ValidationOptions validation;
  validation.checks = {adapter::icu::user_name_fault, adapter::icu::is_time_zone, adapter::crypto::is_certificate};
  self.provisioning_ = std::make_unique<provisioning::Environment>(provisioning::Environment{
      *self.store_, *self.registry_, *self.folder_, clock, *self.ids_, *self.digest_, validation, &self.catalogue_,
      std::chrono::hours(24) * configuration.integer("scim.tombstone_days"),
      configuration.integer("limits.parked_members"), configuration.integer("guard.held"),
      [&log](const provisioning::GuardTrip& trip) {
        log.emit(log::Event::guard_tripped, {{"request", trip.request},
                                             {"workspace", trip.workspace},
                                             {"connection", trip.connection},
                                             {"wave", trip.wave},
                                             {"mode", access::name_of(trip.mode)},
                                             {"losses", trip.losses},
                                             {"limit", trip.limit}});
      }});
  ROLECALL_TRY(administration::bootstrap(*self.administration_, {"system", RequestId("start")}));
  self.retention_ = retention_of(configuration);
  self.requests_ = make_request_writer(configuration, *self.store_, clock, log);
  self.service_ = std::make_unique<api::Service>(
      api::Parts{*self.provisioning_, *self.administration_, *self.tokens_, *self.cursors_, log,
                 options.metrics != nullptr ? *options.metrics : self.no_metrics_, self.requests_.get()},
      settings_of(configuration, std::move(options.admin_token)));
  return instance;
}

void Instance::flush_session_uses() { session_uses_->flush(); }

void Instance::start_timer(log::Logger& log) {
  housekeeper_ = std::make_unique<Housekeeper>(*provisioning_, *administration_, retention_, log);
}

}  // namespace rolecall::app
