#include "contexts.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "rolecall/app/data_directory.hpp"
#include "rolecall/json/parse.hpp"
#include "rolecall/json/write.hpp"

namespace rolecall::app {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLongestFile = 1024 * 1024;

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : value;
}

std::string text_in(const json::Object& object, std::string_view name) {
  const json::Value* value = object.find(name);
  return value != nullptr && value->is_string() ? *value->as_string() : std::string();
}

std::optional<KeptSession> session_in(const json::Object& object) {
  const json::Value* value = object.find("session");
  if (value == nullptr || !value->is_object()) return std::nullopt;
  const json::Object& found = *value->as_object();
  KeptSession session{text_in(found, "id"), text_in(found, "secret"), text_in(found, "user"),
                      text_in(found, "expires")};
  return session.secret.empty() ? std::nullopt : std::optional(std::move(session));
}

bool is_of_this_machine(std::string_view host) {
  // "127.0.0.1.example.com" is somebody else's.
  const bool is_number = host.find_first_not_of("0123456789.") == std::string_view::npos;
  return host == "localhost" || (is_number && host.starts_with("127.")) || host == "[::1]";
}

/// None for what is no host with an optional port.
std::optional<std::string_view> host_of(std::string_view authority) {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:[]";
  if (authority.empty() || authority.find_first_not_of(kLetters) != std::string_view::npos) return std::nullopt;
  const auto end = authority.starts_with('[') ? authority.find(']') : authority.find(':');
  if (authority.starts_with('[')) {
    return end == std::string_view::npos ? std::nullopt : std::optional(authority.substr(0, end + 1));
  }
  return end == 0 ? std::nullopt : std::optional(authority.substr(0, end));
}

}  // namespace

const Context* Contexts::find(std::string_view name) const {
  const auto found = std::find_if(all.begin(), all.end(), [&](const Context& context) { return context.name == name; });
  return found == all.end() ? nullptr : &*found;
}

std::string contexts_path() {
  const fs::path configured = variable("XDG_CONFIG_HOME");
  const fs::path home = variable("HOME");
  if (!configured.is_absolute() && home.empty()) return {};
  return (configured.is_absolute() ? configured : home / ".config") / "rolecall" / "contexts.json";
}

Result<Contexts> read_contexts(const std::string& path) {
  Contexts contexts;
  std::error_code ignored;
  if (path.empty() || !fs::exists(path, ignored)) return contexts;
  std::ifstream file(path, std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(file), {});
  const auto body = text.size() > kLongestFile ? json::parse("") : json::parse(text);
  const json::Value* items = body && body->is_object() ? body->as_object()->find("contexts") : nullptr;
  if (items == nullptr || !items->is_array()) {
    return fail_with_next(ErrorCode::invalid_value, path + " is not what `rolecall context` writes.",
                          "Remove it, and add the contexts again.");
  }
  for (const json::Value& item : *items->as_array()) {
    if (!item.is_object()) continue;
    const json::Object& found = *item.as_object();
    contexts.all.push_back({text_in(found, "name"), text_in(found, "server"), text_in(found, "token_file"),
                            text_in(found, "ca_file"), session_in(found)});
  }
  contexts.current = text_in(*body->as_object(), "current");
  if (contexts.find(contexts.current) == nullptr) contexts.current.clear();
  return contexts;
}

Result<void> write_contexts(const std::string& path, const Contexts& contexts) {
  if (path.empty()) {
    return fail(ErrorCode::invalid_value, "Neither HOME nor XDG_CONFIG_HOME says where contexts are kept.");
  }
  json::Array items;
  for (const Context& context : contexts.all) {
    json::Object item{{"name", context.name},
                      {"server", context.server},
                      {"token_file", context.token_file},
                      {"ca_file", context.ca_file}};
    if (const auto& session = context.session) {
      item.append("session", json::Object{{"id", session->id},
                                          {"secret", session->secret},
                                          {"user", session->user},
                                          {"expires", session->expires}});
    }
    items.emplace_back(std::move(item));
  }
  const json::Object body{{"current", contexts.current}, {"contexts", std::move(items)}};
  ROLECALL_TRY(make_data_directory(fs::path(path).parent_path()));
  return write_file_atomically(path, json::write_pretty(body) + "\n");
}

Result<void> check_server(const std::string& server) {
  constexpr std::string_view kSecure = "https://";
  constexpr std::string_view kPlain = "http://";
  const bool is_secure = server.starts_with(kSecure);
  const std::string_view scheme = is_secure ? kSecure : kPlain;
  const auto host = server.starts_with(scheme) ? host_of(std::string_view(server).substr(scheme.size())) : std::nullopt;
  if (!host) {
    return fail(
        ErrorCode::invalid_value,
        "“" + server + "” is no address of a server; one is https://HOST or https://HOST:PORT, without a path.");
  }
  if (is_secure || is_of_this_machine(*host)) return {};
  return fail(ErrorCode::invalid_value,
              "The token would go to " + std::string(*host) + " in the clear. Use https; http is for this machine.");
}

Result<Secret> read_token_file(const std::string& path) {
  constexpr std::size_t kLongestToken = 4096;
  std::ifstream file(path, std::ios::binary);
  std::string line;
  if (file) std::getline(file, line);
  while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
  if (line.empty() || line.size() > kLongestToken) {
    return fail(ErrorCode::invalid_value, "There is no token in the file “" + path + "”.");
  }
  return Secret(std::move(line));
}

}  // namespace rolecall::app
