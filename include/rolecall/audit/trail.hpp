#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "rolecall/base/clock.hpp"
#include "rolecall/base/digest.hpp"
#include "rolecall/base/ids.hpp"
#include "rolecall/base/result.hpp"
#include "rolecall/event/outbox.hpp"
#include "rolecall/json/value.hpp"
#include "rolecall/store/store.hpp"

namespace rolecall::audit {

/// Writes audit rows inside one unit of work: who, what, when, which request, chained by hash. Details hold attribute
/// names, ids and causes, never values. The chain's head is read once and carried along. Whoever has subscribed to what
/// a row tells of gets it by the outbox, in the same unit of work.
class Trail {
 public:
  /// `actor` is "token:<id>", "admin" or "system". The workspace and the digest must outlive the trail.
  Trail(store::Workspace& workspace, const Digest& digest, Instant at, std::string actor, RequestId request);

  [[nodiscard]] Result<void> record(std::string_view action, std::string target, json::Object details);
  /// Told of every row when it has been written: for who judges a change as a whole before it is committed. Outlives
  /// the trail, or is taken away by an empty one.
  using Listener = std::function<void(std::string_view action, std::string_view target, const json::Object& details)>;
  void set_listener(Listener listener) { listener_ = std::move(listener); }
  /// The number of the newest row.
  [[nodiscard]] Result<std::int64_t> head();
  /// Has a row told that somebody lost a role, or all access?
  [[nodiscard]] bool took_access() const { return took_access_; }
  [[nodiscard]] Instant at() const { return at_; }
  [[nodiscard]] const std::string& actor() const { return actor_; }

 private:
  [[nodiscard]] Result<void> find_head();

  store::Workspace& workspace_;
  const Digest& digest_;
  Instant at_;
  std::string actor_;
  RequestId request_;
  event::Outbox outbox_;
  bool took_access_ = false;
  bool head_known_ = false;
  std::int64_t last_seq_ = 0;
  std::string last_hash_;
  Listener listener_;
};

/// The hash a row must have: SHA-256, in hex, over the previous hash and the row's fields, each with its length.
[[nodiscard]] std::string hash_of(const store::AuditRecord& record, const Digest& digest);

/// The head of a trail at some time. Kept outside of the database, it proves what the chain alone cannot: that nothing
/// was cut off its end, and that nobody wrote it anew.
struct Checkpoint {
  std::int64_t seq = 0;  ///< 0: of an empty trail
  std::string hash;      ///< of that row
};
[[nodiscard]] Result<Checkpoint> head_of(store::Workspace& workspace);

struct Verification {
  std::int64_t rows = 0;
  std::string head;  ///< hash of the newest row
  /// First row whose seq, previous hash or hash is wrong; none when the chain holds.
  std::optional<std::int64_t> first_bad_seq;
  enum class AtCheckpoint { not_asked, holds, differs, missing };
  AtCheckpoint at_checkpoint = AtCheckpoint::not_asked;

  [[nodiscard]] bool is_intact() const {
    return !first_bad_seq && at_checkpoint != AtCheckpoint::differs && at_checkpoint != AtCheckpoint::missing;
  }
};
[[nodiscard]] const char* name_of(Verification::AtCheckpoint state);
/// Walks the whole chain of a workspace, and looks whether it passes through the checkpoint.
[[nodiscard]] Result<Verification> verify(store::Workspace& workspace, const Digest& digest,
                                          const std::optional<Checkpoint>& checkpoint = {});

}  // namespace rolecall::audit
