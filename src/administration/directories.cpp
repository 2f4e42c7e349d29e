#include "rolecall/administration/directories.hpp"

#include <algorithm>

#include "directory_lookup.hpp"
#include "directory_reading.hpp"
#include "directory_secret.hpp"
#include "directory_state.hpp"
#include "lookup.hpp"
#include "rolecall/json/array_of.hpp"
#include "scope.hpp"

namespace rolecall::administration {
namespace {

using connector::Connector;
using connector::CredentialShape;
using store::DirectoryRecord;
using store::DirectoryState;

std::string target_of(const DirectoryId& id) { return "Directory/" + id.value(); }

Result<const Connector*> connector_of(const std::string& provider) {
  if (const Connector* found = connector::find_connector(provider); found != nullptr) return found;
  std::string known;
  for (const Connector* one : connector::connectors()) {
    known += (known.empty() ? "" : ", ") + std::string(one->provider());
  }
  return fail_with_next(ErrorCode::invalid_value, "There is no provider “" + provider + "”.", "Known: " + known + ".",
                        "provider");
}

Result<const CredentialShape*> shape_of(const Connector& connector, const std::string& kind) {
  std::string known;
  for (const CredentialShape& shape : connector.credential_shapes()) {
    if (shape.name == kind) return &shape;
    known += (known.empty() ? "" : ", ") + std::string(shape.name);
  }
  return fail(ErrorCode::invalid_value,
              "A credential for " + std::string(connector.title()) + " is one of: " + known + ".", "credential_kind");
}

/// Header and form values: printable, without what ends a line.
bool is_printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && static_cast<unsigned char>(c) < 0x7f; });
}

/// The same with blanks and line ends.
bool is_of_lines(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= ' ' && static_cast<unsigned char>(c) < 0x7f) || c == '\r' || c == '\n';
  });
}

Result<void> check_credential(const CredentialShape& shape, const std::string& client_id, const Secret& credential) {
  constexpr std::size_t kLongestClientId = 200;
  if (shape.has_client_id == client_id.empty()) {
    return fail(ErrorCode::invalid_value,
                shape.has_client_id ? "This kind of credential needs a client id."
                                    : "This kind of credential has no client id.",
                "client_id");
  }
  if (client_id.size() > kLongestClientId || !is_printable(client_id)) {
    return fail(ErrorCode::invalid_value, "A client id is at most 200 printable characters without blanks.",
                "client_id");
  }
  const std::string& text = credential.expose();
  if (shape.is_key) {
    const bool is_pem = text.size() <= kLongestCredential && text.starts_with("-----BEGIN ") && is_of_lines(text);
    if (is_pem) return {};
    return fail(ErrorCode::invalid_value, "This kind of credential is a private key in PEM, of 16384 bytes at most.",
                "credential");
  }
  if (text.empty() || text.size() > kLongestCredential || !is_printable(text)) {
    return fail(ErrorCode::invalid_value,
                "A credential is 1 to 16384 printable characters, without blanks and line ends.", "credential");
  }
  return {};
}

/// Sorted as the connector lists them, each once, with the mandatory ones.
Result<std::vector<std::string>> chosen_scopes(const Connector& connector, const CredentialShape& shape,
                                               const std::vector<std::string>& wanted) {
  std::vector<std::string> known;
  for (const auto& scope : connector.scopes()) known.emplace_back(scope.name);
  for (const std::string& scope : wanted) {
    if (std::find(known.begin(), known.end(), scope) != known.end()) continue;
    return fail_with_next(ErrorCode::invalid_value, "There is no scope “" + scope + "”." + suggestion(scope, known),
                          "GET /providers lists them.", "scopes");
  }
  if (!shape.has_scopes) {
    if (wanted.empty()) return std::vector<std::string>();
    return fail(ErrorCode::invalid_value, "This kind of credential has the rights of its owner, and no scopes.",
                "scopes");
  }
  std::vector<std::string> chosen;
  for (const auto& scope : connector.scopes()) {
    const bool is_named = std::find(wanted.begin(), wanted.end(), scope.name) != wanted.end();
    const bool is_default = wanted.empty() && scope.is_default;
    if (is_named || is_default || scope.is_mandatory) chosen.emplace_back(scope.name);
  }
  return chosen;
}

Result<std::string> sealed(const Environment& environment, const WorkspaceId& workspace, const DirectoryId& id,
                           const Secret& credential) {
  if (environment.sealer == nullptr) return internal_error("no key to seal credentials with");
  return environment.sealer->seal(credential.expose(), context_of(workspace, id));
}

json::Object describe(const DirectoryRecord& directory) {
  return {{"provider", directory.provider},
          {"credential_kind", directory.credential_kind},
          {"scopes", json::array_of(directory.scopes)}};
}

