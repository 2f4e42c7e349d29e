#include "shell.hpp"

#include <unistd.h>

#include <algorithm>
#include <iostream>

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

/// One cell: strings as they are without control characters, lists joined, absent ones as a dash.
std::string cell(const json::Value* value) {
  if (value == nullptr || value->is_null()) return "-";
  std::string text;
  if (const auto* plain = value->as_string()) {
    text = *plain;
  } else if (const auto* items = value->as_array()) {
    for (const json::Value& item : *items) {
      if (!text.empty()) text += ", ";
      text += item.is_string() ? *item.as_string() : json::write(item);
    }
  } else {
    text = json::write(*value);
  }
  return text.empty() ? "-" : printable(text);
}

std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char letter) { return (static_cast<unsigned char>(letter) & 0xC0) != 0x80; }));
}

using Row = std::vector<std::string>;

void print_table(const std::vector<Row>& rows) {
  std::vector<std::size_t> widths(rows.front().size(), 0);
  for (const Row& row : rows) {
    for (std::size_t at = 0; at < row.size(); ++at) widths[at] = std::max(widths[at], width_of(row[at]));
  }
  for (const Row& row : rows) {
    std::string line;
    for (std::size_t at = 0; at < row.size(); ++at) {
      line += row[at];
      if (at + 1 < row.size()) line.append(widths[at] - width_of(row[at]) + 2, ' ');
    }
    std::cout << line << '\n';
  }
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out(text);
  std::replace_if(
      out.begin(), out.end(), [](char letter) { return static_cast<unsigned char>(letter) < 0x20 || letter == 0x7f; },
      '?');
  return out;
}

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

void Shell::fail(int code, std::string_view sentence) {
  std::cerr << "rolecall: " << sentence << '\n';
  exit_code = code;
}

void Shell::fail(const Error& error) {
  fail(exit_code_of(api::row_of(error.code).status),
       error.detail + (error.next.empty() ? "" : " " + error.next) + (error.note.empty() ? "" : " " + error.note));
}

Result<http::Response> Shell::exchange(const AdminCall& call, const std::string& if_match) {
  if (!transport_) {
    ROLECALL_TRY_ASSIGN(const auto configuration, load_configuration());
    ROLECALL_TRY_ASSIGN(transport_, open_transport(configuration, data));
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
                          "The answer of the server is not readable. Does --data name the "
                          "directory of another program?");
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
  // Exit codes follow the status; the codes that have none of their own in that table are named here.
  if (response.status == 401) error.code = ErrorCode::unauthenticated;
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
  std::cerr << "Dry run: nothing was changed. Rows for the audit: " << cell(found.find("rows")) << ".\n";
  if (output == "json") return print(answer, {}, {});
  const json::Value* rows = found.find("audit");
  if (rows == nullptr || !rows->is_array()) return;
  for (const json::Value& row : *rows->as_array()) {
    const json::Object* object = row.as_object();
    if (object == nullptr) continue;
    std::cout << cell(object->find("action")) << ' ' << cell(object->find("target")) << '\n';
  }
}

void Shell::call_pages(AdminCall wanted, std::int64_t limit, const std::function<void(const json::Value&)>& show) {
  constexpr std::int64_t kPage = 1000;
  json::Array all;
  std::string after;
  const auto wanted_query = wanted.query;
  while (true) {
    wanted.query = wanted_query;
    const std::int64_t left = limit - static_cast<std::int64_t>(all.size());
    wanted.query.emplace_back("limit", std::to_string(std::min(kPage, left)));
    wanted.query.emplace_back("after", after);
    auto answer = send(wanted);
    if (!answer) return fail(answer.error());
    json::Value* items = answer->as_object()->find("items");
    if (items != nullptr && items->is_array()) {
      for (json::Value& item : *items->as_array()) all.push_back(std::move(item));
    }
    const json::Value* next = answer->as_object()->find("next");
    after = next != nullptr && next->is_string() ? *next->as_string() : std::string();
    if (after.empty()) break;
    if (static_cast<std::int64_t>(all.size()) >= limit) {
      std::cerr << "There are more than these " << all.size() << "; --limit shows more.\n";
      break;
    }
  }
  show(json::Object{{"items", std::move(all)}});
}

void Shell::print(const json::Value& body, const std::vector<Column>& columns, std::string_view name) const {
  if (!body.is_object()) return;
  const json::Value* items = body.as_object()->find("items");
  if (output == "json") {
    std::cout << json::write_pretty(items != nullptr ? *items : body) << '\n';
    return;
  }
  std::vector<const json::Object*> objects;
  if (items != nullptr && items->is_array()) {
    for (const json::Value& item : *items->as_array()) objects.push_back(item.as_object());
  } else {
    objects.push_back(body.as_object());
  }
  if (output == "name") {
    for (const json::Object* object : objects) std::cout << cell(object->find(name)) << '\n';
    return;
  }
  std::vector<Row> rows(1);
  for (const Column& column : columns) rows.front().emplace_back(column.heading);
  for (const json::Object* object : objects) {
    Row row;
    for (const Column& column : columns) row.push_back(cell(object->find(column.member)));
    rows.push_back(std::move(row));
  }
  print_table(rows);
}

void Shell::print_line(std::string_view line) const { std::cout << line << '\n'; }

}  // namespace rolecall::app
