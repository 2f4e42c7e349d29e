#include "rolecall/provisioning/bulk.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>

#include "guarded.hpp"
#include "rolecall/bulk/reference.hpp"
#include "rolecall/patch/message.hpp"
#include "verbs.hpp"

namespace rolecall::provisioning {
namespace {

/// A commit costs one sync to disk whatever is in it; but other writers wait for it.
constexpr std::size_t kUnitsPerCommit = 100;
constexpr std::chrono::milliseconds kTimePerCommit{50};

Error refers_to_failed(const bulk::Operation& post) {
  return Error{
      ErrorCode::conflict,
      "The operation with the bulkId \"" + post.bulk_id + "\" failed, and this one refers to what it would have made.",
      {},
      {},
      {}};
}

Error undone() {
  return Error{ErrorCode::conflict,
               "Not done: another operation of this request failed, and the request asked for all or nothing.",
               {},
               {},
               {}};
}

Error not_even_held() {
  return Error{ErrorCode::held,
               "With this change too many users would have lost access through this connection. It asked for all or "
               "nothing, so nothing of it was done, and nothing is held. Send the operations without that, or let an "
               "administrator of the application raise the limit (rolecall guard set).",
               {},
               {},
               std::chrono::hours(1)};
}

Error too_late() {
  return Error{ErrorCode::unavailable,
               "Not done: the time of the request was over before this operation. Send it again.",
               {},
               {},
               std::chrono::seconds(1)};
}

class Run {
 public:
  Run(const Environment& environment, const Caller& caller, const BulkJob& job)
      : environment_(environment), caller_(caller), job_(job), prepared_(job.plan.steps.size()) {
    if (job.plan.errors_accepted) errors_accepted_ = *job.plan.errors_accepted;
    if (job.all_or_nothing) errors_accepted_ = 1;
  }

  Result<BulkAnswer> run() {
    const std::size_t units = job_.plan.units.size();
    const std::size_t per_commit = job_.all_or_nothing ? units : kUnitsPerCommit;
    Progress done;
    done.outcomes.resize(job_.plan.steps.size());
    while (done.next < units && !is_over(done)) {
      if (is_late()) {
        fail_the_rest(done, too_late());
        break;
      }
      const std::size_t end = std::min(units, done.next + per_commit);
      prepare_units(done.next, end);
      // A unit of work may be repeated, so it starts from what was committed.
      Progress after;
      auto committed = environment_.store.write([&](store::UnitOfWork& unit) -> Result<void> {
        after = done;
        ROLECALL_TRY(run_units(unit, after, end));
        if (job_.all_or_nothing && after.failed > 0) return fail(undone());
        return {};
      });
      if (committed) {
        done = std::move(after);
      } else if (job_.all_or_nothing && after.failed > 0) {
        take_back(after);
        return answer(std::move(after));
      } else if (done.next == 0) {
        return fail(std::move(committed).error());
      } else {
        fail_the_rest(done, committed.error());
      }
    }
    return answer(std::move(done));
  }

 private:
  struct Progress {
    std::vector<BulkOutcome> outcomes;
    std::vector<std::string> notices;
    std::vector<GuardTrip> trips;
    std::size_t next = 0;  ///< unit
    std::size_t failed = 0;
    bool took_access = false;
  };

  [[nodiscard]] const bulk::Step& step(std::size_t at) const { return job_.plan.steps[at]; }
  [[nodiscard]] bool is_over(const Progress& progress) const { return progress.failed >= errors_accepted_; }
  [[nodiscard]] bool is_late() const { return job_.ticks && job_.ticks() >= job_.end; }

  /// What needs no other operation is decided before the unit of work, in which other writers wait.
  void prepare_units(std::size_t begin, std::size_t end) {
    for (std::size_t unit = begin; unit < end; ++unit) {
      for (const std::size_t at : job_.plan.units[unit].operations) {
        const bulk::Operation& operation = step(at).operation;
        const bool is_alone = operation.method == bulk::Method::post && step(at).needs.empty();
        if (!is_alone || operation.error || prepared_[at]) continue;
        prepared_[at] = prepare_post(at, operation.data);
      }
    }
  }

  Result<NewResource> prepare_post(std::size_t at, json::Value data) {
    const schema::ResourceType& type = *step(at).type;
    ROLECALL_TRY(patch::rewrite_resource(*data.as_object(), type, job_.dialect, &rewrites_));
    return prepare(environment_, caller_, type, *data.as_object());
  }

