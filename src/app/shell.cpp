#include "shell.hpp"

#include <unistd.h>

#include <iostream>
#include <utility>

#include "rolecall/api/error_table.hpp"
#include "rolecall/json/parse.hpp"
#include "rolecall/json/write.hpp"

extern char** environ;

namespace rolecall::app {
namespace {

std::string percent_encode(std::string_view text) {
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char letter : text) {
    if (kPlain.find(letter) != std::string_view::npos) {
      out += letter;
    } else {
      const auto byte = static_cast<unsigned char>(letter);
      out += '%';
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    }
  }
  return out;
}

json::Limits generous(const std::string& text) {
  json::Limits limits;
  limits.bytes = text.size() + 1;
  limits.string_bytes = limits.bytes;
  limits.nodes = limits.free_nodes = limits.names = limits.bytes;
  return limits;
}

const char* word_of(int exit_code) {
  switch (exit_code) {
    case kUsage:
      return "usage";
    case kNotFound:
      return "not_found";
    case kNotAllowed:
      return "forbidden";
    case kConflict:
      return "conflict";
    case kUnreachable:
      return "unavailable";
    default:
      return "failed";
  }
}

}  // namespace

int exit_code_of(int status) {
  if (status < 400) return kDone;
  if (status == 404) return kNotFound;
  if (status == 401 || status == 403) return kNotAllowed;
  if (status == 409 || status == 412) return kConflict;
  if (status == 503) return kUnreachable;
  return kFailed;
}

Result<Configuration> Shell::load_configuration() const {
  Configuration::Sources sources;
  sources.file = config_file;
  for (char** variable = environ; *variable != nullptr; ++variable) sources.environment.emplace_back(*variable);
  if (!listen.empty()) sources.flags.emplace_back("server.listen", listen);
  if (!database.empty()) sources.flags.emplace_back("storage.database", database);
  return Configuration::load(sources);
}

Result<std::optional<Context>> Shell::remote() const {
  if (!server.server.empty()) return std::optional(server);
  if (context.empty() && is_data_named) return std::optional<Context>();
  ROLECALL_TRY_ASSIGN(const auto contexts, read_contexts(contexts_path()));
  const std::string& name = context.empty() ? contexts.current : context;
  if (name.empty()) return std::optional<Context>();
  if (const Context* found = contexts.find(name)) return std::optional(*found);
  return rolecall::fail(ErrorCode::not_found,
                        "There is no context “" + name + "”. `rolecall context list` shows them.");
}

bool Shell::can_ask(std::string_view flag) {
  if (!is_silent && isatty(STDIN_FILENO) != 0) return true;
  fail(kUsage, std::string(is_silent ? "--no-input forbids to ask" : "There is no terminal to ask on") +
                   ": look at what it would do, then pass " + std::string(flag) + ".");
  return false;
}

bool Shell::is_confirmed(std::string_view question, std::string_view flag) {
  if (!can_ask(flag)) return false;
  std::cerr << question << " Only yes is taken: ";
  std::string line;
  if (std::getline(std::cin, line) && line == "yes") return true;
  fail(kFailed, "Nothing was done.");
  return false;
}

void Shell::say(int code, const std::string& sentence, const Refused& refused) {
  std::cerr << "rolecall: " << printable(sentence) << '\n';
  std::cerr << "  code:    " << (refused.code.empty() ? word_of(code) : printable(refused.code)) << '\n';
  if (!refused.request.empty()) std::cerr << "  request: " << printable(refused.request) << '\n';
  if (next_command) std::cerr << "  next:    " << next_command(code) << '\n';
  exit_code = code;
}

void Shell::fail(int code, std::string_view sentence) { say(code, std::string(sentence), {}); }

void Shell::fail(const Error& error) {
  const Refused refused = std::exchange(refused_, {});
  say(exit_code_of(api::row_of(error.code).status),
      error.detail + (error.next.empty() ? "" : " " + error.next) + (error.note.empty() ? "" : " " + error.note),
      refused.code.empty() ? Refused{name_of(error.code), {}} : refused);
}

Result<std::unique_ptr<Transport>> Shell::open() {
  ROLECALL_TRY_ASSIGN(auto elsewhere, remote());
  if (elsewhere && ignores_session) elsewhere->session.reset();
  if (elsewhere && !token_file.empty()) elsewhere->token_file = token_file;
  shows_session_ = elsewhere && elsewhere->session;
  if (elsewhere) return open_remote_transport(*elsewhere);
  ROLECALL_TRY_ASSIGN(const auto configuration, load_configuration());
  return open_transport(configuration, data);
}

Result<http::Response> Shell::exchange(const AdminCall& call, const std::string& if_match) {
  if (!transport_) {
    ROLECALL_TRY_ASSIGN(transport_, open());
  }
  http::Request request;
  request.method = call.method;
  request.target = "/admin/v1";
  for (const std::string& segment : call.path) request.target += "/" + percent_encode(segment);
  request.target += "?workspace=" + percent_encode(workspace);
  for (const auto& [name, value] : call.query) {
    if (!value.empty()) request.target += "&" + percent_encode(name) + "=" + percent_encode(value);
  }
  if (is_dry_run && call.method != "GET") request.target += "&dry_run=true";
  if (!call.body.empty()) {
    request.headers.add("Content-Type", "application/json");
    request.body = json::write(call.body);
  }
  if (!idempotency_key.empty() && call.method == "POST") request.headers.add("Idempotency-Key", idempotency_key);
  if (!if_match.empty()) request.headers.add("If-Match", if_match);
  return transport_->send(std::move(request));
}