Result<void> check_room(store::Workspace& workspace, const std::string& name) {
  ROLECALL_TRY_ASSIGN(const auto all, workspace.directories().list());
  const bool is_taken = std::any_of(all.begin(), all.end(), [&](const auto& one) { return one.name == name; });
  if (is_taken) return fail(ErrorCode::conflict, "There is a directory “" + name + "” already.", "name");
  if (all.size() < kDirectories) return {};
  return fail_with_next(ErrorCode::conflict,
                        "There are " + std::to_string(kDirectories) + " directories, which is the limit.",
                        "Delete one that is no longer used.");
}

}  // namespace

Result<DirectoryRecord> find_directory(store::Workspace& workspace, const std::string& name_or_id) {
  ROLECALL_TRY_ASSIGN(auto by_id, workspace.directories().find(DirectoryId(name_or_id)));
  if (by_id) return std::move(*by_id);
  ROLECALL_TRY_ASSIGN(auto by_name, workspace.directories().find_by_name(name_or_id));
  if (by_name) return std::move(*by_name);
  ROLECALL_TRY_ASSIGN(const auto all, workspace.directories().list());
  std::vector<std::string> names;
  for (const auto& directory : all) names.push_back(directory.name);
  return fail(ErrorCode::not_found,
              "There is no directory “" + name_or_id + "” in this workspace." + suggestion(name_or_id, names));
}

const char* name_of(DirectoryState state) {
  switch (state) {
    case DirectoryState::untested:
      return "untested";
    case DirectoryState::active:
      return "active";
    case DirectoryState::degraded:
      return "degraded";
    case DirectoryState::throttled:
      return "throttled";
    case DirectoryState::needs_reauthorization:
      return "needs_reauthorization";
  }
  return "";
}

Result<std::string> directory_domain(const std::string& provider, const std::string& domain) {
  ROLECALL_TRY_ASSIGN(const Connector* connector, connector_of(provider));
  return connector->normalize_domain(domain);
}

Result<DirectoryRecord> create_directory(const Environment& environment, const WorkspaceId& workspace,
                                         const Actor& actor, const WantedDirectory& wanted) {
  ROLECALL_TRY(check_name("directory", wanted.name));
  ROLECALL_TRY_ASSIGN(const Connector* connector, connector_of(wanted.provider));
  ROLECALL_TRY_ASSIGN(const CredentialShape* shape, shape_of(*connector, wanted.credential_kind));
  ROLECALL_TRY(check_credential(*shape, wanted.client_id, wanted.credential));
  DirectoryRecord record;
  ROLECALL_TRY_ASSIGN(record.scopes, chosen_scopes(*connector, *shape, wanted.scopes));
  record.id = DirectoryId(environment.ids.next());
  record.name = wanted.name;
  record.provider = wanted.provider;
  record.domain = wanted.domain;
  record.credential_kind = wanted.credential_kind;
  record.client_id = wanted.client_id;
  ROLECALL_TRY_ASSIGN(record.credential, sealed(environment, workspace, record.id, wanted.credential));
  record.made_by = actor.name;
  return in_change(environment, workspace, actor, [&](Change& change) -> Result<DirectoryRecord> {
    ROLECALL_TRY(check_room(change.workspace, record.name));
    record.created = change.now;
    record.test_due = change.now;
    ROLECALL_TRY(change.workspace.directories().insert(record));
    ROLECALL_TRY(change.trail.record("directory.created", target_of(record.id), describe(record)));
    return record;
  });
}

Result<std::vector<DirectoryRecord>> list_directories(const Environment& environment, const WorkspaceId& workspace_id) {
  return in_view(environment, workspace_id, [](store::Workspace& workspace) { return workspace.directories().list(); });
}

Result<DirectoryRecord> get_directory(const Environment& environment, const WorkspaceId& workspace_id,
                                      const std::string& directory) {
  return in_view(environment, workspace_id,
                 [&](store::Workspace& workspace) { return find_directory(workspace, directory); });
}

