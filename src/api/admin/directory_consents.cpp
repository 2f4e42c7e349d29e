#include "call.hpp"
#include "rolecall/administration/consents.hpp"
#include "rolecall/base/timestamp.hpp"

namespace rolecall::api::admin {
namespace {

constexpr std::string_view kUrl = "url";

/// The address holds what proves that an answer is one to this question, so it is shown once, as a token is.
Result<Answer> authorize(Call& call) {
  ROLECALL_TRY_ASSIGN(const auto begun,
                      administration::begin_consent(call.environment, call.workspace, call.actor, call.segment(1),
                                                    call.exchange.settings.public_url));
  json::Object body{{"directory", begun.directory.name},
                    {"id", begun.directory.id.value()},
                    {"redirect_uri", begun.redirect},
                    {"expires", to_timestamp(begun.expires)}};
  if (!call.is_dry_run) body.append(std::string(kUrl), begun.url.expose());
  return Answer{201, std::move(body), kUrl};
}

}  // namespace

std::vector<Route> directory_consent_routes() { return {{"POST", "/directories/{name}/authorize", authorize}}; }

}  // namespace rolecall::api::admin
