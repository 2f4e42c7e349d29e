#include "rolecall/audit/trail.hpp"

#include <utility>

#include "rolecall/audit/chain.hpp"
#include "rolecall/base/encoding.hpp"
#include "rolecall/json/write.hpp"

namespace rolecall::audit {
namespace {

constexpr std::int64_t kPage = 1'000;

/// The length in front keeps ("ab", "c") apart from ("a", "bc").
void append_field(std::string& out, std::string_view field) {
  out += std::to_string(field.size());
  out += ':';
  out += field;
}

bool is_user(std::string_view target) { return target.starts_with("User/"); }

/// Whom a row is about: the user who is its target, who became a member of it, or whom a token stood for; or somebody
/// in a directory.
std::string subject_of(const std::string& target, const json::Object& details) {
  if (is_user(target)) return target;
  for (const std::string_view name : {"member", "user"}) {
    const json::Value* found = details.find(name);
    if (found != nullptr && found->is_string() && is_user(*found->as_string())) return *found->as_string();
  }
  const json::Value* person = details.find("person");
  const bool is_person = person != nullptr && person->is_string() && person->as_string()->starts_with("Person/");
  return is_person ? *person->as_string() : std::string();
}

bool takes_access(std::string_view action, const json::Object& details) {
  if (action == "access.revoked") return true;
  if (action != "grant.removed" || details.find(event::kHeldOtherwise) != nullptr) return false;
  // A default role gives way to one that was granted.
  const json::Value* cause = details.find("cause");
  return cause == nullptr || !cause->is_string() || *cause->as_string() != "default";
}

}  // namespace

Trail::Trail(store::Workspace& workspace, const Digest& digest, Instant at, std::string actor, RequestId request)
    : workspace_(workspace),
      digest_(digest),
      at_(at),
      actor_(std::move(actor)),
      request_(std::move(request)),
      outbox_(workspace) {}

Result<void> Trail::find_head() {
  if (head_known_) return {};
  ROLECALL_TRY_ASSIGN(const auto last, workspace_.audit().last());
  last_seq_ = last ? last->seq : 0;
  last_hash_ = last ? last->hash : genesis();
  head_known_ = true;
  return {};
}

Result<std::int64_t> Trail::head() {
  ROLECALL_TRY(find_head());
  return last_seq_;
}

Result<void> Trail::record(std::string_view action, std::string target, json::Object details) {
  ROLECALL_TRY(find_head());
  store::AuditRecord row;
  row.seq = last_seq_ + 1;
  row.at = at_;
  row.actor = actor_;
  row.action = std::string(action);
  row.target = std::move(target);
  row.details = json::write(json::Value(details));
  row.request = request_;
  row.subject = subject_of(row.target, details);
  row.previous_hash = last_hash_;
  row.hash = hash_of(row, digest_);
  ROLECALL_TRY(workspace_.audit().append(row));
  ROLECALL_TRY(outbox_.add(row, details));
  took_access_ = took_access_ || takes_access(action, details);
  last_seq_ = row.seq;
  last_hash_ = std::move(row.hash);
  if (listener_) listener_(action, row.target, details);
  return {};
}

std::string hash_of(const store::AuditRecord& record, const Digest& digest) {
  std::string bytes;
  append_field(bytes, record.previous_hash);
  append_field(bytes, std::to_string(record.seq));
  append_field(bytes, std::to_string(record.at.time_since_epoch().count()));
  append_field(bytes, record.actor);
  append_field(bytes, record.action);
  append_field(bytes, record.target);
  append_field(bytes, record.details);
  append_field(bytes, record.request.value());
  return to_hex(digest.sha256(bytes));
}

std::string genesis() {
  constexpr std::size_t kHashDigits = 64;
  return std::string(kHashDigits, '0');
}

bool follows(const store::AuditRecord& record, std::int64_t rows, const std::string& head, const Digest& digest) {
  return record.seq == rows + 1 && record.previous_hash == head && record.hash == hash_of(record, digest);
}

Result<Checkpoint> head_of(store::Workspace& workspace) {
  ROLECALL_TRY_ASSIGN(const auto last, workspace.audit().last());
  return last ? Checkpoint{last->seq, last->hash} : Checkpoint{0, genesis()};
}

const char* name_of(Verification::AtCheckpoint state) {
  switch (state) {
    case Verification::AtCheckpoint::not_asked:
      return "not asked";
    case Verification::AtCheckpoint::holds:
      return "holds";
    case Verification::AtCheckpoint::differs:
      return "differs";
    case Verification::AtCheckpoint::missing:
      return "missing";
  }
  return "";
}

Result<Verification> verify(store::Workspace& workspace, const Digest& digest,
                            const std::optional<Checkpoint>& checkpoint) {
  using State = Verification::AtCheckpoint;
  Verification verification;
  verification.head = genesis();
  const auto compare = [&](std::int64_t seq) {
    if (!checkpoint || checkpoint->seq != seq || verification.at_checkpoint == State::differs) return;
    verification.at_checkpoint = checkpoint->hash == verification.head ? State::holds : State::differs;
  };
  if (checkpoint) verification.at_checkpoint = State::missing;
  compare(0);
  std::int64_t after = 0;
  for (;;) {
    ROLECALL_TRY_ASSIGN(const auto rows, workspace.audit().page(after, kPage));
    for (const store::AuditRecord& row : rows) {
      const bool holds = follows(row, verification.rows, verification.head, digest);
      if (!holds && !verification.first_bad_seq) verification.first_bad_seq = row.seq;
      // Go on from what the row claims, so that the count stays the number of rows.
      verification.head = row.hash;
      ++verification.rows;
      compare(row.seq);
    }
    if (rows.size() < static_cast<std::size_t>(kPage)) return verification;
    after = rows.back().seq;
  }
}

}  // namespace rolecall::audit
