#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rolecall/app/configuration.hpp"
#include "rolecall/app/render.hpp"
#include "rolecall/base/result.hpp"
#include "rolecall/json/value.hpp"
#include "transport.hpp"

namespace rolecall::app {

// Exit codes that scripts rely on.
inline constexpr int kDone = 0;
inline constexpr int kFailed = 1;
inline constexpr int kUsage = 2;
inline constexpr int kNotFound = 3;
inline constexpr int kNotAllowed = 4;
inline constexpr int kConflict = 5;
inline constexpr int kHeld = 6;  ///< waits for an approval, or the guard holds it
inline constexpr int kUnreachable = 7;
inline constexpr int kPartlyDone = 8;
inline constexpr int kChangesFound = 10;  ///< `plan --exit-code` found some
inline constexpr int kDoctorFailed = 11;

/// The exit code of an answer with this status.
[[nodiscard]] int exit_code_of(int status);

/// Of call_pages: no list is longer.
inline constexpr std::int64_t kEverything = 10'000'000;

/// One request to the admin API.
struct AdminCall {
  std::string method = "GET";
  std::vector<std::string> path;  ///< segments behind /admin/v1, not escaped
  std::vector<std::pair<std::string, std::string>> query;
  json::Object body;
};

/// What every command works with: global options in, text out, one exit code.
class Shell {
 public:
  std::string data = "data";
  bool is_data_named = false;  ///< by --data or ROLECALL_DATA, and not by default
  Context server;              ///< of --server, --token-file and --ca-file
  std::string context;         ///< name of one that `context add` keeps
  std::string config_file;
  std::string database;
  std::string listen;
  std::string workspace = "default";
  std::string output = "table";
  std::string token_file;        ///< instead of the context's; empty: its own
  bool ignores_session = false;  ///< of the context: its token file counts
  bool is_silent = false;        ///< --no-input: never ask
  bool is_dry_run = false;       ///< of verbs that change something
  std::string idempotency_key;   ///< of verbs that make something
  int exit_code = kDone;
  /// What to type next after a failure with this exit code.
  std::function<std::string(int)> next_command;

  [[nodiscard]] Result<Configuration> load_configuration() const;
  /// The server that is not on this machine's data directory: --server, else --context, else, without --data, the
  /// context in use. None: the data directory is meant.
  [[nodiscard]] Result<std::optional<Context>> remote() const;

  /// Calls the admin API and hands the answer's body to `show`; a refusal is printed and sets the exit code.
  void call(const AdminCall& call, const std::function<void(const json::Value&)>& show);
  /// The same for a change of one thing that carries an ETag: it is read first, and the change names what was read.
  void change(const AdminCall& call, const std::function<void(const json::Value&)>& show);
  /// As `call`, followed page by page: `show` gets one object whose `items` are all of them, up to `limit`.
  void call_pages(AdminCall call, std::int64_t limit, const std::function<void(const json::Value&)>& show);
  /// The same for an answer of one JSON text a line; none when it was refused, which has been said then.
  [[nodiscard]] std::optional<std::string> call_lines(const AdminCall& call);
  /// `{"items": …}` or one object in the format of --output. `name` is the member that `--output name` prints.
  void print(const json::Value& body, const std::vector<Column>& columns, std::string_view name) const;
  void print_line(std::string_view line) const;
  void print_text(std::string_view text) const;
  /// Whether somebody is there who can be asked; says which flag answers instead when not.
  [[nodiscard]] bool can_ask(std::string_view flag);
  /// Asks on the terminal; only "yes" is taken.
  [[nodiscard]] bool is_confirmed(std::string_view question, std::string_view flag);
  void fail(const Error& error);
  void fail(int code, std::string_view sentence);

 private:
  /// What a refusal says beside its sentence.
  struct Refused {
    std::string code;
    std::string request;
  };

  [[nodiscard]] Result<http::Response> exchange(const AdminCall& call, const std::string& if_match);
  [[nodiscard]] Result<std::unique_ptr<Transport>> open();
  [[nodiscard]] Result<json::Value> send(const AdminCall& call, const std::string& if_match = {});
  [[nodiscard]] Error refusal_of(const http::Response& response, const json::Object& body);
  void show_answer(const json::Value& answer, const std::function<void(const json::Value&)>& show) const;
  void say(int code, const std::string& sentence, const Refused& refused);

  std::unique_ptr<Transport> transport_;
  bool shows_session_ = false;  ///< and not a token
  Refused refused_;             ///< by the answer that was read last
};

}  // namespace rolecall::app