  Result<void> run_units(store::UnitOfWork& unit_of_work, Progress& progress, std::size_t end) {
    store::Workspace& workspace = unit_of_work.workspace(caller_.workspace);
    ROLECALL_TRY_ASSIGN(const auto connection, workspace.connections().find(caller_.connection));
    if (!connection) return internal_error("the token's connection is gone");
    const auto started = job_.ticks ? job_.ticks() : std::chrono::steady_clock::time_point();
    while (progress.next < end && !is_over(progress)) {
      if (job_.all_or_nothing && is_late()) return fail(too_late());
      ROLECALL_TRY(run_unit(unit_of_work, workspace, *connection, progress));
      ++progress.next;
      if (!job_.all_or_nothing && job_.ticks && job_.ticks() - started >= kTimePerCommit) break;
    }
    return {};
  }

  /// Fails when the unit of work is lost, not when the operations fail.
  Result<void> run_unit(store::UnitOfWork& unit_of_work, store::Workspace& workspace,
                        const store::ConnectionRecord& connection, Progress& progress) {
    const bulk::Unit& unit = job_.plan.units[progress.next];
    if (auto failure = known_failure(progress, unit)) {
      settle(progress, unit, failure->first, std::move(failure->second));
      return {};
    }
    Notices notices;
    std::size_t current = unit.operations.front();
    ROLECALL_TRY_ASSIGN(auto outcome, attempt_guarded(unit_of_work, environment_, caller_, workspace, connection,
                                                      notices, [&](WriteSession& session) {
                                                        return unit.is_circle
                                                                   ? perform_circle(session, progress, unit, current)
                                                                   : perform(session, progress, current);
                                                      }));
    if (outcome.trip) progress.trips.push_back(std::move(*outcome.trip));
    if (outcome.error) {
      if (outcome.is_held && job_.all_or_nothing) outcome.error = not_even_held();
      settle(progress, unit, current, std::move(*outcome.error));
      return {};
    }
    for (const std::size_t at : unit.operations) progress.outcomes[at].is_processed = true;
    std::move(notices.texts.begin(), notices.texts.end(), std::back_inserter(progress.notices));
    progress.took_access = progress.took_access || notices.took_access;
    return {};
  }

  /// The first operation that fails without being tried, and why.
  [[nodiscard]] std::optional<std::pair<std::size_t, Error>> known_failure(const Progress& progress,
                                                                           const bulk::Unit& unit) const {
    for (const std::size_t at : unit.operations) {
      if (step(at).operation.error) return std::pair(at, *step(at).operation.error);
      for (const std::size_t need : step(at).needs) {
        if (progress.outcomes[need].error) return std::pair(at, refers_to_failed(step(need).operation));
      }
    }
    return std::nullopt;
  }

  /// One operation failed, and its whole circle with it.
  void settle(Progress& progress, const bulk::Unit& unit, std::size_t culprit, Error error) const {
    for (const std::size_t at : unit.operations) {
      BulkOutcome& outcome = progress.outcomes[at];
      outcome = BulkOutcome{};
      outcome.is_processed = true;
      outcome.error = at == culprit ? error : refers_to_failed(step(culprit).operation);
      ++progress.failed;
    }
  }

  Result<void> perform(WriteSession& session, Progress& progress, std::size_t at) {
    const bulk::Step& now = step(at);
    const schema::ResourceType& type = *now.type;
    BulkOutcome& outcome = progress.outcomes[at];
    if (now.operation.method == bulk::Method::post) {
      if (prepared_[at]) return store_post(session, progress, at, *prepared_[at]);
      json::Value data = now.operation.data;
      if (!fill_in(progress, data)) return internal_error("a reference of a bulk operation has no id");
      return store_post(session, progress, at, prepare_post(at, std::move(data)));
    }
    outcome.id = now.target ? progress.outcomes[*now.target].id : ResourceId(now.id);
    if (now.operation.method == bulk::Method::remove) return remove_in(session, type, outcome.id, job_.expected[at]);
    json::Value data = now.operation.data;
    if (!fill_in(progress, data)) return internal_error("a reference of a bulk operation has no id");
    if (now.operation.method == bulk::Method::put) {
      return replace_resource(session, progress, at, std::move(data), job_.expected[at]);
    }
    ROLECALL_TRY(patch::rewrite_message(data, job_.dialect, &rewrites_));
    ROLECALL_TRY_ASSIGN(const auto operations, patch::parse_message(data));
    ROLECALL_TRY_ASSIGN(const auto resolved,
                        patch::resolve(operations, type, job_.dialect, outcome.id.value(), &rewrites_));
    ROLECALL_TRY_ASSIGN(const auto view, patch_in(session, type, outcome.id, resolved, job_.expected[at], Need{}));
    outcome.version = view.record.version;
    return {};
  }

