#include "rolecall/administration/directories.hpp"

#include "call.hpp"
#include "lifetime.hpp"
#include "listing.hpp"
#include "rolecall/base/timestamp.hpp"
#include "rolecall/http/egress.hpp"
#include "rolecall/json/array_of.hpp"

namespace rolecall::api::admin {
namespace {

using store::DirectoryRecord;
using store::DirectoryState;

json::Value or_null(const std::string& text) { return text.empty() ? json::Value() : json::Value(text); }

/// 0: there was no answer.
json::Value status_or_null(std::int64_t status) {
  if (status == 0) return {};
  return status;
}

json::Object shown(const DirectoryRecord& directory) {
  return json::Object{
      {"name", directory.name},
      {"id", directory.id.value()},
      {"provider", directory.provider},
      {"domain", directory.domain},
      {"credential_kind", directory.credential_kind},
      {"client_id", or_null(directory.client_id)},
      {"scopes", json::array_of(directory.scopes)},
      {"granted", json::array_of(directory.granted)},
      {"is_paused", directory.is_paused},
      {"state", administration::name_of(directory.state)},
      {"reason", or_null(directory.reason)},
      {"vendor_status", status_or_null(directory.vendor_status)},
      {"vendor_code", or_null(directory.vendor_code)},
      {"vendor_request", or_null(directory.vendor_request)},
      {"throttled_until", instant_or_null(directory.throttled_until)},
      {"tested", instant_or_null(directory.tested)},
      {"next_test", instant_or_null(directory.is_paused ? std::nullopt : std::optional(directory.test_due))},
      {"ends_access", directory.ends_access},
      {"sync_every", directory.reading.every},
      {"sync_groups", json::array_of(directory.reading.groups)},
      {"sync_applications", json::array_of(directory.reading.applications)},
      {"sync_types", json::array_of(directory.reading.types)},
      {"synced", instant_or_null(directory.read_until)},
      {"next_sync", instant_or_null(directory.is_paused ? std::nullopt : directory.read_due)},
      {"made_by", directory.made_by},
      {"created", to_timestamp(directory.created)}};
}

Result<Answer> list(Call& call) {
  ROLECALL_TRY_ASSIGN(const auto listing, Listing::begin(call));
  ROLECALL_TRY_ASSIGN(auto all, administration::list_directories(call.environment, call.workspace));
  const auto next = listing.cut(all, [](const auto& directory) { return directory.name; });
  json::Array items;
  for (const auto& directory : all) items.emplace_back(shown(directory));
  return listing.answer(std::move(items), next);
}

Result<Answer> get(Call& call) {
  ROLECALL_TRY_ASSIGN(const auto directory,
                      administration::get_directory(call.environment, call.workspace, call.segment(1)));
  return Answer{200, shown(directory)};
}

/// A domain is a place that this server sends a credential to: it has to pass as every other one.
Result<std::string> domain_in(const Call& call, const std::string& provider) {
  ROLECALL_TRY_ASSIGN(const auto text, call.text("domain", true));
  ROLECALL_TRY_ASSIGN(auto domain, administration::directory_domain(provider, text));
  const auto checked = http::check_outside_url("https://" + domain, call.exchange.settings.egress);
  if (checked) return domain;
  Error refused = checked.error();
  refused.attribute = "domain";
  return fail(std::move(refused));
}

Result<Answer> create(Call& call) {
  administration::WantedDirectory wanted;
  ROLECALL_TRY_ASSIGN(wanted.name, call.text("name", true));
  ROLECALL_TRY_ASSIGN(wanted.provider, call.text("provider", true));
  ROLECALL_TRY_ASSIGN(wanted.domain, domain_in(call, wanted.provider));
  ROLECALL_TRY_ASSIGN(wanted.credential_kind, call.text("credential_kind", true));
  ROLECALL_TRY_ASSIGN(wanted.client_id, call.text("client_id", false));
  ROLECALL_TRY_ASSIGN(auto credential, call.text("credential", true));
  wanted.credential = Secret(std::move(credential));
  ROLECALL_TRY_ASSIGN(wanted.scopes, call.texts("scopes"));
  ROLECALL_TRY_ASSIGN(const auto directory,
                      administration::create_directory(call.environment, call.workspace, call.actor, wanted));
  return Answer{201, shown(directory)};
}

Result<Answer> change(Call& call) {
  administration::DirectoryChange wanted;
  // null is as good as nothing: it must not resume anything.
  const auto is_given = [&call](std::string_view name) {
    const json::Value* value = call.body.find(name);
    return value != nullptr && !value->is_null();
  };
  if (is_given("is_paused")) {
    ROLECALL_TRY_ASSIGN(wanted.is_paused, call.flag("is_paused"));
  }
  if (is_given("ends_access")) {
    ROLECALL_TRY_ASSIGN(wanted.ends_access, call.flag("ends_access"));
  }
  if (is_given("scopes")) {
    ROLECALL_TRY_ASSIGN(wanted.scopes, call.texts("scopes"));
  }
  ROLECALL_TRY_ASSIGN(wanted.read_every, call.number("sync_every"));
  for (const auto& [name, names] :
       {std::pair("sync_groups", &wanted.groups), std::pair("sync_applications", &wanted.applications),
        std::pair("sync_types", &wanted.types)}) {
    if (is_given(name)) {
      ROLECALL_TRY_ASSIGN(*names, call.texts(name));
    }
  }
  ROLECALL_TRY_ASSIGN(const auto directory, administration::change_directory(call.environment, call.workspace,
                                                                             call.actor, call.segment(1), wanted));
  return Answer{200, shown(directory)};
}

Result<Answer> reauthorize(Call& call) {
  administration::NewCredential wanted;
  ROLECALL_TRY_ASSIGN(wanted.kind, call.text("credential_kind", false));
  ROLECALL_TRY_ASSIGN(wanted.client_id, call.text("client_id", false));
  ROLECALL_TRY_ASSIGN(auto credential, call.text("credential", true));
  wanted.credential = Secret(std::move(credential));
  ROLECALL_TRY_ASSIGN(const auto directory, administration::reauthorize_directory(call.environment, call.workspace,
                                                                                  call.actor, call.segment(1), wanted));
  return Answer{200, shown(directory)};
}

Result<Answer> test(Call& call) {
  ROLECALL_TRY_ASSIGN(const auto directory, administration::request_directory_test(call.environment, call.workspace,
                                                                                   call.actor, call.segment(1)));
  return Answer{202, shown(directory)};
}

Result<Answer> remove(Call& call) {
  ROLECALL_TRY(administration::remove_directory(call.environment, call.workspace, call.actor, call.segment(1)));
  return Answer{204, {}};
}

Result<Answer> providers(Call& call) {
  ROLECALL_TRY_ASSIGN(const auto listing, Listing::begin(call));
  std::vector<const connector::Connector*> all(connector::connectors().begin(), connector::connectors().end());
  const auto next = listing.cut(all, [](const auto* one) { return std::string(one->provider()); });
  json::Array items;
  for (const auto* one : all) {
    json::Array kinds;
    for (const auto& shape : one->credential_shapes()) {
      kinds.emplace_back(json::Object{{"name", shape.name},
                                      {"title", shape.title},
                                      {"has_client_id", shape.has_client_id},
                                      {"has_scopes", shape.has_scopes},
                                      {"needs_consent", shape.needs_consent}});
    }
    json::Array scopes;
    for (const auto& scope : one->scopes()) {
      scopes.emplace_back(json::Object{{"name", scope.name},
                                       {"description", scope.description},
                                       {"is_mandatory", scope.is_mandatory},
                                       {"is_default", scope.is_default}});
    }
    items.emplace_back(json::Object{{"name", one->provider()},
                                    {"title", one->title()},
                                    {"credential_kinds", std::move(kinds)},
                                    {"scopes", std::move(scopes)}});
  }
  return listing.answer(std::move(items), next);
}

}  // namespace

std::vector<Route> directory_routes() {
  return {{"GET", "/providers", providers},
          {"GET", "/directories", list},
          {"POST", "/directories", create},
          {"GET", "/directories/{name}", get},
          {"PATCH", "/directories/{name}", change},
          {"DELETE", "/directories/{name}", remove},
          {"POST", "/directories/{name}/reauthorize", reauthorize},
          {"POST", "/directories/{name}/test", test}};
}

}  // namespace rolecall::api::admin
