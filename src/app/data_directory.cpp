#include "rolecall/app/data_directory.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "rolecall/base/encoding.hpp"
#include "rolecall/json/parse.hpp"
#include "rolecall/json/write.hpp"

namespace rolecall::app {
namespace {

constexpr const char* kTokenFile = "/admin-token";
constexpr const char* kServerFile = "/server.json";
constexpr const char* kKeys = "/keys";
constexpr const char* kSealing = "/sealing";
constexpr std::size_t kShortestSecret = 32;

tl::unexpected<Error> system_failure(const std::string& what, int error) {
  return fail(ErrorCode::unavailable, what + ": " + std::generic_category().message(error) + ".");
}

std::optional<std::string> read_small_file(const std::string& path) {
  constexpr std::size_t kLongest = 4096;
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  std::string text(kLongest, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

std::string random_text(RandomSource& random) {
  std::array<std::byte, 32> bytes{};
  random.fill(bytes);
  return to_base64url({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

void trim_line_end(std::string& text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
}

/// Closes a descriptor on every way out.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return number_; }

 private:
  int number_;
};

}  // namespace

Result<void> make_data_directory(const std::string& directory) {
  std::error_code error;
  const std::filesystem::path path(directory);
  if (std::filesystem::is_directory(path, error)) return {};
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), error);
  if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) {
    return system_failure("The data directory " + directory + " cannot be made", errno);
  }
  return {};
}

Result<void> write_file_atomically(const std::string& path, const std::string& text) {
  const std::string temporary = path + ".new";
  ::unlink(temporary.c_str());
  const Descriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (file.get() < 0) return system_failure(temporary + " cannot be written", errno);
  std::size_t written = 0;
  while (written < text.size()) {
    const ssize_t count = ::write(file.get(), text.data() + written, text.size() - written);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return system_failure(temporary + " cannot be written", errno);
    written += static_cast<std::size_t>(count);
  }
  if (::fsync(file.get()) != 0 || std::rename(temporary.c_str(), path.c_str()) != 0) {
    return system_failure(path + " cannot be written", errno);
  }
  return {};
}

Result<Secret> read_admin_token(const std::string& directory) {
  auto text = read_small_file(directory + kTokenFile);
  if (!text) {
    return fail(ErrorCode::not_found, "There is no admin token in " + directory +
                                          ". Is --data right? The server makes it at its first start: rolecall serve "
                                          "--data " +
                                          directory);
  }
  trim_line_end(*text);
  if (text->size() < kShortestSecret) {
    return fail(ErrorCode::invalid_value,
                directory + kTokenFile + " is too short for an admin token. Remove it; the next start makes another.");
  }
  return Secret(std::move(*text));
}

Result<Secret> ensure_admin_token(const std::string& directory, RandomSource& random) {
  std::error_code error;
  if (!std::filesystem::exists(directory + kTokenFile, error)) {
    ROLECALL_TRY(write_file_atomically(directory + kTokenFile, "rolecall_admin_" + random_text(random) + "\n"));
  }
  return read_admin_token(directory);
}

namespace {

Result<Secret> ensure_key(const std::string& directory, const std::string& name, RandomSource& random,
                          const std::string& consequence) {
  const std::string path = directory + kKeys + name;
  std::error_code error;
  if (!std::filesystem::exists(path, error)) {
    ROLECALL_TRY(make_data_directory(directory + kKeys));
    ROLECALL_TRY(write_file_atomically(path, random_text(random) + "\n"));
  }
  auto text = read_small_file(path);
  if (!text) return fail(ErrorCode::unavailable, path + " cannot be read.");
  trim_line_end(*text);
  if (text->size() < kShortestSecret) {
    return fail(ErrorCode::invalid_value,
                path + " is too short for a key. Remove it; the next start makes another, and " + consequence + ".");
  }
  return Secret(std::move(*text));
}

}  // namespace

Result<Secret> ensure_cursor_key(const std::string& directory, RandomSource& random) {
  return ensure_key(directory, "/cursor", random, "open cursors end");
}

Result<Secret> ensure_sealing_key(const std::string& directory, RandomSource& random) {
  return ensure_key(directory, kSealing, random,
                    "the secrets of webhooks have to be rotated and directories to be reauthorized");
}

Result<std::vector<Secret>> sealing_keys(const Secret& text) {
  constexpr std::size_t kMost = 16;
  constexpr std::string_view kBlanks = " \t\r\n";
  std::vector<Secret> keys;
  std::string_view rest = text.expose();
  for (;;) {
    const auto begin = rest.find_first_not_of(kBlanks);
    if (begin == std::string_view::npos) break;
    rest = rest.substr(begin);
    const auto end = std::min(rest.find_first_of(kBlanks), rest.size());
    keys.emplace_back(std::string(rest.substr(0, end)));
    rest = rest.substr(end);
    if (keys.back().expose().size() < kShortestSecret) {
      return fail(ErrorCode::invalid_value, "A sealing key has 32 characters at least; the " +
                                                std::to_string(keys.size()) +
                                                ". of keys/sealing, or of "
                                                "storage.sealing_key, has fewer.");
    }
  }
  if (!keys.empty() && keys.size() <= kMost) return keys;
  return fail(ErrorCode::invalid_value, "There are 1 to 16 sealing keys.");
}

std::optional<Secret> find_sealing_key(const std::string& directory) {
  auto text = read_small_file(directory + kKeys + kSealing);
  if (!text) return std::nullopt;
  trim_line_end(*text);
  return Secret(std::move(*text));
}

Result<void> write_server_file(const std::string& directory, const ServerFile& file) {
  const json::Object body{{"listen", file.listen}, {"base_url", file.base_url}, {"pid", file.pid}};
  return write_file_atomically(directory + kServerFile, json::write(body) + "\n");
}

std::optional<ServerFile> read_server_file(const std::string& directory) {
  const auto text = read_small_file(directory + kServerFile);
  if (!text) return std::nullopt;
  const auto body = json::parse(*text);
  if (!body || !body->is_object()) return std::nullopt;
  const json::Value* listen = body->as_object()->find("listen");
  const json::Value* base_url = body->as_object()->find("base_url");
  const json::Value* pid = body->as_object()->find("pid");
  if (listen == nullptr || !listen->is_string() || pid == nullptr || !pid->is_number()) return std::nullopt;
  ServerFile file;
  file.listen = *listen->as_string();
  if (base_url != nullptr && base_url->is_string()) file.base_url = *base_url->as_string();
  file.pid = json::to_integer(*pid->as_number()).value_or(0);
  return file;
}

void remove_server_file(const std::string& directory) { ::unlink((directory + kServerFile).c_str()); }

}  // namespace rolecall::app
