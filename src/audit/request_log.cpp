#include "rolecall/audit/request_log.hpp"

#include "rolecall/json/write.hpp"

namespace rolecall::audit {
namespace {

/// A refused token that was ours once tells whose set-up is failing.
Result<void> attribute_refusal(store::UnitOfWork& unit, RequestEntry& entry) {
  if (!entry.workspace.empty() || entry.presented.empty()) return {};
  ROLECALL_TRY_ASSIGN(const auto token, unit.find_token(entry.presented));
  if (!token) return {};
  entry.workspace = token->workspace;
  entry.request.connection = token->connection;
  entry.request.token = token->id;
  return {};
}

bool may_change(const store::LoggedRequest& request) {
  // What is held changed nothing, but what was asked for is known.
  return (request.error.empty() || request.error == "held") && request.method != "GET" && request.method != "HEAD" &&
         !request.route.ends_with("/.search");
}

Result<void> tell(store::Workspace& workspace, store::LoggedRequest& request) {
  if (may_change(request)) {
    ROLECALL_TRY_ASSIGN(auto story, story_of(workspace, request.id));
    request.intent = std::move(story.intent);
    request.effect = json::write(json::Value(std::move(story.effect)));
  }
  if (!request.intent.empty()) return {};
  const std::string purpose = purpose_of(request.method, request.route);
  request.intent = (request.error.empty() ? "" : "tried to ") + purpose;
  return {};
}

void keep_body(RequestEntry& entry) {
  if (entry.request.body_state != "kept") return;
  auto redacted = redact(entry.body);
  if (redacted) {
    entry.request.body = std::move(*redacted);
  } else {
    entry.request.body_state = "unreadable";
  }
}

}  // namespace

Result<void> write_entries(store::Store& store, std::vector<RequestEntry>& entries) {
  const auto completed = store.read([&](store::UnitOfWork& unit) -> Result<void> {
    for (RequestEntry& entry : entries) {
      ROLECALL_TRY(attribute_refusal(unit, entry));
      ROLECALL_TRY(tell(unit.workspace(entry.workspace), entry.request));
      keep_body(entry);
    }
    return {};
  });
  if (!completed) return completed;
  return store.write([&](store::UnitOfWork& unit) -> Result<void> {
    for (const RequestEntry& entry : entries) {
      ROLECALL_TRY(unit.workspace(entry.workspace).request_log().append(entry.request));
    }
    return {};
  });
}

}  // namespace rolecall::audit
