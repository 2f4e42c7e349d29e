#include "request_key.hpp"

#include <algorithm>

#include "api/authenticate.hpp"
#include "rolecall/administration/retention.hpp"
#include "rolecall/base/encoding.hpp"
#include "rolecall/json/parse.hpp"
#include "rolecall/json/write.hpp"

namespace rolecall::api::admin {
namespace {

constexpr std::string_view kHeader = "Idempotency-Key";
constexpr std::size_t kLongestKey = 255;

void append_field(std::string& out, std::string_view field) {
  out += std::to_string(field.size());
  out += ':';
  out += field;
}

}  // namespace

Result<std::optional<RequestKey>> RequestKey::read(const Exchange& exchange) {
  const auto& request = exchange.request;
  const std::string* value = request.headers.find(kHeader);
  if (value == nullptr) return std::optional<RequestKey>();
  const bool is_printable = std::all_of(value->begin(), value->end(), [](char c) { return c > ' ' && c < 0x7f; });
  if (value->empty() || value->size() > kLongestKey || !is_printable || request.headers.count(kHeader) != 1) {
    return fail(ErrorCode::invalid_value, "Idempotency-Key must be 1 to 255 printable ASCII characters, once.");
  }
  RequestKey key;
  // A caller has no blank in its name.
  key.key_ = admin_caller_of(exchange) + ' ' + *value;
  std::string asked;
  for (const std::string_view part :
       {std::string_view(request.method), std::string_view(request.target), std::string_view(request.body)}) {
    append_field(asked, part);
  }
  key.request_ = to_hex(exchange.parts.administration.digest.sha256(asked));
  return std::optional(std::move(key));
}

Result<std::optional<Answer>> RequestKey::find(store::Workspace& workspace, Instant now) const {
  ROLECALL_TRY_ASSIGN(const auto kept, workspace.answers().find(key_));
  if (!kept || kept->at + administration::kAnswersKept <= now) return std::optional<Answer>();
  if (kept->request != request_) {
    return fail_with_next(ErrorCode::key_reused, "This Idempotency-Key came with another request before.",
                          "Send what is new under a new key.");
  }
  auto body = json::parse(kept->body);
  if (!body) return internal_error("a kept answer is not JSON");
  if (kept->lacks_secret) {
    const json::Value* id = body->is_object() ? body->as_object()->find("id") : nullptr;
    return fail_with_next(ErrorCode::conflict,
                          "The first request with this Idempotency-Key made the token " +
                              (id != nullptr && id->is_string() ? *id->as_string() : std::string()) +
                              ", which is shown only once.",
                          "If it was lost, revoke it and make another under a new key.");
  }
  return std::optional(Answer{static_cast<int>(kept->status), std::move(*body)});
}

Result<void> RequestKey::keep(store::Workspace& workspace, Instant now, const Answer& answer) const {
  ROLECALL_TRY(workspace.answers().forget_until(now - administration::kAnswersKept));
  store::KeptAnswer kept;
  kept.key = key_;
  kept.request = request_;
  kept.status = answer.status;
  kept.at = now;
  json::Value body = answer.body;
  if (!answer.secret_member.empty() && body.is_object()) {
    kept.lacks_secret = body.as_object()->erase(answer.secret_member);
  }
  kept.body = json::write(body);
  return workspace.answers().keep(kept);
}

}  // namespace rolecall::api::admin
