#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rolecall/base/result.hpp"
#include "rolecall/base/secret.hpp"

namespace rolecall::app {

/// A session that `login` began; its secret is kept here, until it ends or `logout` does.
struct KeptSession {
  std::string id;
  std::string secret;
  std::string user;     ///< as whoami names them
  std::string expires;  ///< RFC 3339
  bool operator==(const KeptSession&) const = default;
};

/// Where a server is and what opens it. The token itself stays in its file: replaced there, it is replaced here.
struct Context {
  std::string name;
  std::string server;                       ///< "https://desk.example.com"
  std::string token_file;                   ///< absolute
  std::string ca_file;                      ///< absolute; empty: the machine's own
  std::optional<KeptSession> session = {};  ///< goes before the token
  bool operator==(const Context&) const = default;
};

struct Contexts {
  std::vector<Context> all;  ///< by name
  std::string current;       ///< empty, or the name of one of them

  [[nodiscard]] const Context* find(std::string_view name) const;
};

/// $XDG_CONFIG_HOME/rolecall/contexts.json, else ~/.config/rolecall/contexts.json (XDG Base Directory Specification); a
/// relative XDG_CONFIG_HOME counts as none. Empty without either.
[[nodiscard]] std::string contexts_path();
/// None kept is none at all. `invalid_value` for a file that is none of ours.
[[nodiscard]] Result<Contexts> read_contexts(const std::string& path);
/// The file is for its owner alone, and so is the directory when it is made.
[[nodiscard]] Result<void> write_contexts(const std::string& path, const Contexts& contexts);

/// "https://host[:port]" without a path; `http` only for this machine, because the token goes with every request.
[[nodiscard]] Result<void> check_server(const std::string& server);
/// The first line of a file; `invalid_value` when there is none.
[[nodiscard]] Result<Secret> read_token_file(const std::string& path);

}  // namespace rolecall::app
