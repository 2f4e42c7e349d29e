#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "rolecall/audit/trail.hpp"
#include "rolecall/provisioning/provisioning.hpp"
#include "watch.hpp"

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
        trail(workspace_in, environment_in.digest, now,
              caller_in.actor.empty() ? "token:" + caller_in.token.value() : caller_in.actor, caller_in.request) {
    trail.set_listener([this](std::string_view action, std::string_view target, const json::Object& details) {
      watch.see(action, target, details);
    });
  }
  WriteSession(const WriteSession&) = delete;
  WriteSession& operator=(const WriteSession&) = delete;

  const Environment& environment;
  const Caller& caller;
  store::Workspace& workspace;
  store::ConnectionRecord connection;
  Notices& notices;
  Instant now;
  audit::Trail trail;
  Effect effect;
  Watch watch{effect};
  Instant created_of_deleted{};        ///< of the User that a DELETE is about
  std::optional<GuardTrip> trip;       ///< when the guard tripped here
  std::set<std::string> kept_members;  ///< of the Group: asked to be in it, and there, or waited for, already
  bool is_last_word = false;  ///< says all of the resource, or that a User is active: what is held of it is out of date
};

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
void fill_columns(store::ResourceRecord& record, const schema::ResourceType& type, const json::Object& document,
                  const TextFolder& folder);

}  // namespace rolecall::provisioning