Result<json::Value> Shell::send(const AdminCall& call, const std::string& if_match) {
  ROLECALL_TRY_ASSIGN(const auto response, exchange(call, if_match));
  if (response.status == 204) return json::Value();
  auto body = json::parse(response.body, generous(response.body));
  if (!body || !body->is_object()) {
    return rolecall::fail(ErrorCode::unavailable,
                          "The answer of the server is not readable. Is what answers there this program?");
  }
  if (response.status < 400) return std::move(*body);
  return rolecall::fail(refusal_of(response, *body->as_object()));
}

Error Shell::refusal_of(const http::Response& response, const json::Object& body) {
  const auto sentence = [&](std::string_view name) {
    const json::Value* value = body.find(name);
    return value != nullptr && value->is_string() ? *value->as_string() : std::string();
  };
  Error error{api::code_for_status(response.status), sentence("detail"), {}, {}, {}, sentence("next")};
  if (error.detail.empty()) error.detail = response.body;
  refused_ = {sentence("code"), sentence("request")};
  // Exit codes follow the status; the codes that have none of their own in that table are named here.
  if (response.status == 401) error.code = ErrorCode::unauthenticated;
  if (response.status == 401 && shows_session_) {
    error.detail = "The session of this context is over.";
    error.next = "Sign in again: rolecall login.";
  }
  if (response.status == 403) error.code = ErrorCode::forbidden;
  if (response.status == 409 || response.status == 412) error.code = ErrorCode::conflict;
  return error;
}

std::optional<std::string> Shell::call_lines(const AdminCall& wanted) {
  auto response = exchange(wanted, {});
  if (response && response->status < 400) return std::move(response->body);
  if (response) {
    const auto body = json::parse(response->body);
    const bool is_object = body && body->is_object();
    fail(refusal_of(*response, is_object ? *body->as_object() : json::Object()));
  } else {
    fail(response.error());
  }
  return std::nullopt;
}

void Shell::call(const AdminCall& wanted, const std::function<void(const json::Value&)>& show) {
  const auto answer = send(wanted);
  if (!answer) return fail(answer.error());
  show_answer(*answer, show);
}

void Shell::change(const AdminCall& wanted, const std::function<void(const json::Value&)>& show) {
  const auto read = exchange({"GET", wanted.path, wanted.query, {}}, {});
  if (!read) return fail(read.error());
  // What cannot be read has no tag; the change then says why not.
  const std::string* tag = read->headers.find("ETag");
  const auto answer = send(wanted, tag != nullptr ? *tag : "*");
  if (!answer) return fail(answer.error());
  show_answer(*answer, show);
}

void Shell::show_answer(const json::Value& answer, const std::function<void(const json::Value&)>& show) const {
  const json::Value* dry_run = answer.is_object() ? answer.as_object()->find("dry_run") : nullptr;
  if (dry_run == nullptr || !dry_run->is_object()) return show(answer);
  const json::Object& found = *dry_run->as_object();
  std::cerr << "Dry run: nothing was changed. Rows for the audit: " << cell_of(found.find("rows")) << ".\n";
  if (output == "json" || output == "yaml") return print(answer, {}, {});
  const json::Value* rows = found.find("audit");
  if (rows == nullptr || !rows->is_array()) return;
  if (output == "csv") return print(json::Object{{"items", *rows}}, {}, {});
  for (const json::Value& row : *rows->as_array()) {
    const json::Object* object = row.as_object();
    if (object == nullptr) continue;
    std::cout << cell_of(object->find("action")) << ' ' << cell_of(object->find("target")) << '\n';
  }
}

void Shell::call_pages(AdminCall wanted, std::int64_t limit, const std::function<void(const json::Value&)>& show) {
  constexpr std::int64_t kPage = 1000;
  json::Array all;
  std::string cursor;
  const auto wanted_query = wanted.query;
  while (true) {
    wanted.query = wanted_query;
    const std::int64_t left = limit - static_cast<std::int64_t>(all.size());
    wanted.query.emplace_back("limit", std::to_string(std::min(kPage, left)));
    wanted.query.emplace_back("cursor", cursor);
    auto answer = send(wanted);
    if (!answer) return fail(answer.error());
    json::Value* items = answer->as_object()->find("items");
    if (items != nullptr && items->is_array()) {
      for (json::Value& item : *items->as_array()) all.push_back(std::move(item));
    }
    const json::Value* next = answer->as_object()->find("next_cursor");
    cursor = next != nullptr && next->is_string() ? *next->as_string() : std::string();
    if (cursor.empty()) break;
    if (static_cast<std::int64_t>(all.size()) >= limit) {
      std::cerr << "There are more than these " << all.size() << "; --limit shows more.\n";
      break;
    }
  }
  show(json::Object{{"items", std::move(all)}});
}

void Shell::print(const json::Value& body, const std::vector<Column>& columns, std::string_view name) const {
  std::cout << render(body, output, columns, name);
}

void Shell::print_line(std::string_view line) const { std::cout << line << '\n'; }

void Shell::print_text(std::string_view text) const { std::cout << text; }

}  // namespace rolecall::app
