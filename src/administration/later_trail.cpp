#include "later_trail.hpp"

#include <algorithm>
#include <initializer_list>

#include "rolecall/audit/chain.hpp"
#include "rolecall/audit/trail.hpp"
#include "rolecall/json/parse.hpp"
#include "rolecall/json/write.hpp"

namespace rolecall::administration {
namespace {

std::string text_in(const json::Object& object, std::string_view name) {
  const json::Value* value = object.find(name);
  return value != nullptr && value->is_string() ? *value->as_string() : std::string();
}

std::int64_t number_in(const json::Object& object, std::string_view name) {
  const json::Value* value = object.find(name);
  return value != nullptr && value->is_number() ? json::to_integer(*value->as_number()).value_or(0) : 0;
}

/// None when it is not what `audit export` prints.
std::optional<store::AuditRecord> record_of(const std::string& line) {
  const auto parsed = json::parse(line);
  const json::Object* object = parsed ? parsed->as_object() : nullptr;
  const json::Value* details = object != nullptr ? object->find("details") : nullptr;
  if (details == nullptr) return std::nullopt;
  store::AuditRecord record;
  record.seq = number_in(*object, "seq");
  record.at = Instant(std::chrono::microseconds(number_in(*object, "at_us")));
  record.actor = text_in(*object, "actor");
  record.action = text_in(*object, "action");
  record.target = text_in(*object, "target");
  record.details = details->is_string() ? *details->as_string() : json::write(*details);
  record.request = RequestId(text_in(*object, "request"));
  record.previous_hash = text_in(*object, "previous_hash");
  record.hash = text_in(*object, "hash");
  return record;
}

/// The token that a row of one of these actions is about.
std::optional<TokenId> token_in(const store::AuditRecord& record, std::initializer_list<std::string_view> actions,
                                std::string_view kind) {
  const bool is_end = std::find(actions.begin(), actions.end(), record.action) != actions.end();
  if (!is_end || !record.target.starts_with(kind)) return std::nullopt;
  return TokenId(record.target.substr(kind.size()));
}

void note(const store::AuditRecord& record, LaterTrail& trail) {
  ++trail.rows;
  auto token = token_in(record, {"token.revoked", "token.rotation_completed"}, "Token/");
  if (token) trail.revoked_tokens.push_back(std::move(*token));
  auto api_token = token_in(record, {"api_token.revoked"}, "ApiToken/");
  if (api_token) trail.revoked_api_tokens.push_back(std::move(*api_token));
}

}  // namespace

Result<LaterTrail> read_later_trail(store::UnitOfWork& unit, const Digest& digest, const TrailLines& lines) {
  std::vector<std::pair<WorkspaceId, audit::Checkpoint>> heads;
  ROLECALL_TRY_ASSIGN(const auto workspaces, unit.workspaces());
  for (const store::WorkspaceRecord& workspace : workspaces) {
    ROLECALL_TRY_ASSIGN(auto head, audit::head_of(unit.workspace(workspace.id)));
    heads.emplace_back(workspace.id, std::move(head));
  }
  std::optional<LaterTrail> found;
  audit::Checkpoint head;
  for (;;) {
    ROLECALL_TRY_ASSIGN(const auto line, lines());
    if (!line) break;
    const auto record = record_of(*line);
    if (!record) return fail(ErrorCode::invalid_value, "The later trail is not what `audit export` prints.");
    if (found) {
      if (!audit::follows(*record, head.seq, head.hash, digest)) {
        return fail(ErrorCode::invalid_value,
                    "The later trail does not verify from row " + std::to_string(record->seq) + " on.");
      }
      note(*record, *found);
    } else {
      for (const auto& [workspace, end] : heads) {
        if (end.seq == record->seq && end.hash == record->hash) found = LaterTrail{workspace, 0, {}, {}};
      }
    }
    head = {record->seq, record->hash};
  }
  if (found) return std::move(*found);
  return fail(ErrorCode::invalid_value,
              "The later trail does not pass through the end of any trail of the backup: it is of another database, or "
              "begins after it.");
}

}  // namespace rolecall::administration