  /// RFC 7644 §3.7.1: first each without what is not there yet, then the whole. `current` is the operation in work.
  Result<void> perform_circle(WriteSession& session, Progress& progress, const bulk::Unit& unit, std::size_t& current) {
    std::vector<std::size_t> incomplete;
    for (const std::size_t at : unit.operations) {
      current = at;
      json::Value data = step(at).operation.data;
      if (!fill_in(progress, data)) incomplete.push_back(at);
      ROLECALL_TRY(store_post(session, progress, at, prepare_post(at, std::move(data))));
    }
    for (const std::size_t at : incomplete) {
      current = at;
      json::Value data = step(at).operation.data;
      if (!fill_in(progress, data)) return internal_error("a circle of a bulk request is not closed");
      ROLECALL_TRY(replace_resource(session, progress, at, std::move(data), std::nullopt));
    }
    return read_versions(session, progress, unit);
  }

  /// Joining a group changes the member too, which may have been answered for before.
  Result<void> read_versions(WriteSession& session, Progress& progress, const bulk::Unit& unit) const {
    for (const std::size_t at : unit.operations) {
      BulkOutcome& outcome = progress.outcomes[at];
      ROLECALL_TRY_ASSIGN(const auto record,
                          session.workspace.resources().find_anywhere(step(at).type->name, outcome.id));
      if (record) outcome.version = record->version;
    }
    return {};
  }

  /// False when something had to be left out.
  [[nodiscard]] bool fill_in(const Progress& progress, json::Value& data) const {
    return !bulk::resolve_references(data, [&](std::string_view bulk_id) -> const std::string* {
      const auto post = job_.plan.posts.find(std::string(bulk_id));
      if (post == job_.plan.posts.end() || progress.outcomes[post->second].id.empty()) return nullptr;
      return &progress.outcomes[post->second].id.value();
    });
  }

  Result<void> store_post(WriteSession& session, Progress& progress, std::size_t at,
                          const Result<NewResource>& prepared) const {
    ROLECALL_TRY(prepared);
    ROLECALL_TRY_ASSIGN(const auto view, create_in(session, *step(at).type, *prepared, Need{}));
    progress.outcomes[at].id = view.record.id;
    progress.outcomes[at].version = view.record.version;
    return {};
  }

  Result<void> replace_resource(WriteSession& session, Progress& progress, std::size_t at, json::Value data,
                                std::optional<Version> expected) {
    const schema::ResourceType& type = *step(at).type;
    BulkOutcome& outcome = progress.outcomes[at];
    ROLECALL_TRY(patch::rewrite_resource(*data.as_object(), type, job_.dialect, &rewrites_));
    ROLECALL_TRY_ASSIGN(const auto view, replace_in(session, type, outcome.id, *data.as_object(), expected, Need{}));
    outcome.version = view.record.version;
    return {};
  }

  /// Nothing of an all-or-nothing job remains.
  static void take_back(Progress& progress) {
    progress.notices.clear();
    progress.trips.clear();
    progress.took_access = false;
    for (BulkOutcome& outcome : progress.outcomes) {
      if (outcome.error) continue;
      outcome = BulkOutcome{};
      outcome.is_processed = true;
      outcome.error = undone();
    }
  }

  /// The store failed after earlier commits: what they hold stays.
  void fail_the_rest(Progress& progress, const Error& error) const {
    for (; progress.next < job_.plan.units.size(); ++progress.next) {
      const bulk::Unit& unit = job_.plan.units[progress.next];
      for (const std::size_t at : unit.operations) settle(progress, bulk::Unit{{at}, false}, at, error);
    }
  }

  BulkAnswer answer(Progress progress) {
    for (const GuardTrip& trip : progress.trips) {
      if (environment_.on_trip) environment_.on_trip(trip);
    }
    return BulkAnswer{std::move(progress.outcomes), std::move(rewrites_),
                      Notices{std::move(progress.notices), progress.took_access}};
  }

  const Environment& environment_;
  const Caller& caller_;
  const BulkJob& job_;
  std::size_t errors_accepted_ = std::numeric_limits<std::size_t>::max();
  std::vector<std::optional<Result<NewResource>>> prepared_;
  patch::AppliedRules rewrites_;
};

}  // namespace

Result<BulkAnswer> bulk(const Environment& environment, const Caller& caller, const BulkJob& job) {
  return Run(environment, caller, job).run();
}

}  // namespace rolecall::provisioning