Result<DirectoryRecord> change_directory(const Environment& environment, const WorkspaceId& workspace,
                                         const Actor& actor, const std::string& directory,
                                         const DirectoryChange& wanted) {
  return in_change(environment, workspace, actor, [&](Change& change) -> Result<DirectoryRecord> {
    ROLECALL_TRY_ASSIGN(auto record, find_directory(change.workspace, directory));
    std::vector<std::string> actions;
    if (wanted.is_paused && *wanted.is_paused != record.is_paused) {
      record.is_paused = *wanted.is_paused;
      record.test_due = change.now;
      actions.emplace_back(record.is_paused ? "directory.paused" : "directory.resumed");
    }
    if (wanted.scopes) {
      ROLECALL_TRY_ASSIGN(const Connector* connector, connector_of(record.provider));
      ROLECALL_TRY_ASSIGN(const CredentialShape* shape, shape_of(*connector, record.credential_kind));
      ROLECALL_TRY_ASSIGN(auto scopes, chosen_scopes(*connector, *shape, *wanted.scopes));
      if (scopes != record.scopes) {
        record.scopes = std::move(scopes);
        begin_anew(record, change.now);
        actions.emplace_back("directory.scopes_changed");
      }
    }
    if (wanted.ends_access && *wanted.ends_access != record.ends_access) {
      record.ends_access = *wanted.ends_access;
      actions.emplace_back(record.ends_access ? "directory.access_end_on" : "directory.access_end_off");
    }
    ROLECALL_TRY_ASSIGN(const bool is_read_otherwise, change_reading(change, wanted, record));
    if (is_read_otherwise) actions.emplace_back("directory.reading_changed");
    if (actions.empty()) return record;
    ROLECALL_TRY(change.workspace.directories().update(record));
    for (const std::string& action : actions) {
      ROLECALL_TRY(change.trail.record(action, target_of(record.id), describe(record)));
    }
    return record;
  });
}

Result<DirectoryRecord> reauthorize_directory(const Environment& environment, const WorkspaceId& workspace,
                                              const Actor& actor, const std::string& directory,
                                              const NewCredential& wanted) {
  return in_change(environment, workspace, actor, [&](Change& change) -> Result<DirectoryRecord> {
    ROLECALL_TRY_ASSIGN(auto record, find_directory(change.workspace, directory));
    ROLECALL_TRY_ASSIGN(const Connector* connector, connector_of(record.provider));
    const std::pair before(record.credential_kind, record.client_id);
    if (!wanted.kind.empty()) record.credential_kind = wanted.kind;
    ROLECALL_TRY_ASSIGN(const CredentialShape* shape, shape_of(*connector, record.credential_kind));
    if (!shape->has_client_id) record.client_id.clear();
    if (!wanted.client_id.empty()) record.client_id = wanted.client_id;
    ROLECALL_TRY(check_credential(*shape, record.client_id, wanted.credential));
    if (!shape->has_scopes) record.scopes.clear();
    if (shape->has_scopes && record.scopes.empty()) {
      ROLECALL_TRY_ASSIGN(record.scopes, chosen_scopes(*connector, *shape, {}));
    }
    // A consent is to one app; its secret may be another by now.
    if (before != std::pair(record.credential_kind, record.client_id)) {
      ROLECALL_TRY(change.workspace.consents().remove(record.id));
    }
    ROLECALL_TRY_ASSIGN(record.credential, sealed(environment, workspace, record.id, wanted.credential));
    begin_anew(record, change.now);
    ROLECALL_TRY(change.workspace.directories().update(record));
    ROLECALL_TRY(change.trail.record("directory.reauthorized", target_of(record.id), describe(record)));
    return record;
  });
}

Result<DirectoryRecord> request_directory_test(const Environment& environment, const WorkspaceId& workspace,
                                               const Actor& actor, const std::string& directory) {
  return in_change(environment, workspace, actor, [&](Change& change) -> Result<DirectoryRecord> {
    ROLECALL_TRY_ASSIGN(auto record, find_directory(change.workspace, directory));
    if (record.is_paused) {
      return fail_with_next(ErrorCode::conflict, "The directory " + record.name + " is paused: nothing is sent to it.",
                            "Resume it first.");
    }
    record.test_due = change.now;
    ROLECALL_TRY(change.workspace.directories().update(record));
    ROLECALL_TRY(change.trail.record("directory.test_requested", target_of(record.id), {}));
    return record;
  });
}

Result<void> remove_directory(const Environment& environment, const WorkspaceId& workspace, const Actor& actor,
                              const std::string& directory) {
  return in_change(environment, workspace, actor, [&](Change& change) -> Result<void> {
    ROLECALL_TRY_ASSIGN(const auto record, find_directory(change.workspace, directory));
    ROLECALL_TRY(change.workspace.people().forget(record.id));
    ROLECALL_TRY(change.workspace.sync_runs().forget(record.id));
    ROLECALL_TRY(change.workspace.actions().forget(record.id));
    ROLECALL_TRY(change.workspace.action_policies().forget(record.id));
    ROLECALL_TRY(change.workspace.hooks().remove(record.id));
    ROLECALL_TRY(change.workspace.consents().remove(record.id));
    ROLECALL_TRY(change.workspace.directory_logs().remove(record.id));
    ROLECALL_TRY(change.workspace.directory_events().forget(record.id));
    ROLECALL_TRY(change.workspace.ended_access().forget(record.id));
    ROLECALL_TRY(change.workspace.directories().remove(record.id));
    return change.trail.record("directory.removed", target_of(record.id), {{"provider", record.provider}});
  });
}

}  // namespace rolecall::administration
