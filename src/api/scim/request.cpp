#include "request.hpp"

#include <algorithm>

#include "api/media_type.hpp"
#include "rolecall/json/parse.hpp"

namespace rolecall::api::scim {

provisioning::Caller caller_of(const Exchange& exchange) {
  return provisioning::Caller{exchange.token->workspace, exchange.token->connection, exchange.token->token,
                              exchange.request.id, exchange.dialect.name == "strict"};
}

Result<json::Value> read_object(const Exchange& exchange, std::size_t max_bytes, std::size_t envelope_depth) {
  ROLECALL_TRY(check_content_type(exchange.request));
  if (exchange.request.body.find_first_not_of(" \t\r\n") == std::string::npos) {
    return fail(ErrorCode::invalid_syntax, "The request has no body; a JSON object is needed.");
  }
  json::Limits limits;
  limits.bytes = max_bytes;
  limits.depth = exchange.settings.json_depth + envelope_depth;
  ROLECALL_TRY_ASSIGN(auto body, json::parse(exchange.request.body, limits));
  if (!body.is_object()) return fail(ErrorCode::invalid_syntax, "The body must be a JSON object.");
  return body;
}

void log_notices(Exchange& exchange, const provisioning::Notices& notices) {
  if (notices.took_access) exchange.revoked = exchange.settings.ticks();
  std::vector<std::string> texts = notices.texts;
  std::sort(texts.begin(), texts.end());
  for (std::size_t at = 0; at < texts.size();) {
    const auto next = static_cast<std::size_t>(
        std::upper_bound(texts.begin() + static_cast<std::ptrdiff_t>(at), texts.end(), texts[at]) - texts.begin());
    exchange.parts.log.emit(log::Event::request_notice, {{"request", exchange.request.id},
                                                         {"connection", exchange.connection_name},
                                                         {"note", texts[at]},
                                                         {"count", next - at}});
    at = next;
  }
}

}  // namespace rolecall::api::scim
