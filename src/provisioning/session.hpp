#pragma once

#include <string>
#include <string_view>

#include "rolecall/audit/trail.hpp"
#include "rolecall/provisioning/provisioning.hpp"

namespace rolecall::provisioning {

/// One writing request inside its unit of work: what every step of a use case passes on.
struct WriteSession {
  WriteSession(const Environment& environment_in, const Caller& caller_in, store::Workspace& workspace_in,
               store::ConnectionRecord connection_in, Notices& notices_in)
      : environment(environment_in),
        caller(caller_in),
        workspace(workspace_in),
        connection(std::move(connection_in)),
        notices(notices_in),
        now(environment_in.clock.now()),
        trail(workspace_in, environment_in.digest, now, "token:" + caller_in.token.value(), caller_in.request) {}

  const Environment& environment;
  const Caller& caller;
  store::Workspace& workspace;
  store::ConnectionRecord connection;
  Notices& notices;
  Instant now;
  audit::Trail trail;
};

/// Runs `work(WriteSession&)` in one unit of work of the caller's workspace. `notices` hold what the successful run
/// said, however often it was repeated.
template <typename F>
auto in_write(const Environment& environment, const Caller& caller, Notices& notices, F&& work)
    -> std::invoke_result_t<F, WriteSession&> {
  using R = std::invoke_result_t<F, WriteSession&>;
  return store::write(environment.store, [&](store::UnitOfWork& unit) -> R {
    notices = Notices();
    store::Workspace& workspace = unit.workspace(caller.workspace);
    ROLECALL_TRY_ASSIGN(auto connection, workspace.connections().find(caller.connection));
    if (!connection) return internal_error("the token's connection is gone");
    WriteSession session(environment, caller, workspace, std::move(*connection), notices);
    auto done = work(session);
    notices.took_access = session.trail.took_access();
    return done;
  });
}

/// How values of this caller are checked.
[[nodiscard]] resource::ValidationOptions validation_of(const Environment& environment, const Caller& caller);

/// The same words for "absent" and "not yours".
[[nodiscard]] Error no_such_resource(std::string_view type);
[[nodiscard]] Error version_mismatch();
/// What a client is told when a name is taken.
[[nodiscard]] Error name_taken(std::string_view type);
/// The store's error in the words of the resource type: which name or value is taken.
[[nodiscard]] Error already_there(Error error, std::string_view type);

/// "User/<id>", the target of an audit row.
[[nodiscard]] std::string target_of(const store::ResourceRecord& record);

/// Names of the top-level attributes (extensions as `urn:attribute`) in which two documents differ.
[[nodiscard]] json::Array changed_attributes(const json::Object& before, const json::Object& after);

/// The record's document as a tree. Our own text, so a failure is ours.
[[nodiscard]] Result<json::Object> document_of(const store::ResourceRecord& record);

/// Copies what the store keeps in columns (name key, display, externalId, active, default role) out of `document`.
void fill_columns(store::ResourceRecord& record, const json::Object& document, const TextFolder& folder);

}  // namespace rolecall::provisioning
