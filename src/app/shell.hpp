#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rolecall/app/configuration.hpp"
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
inline constexpr int kUnreachable = 7;
inline constexpr int kChangesFound = 10;  ///< `plan --exit-code` found some
inline constexpr int kDoctorFailed = 11;

/// The exit code of an answer with this status.
[[nodiscard]] int exit_code_of(int status);

/// Without what moves a terminal's cursor: names come from clients.
[[nodiscard]] std::string printable(std::string_view text);

/// One request to the admin API.
struct AdminCall {
  std::string method = "GET";
  std::vector<std::string> path;  ///< segments behind /admin/v1, not escaped
  std::vector<std::pair<std::string, std::string>> query;
  json::Object body;
};

/// A column of a table: its heading and the member it shows.
struct Column {
  std::string_view heading;
  std::string_view member;
};

/// What every command works with: global options in, text out, one exit code.
class Shell {
 public:
  std::string data = "data";
  std::string config_file;
  std::string database;
  std::string listen;
  std::string workspace = "default";
  std::string output = "table";
  bool is_dry_run = false;      ///< of verbs that change something
  std::string idempotency_key;  ///< of verbs that make something
  int exit_code = kDone;

  [[nodiscard]] Result<Configuration> load_configuration() const;

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
  void fail(const Error& error);
  void fail(int code, std::string_view sentence);

 private:
  [[nodiscard]] Result<http::Response> exchange(const AdminCall& call, const std::string& if_match);
  [[nodiscard]] Result<json::Value> send(const AdminCall& call, const std::string& if_match = {});
  [[nodiscard]] static Error refusal_of(const http::Response& response, const json::Object& body);
  void show_answer(const json::Value& answer, const std::function<void(const json::Value&)>& show) const;

  std::unique_ptr<Transport> transport_;
};

}  // namespace rolecall::app
