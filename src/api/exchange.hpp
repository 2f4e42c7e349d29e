#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "connection_names.hpp"
#include "keys_in_flight.hpp"
#include "parameters.hpp"
#include "rolecall/administration/token_directory.hpp"
#include "rolecall/api/service.hpp"
#include "rolecall/api/settings.hpp"
#include "rolecall/base/error.hpp"
#include "rolecall/http/message.hpp"
#include "rolecall/patch/dialect.hpp"

namespace rolecall::api {

class Docs;
class Permissions;

/// One request on its way through the service, and what its log line will say.
struct Exchange {
  const http::Request& request;
  const Parts& parts;
  const Settings& settings;
  ConnectionNames& connections;
  const Docs& docs;
  const Permissions& permissions;
  KeysInFlight& keys;
  bool is_draining = false;

  std::string_view method;            ///< HEAD is read as GET; the byte layer leaves the body out
  std::vector<std::string> segments;  ///< of the path, decoded, behind the prefix of the face
  std::optional<administration::AuthenticatedToken> token;
  std::optional<store::ApiTokenRecord> api_token;  ///< of the admin API and of decisions; none: the admin token

  std::string route = "-";  ///< template, never the path: it holds no identifiers
  std::string connection_name;
  std::string workspace_name;
  patch::Dialect dialect;        ///< of the connection; strict until it is known
  patch::AppliedRules rewrites;  ///< what was read by the dialect and not by the letter
  std::optional<Error> error;
  std::optional<std::chrono::steady_clock::time_point> revoked = {};  ///< when a change that took access was committed
  std::optional<store::AdminSessionRecord> session = {};  ///< of a user; `api_token` then says what it may do

  [[nodiscard]] bool is(std::string_view wanted) const { return method == wanted; }
};

}  // namespace rolecall::api
