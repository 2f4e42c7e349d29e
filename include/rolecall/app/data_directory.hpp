#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rolecall/base/random.hpp"
#include "rolecall/base/result.hpp"
#include "rolecall/base/secret.hpp"

// What lies in the data directory besides the database: `admin-token`, `keys/`, `server.json`, `lock`.

namespace rolecall::app {

/// Makes the directory, readable by its owner only, when there is none.
[[nodiscard]] Result<void> make_data_directory(const std::string& directory);

/// Reads DIR/admin-token; makes it (mode 0600, 256 random bits) when it is absent.
[[nodiscard]] Result<Secret> ensure_admin_token(const std::string& directory, RandomSource& random);
[[nodiscard]] Result<Secret> read_admin_token(const std::string& directory);

/// Reads DIR/keys/cursor, which cursors are sealed with; makes it (mode 0600, 256 random bits) when it is absent.
[[nodiscard]] Result<Secret> ensure_cursor_key(const std::string& directory, RandomSource& random);

/// Likewise DIR/keys/sealing, which secrets in the database are sealed with: whoever has the database alone has none.
/// It may hold several keys, one a line.
[[nodiscard]] Result<Secret> ensure_sealing_key(const std::string& directory, RandomSource& random);
/// The keys of such a text, the one to seal with first: lines or words of 32 characters at least, 16 of them at most.
[[nodiscard]] Result<std::vector<Secret>> sealing_keys(const Secret& text);

/// The same if it is there; makes none.
[[nodiscard]] std::optional<Secret> find_sealing_key(const std::string& directory);

/// Where a running server answers; scripts and the command line find it by this.
struct ServerFile {
  std::string listen;    ///< "127.0.0.1:8080"
  std::string base_url;  ///< "http://127.0.0.1:8080", or the public URL
  std::int64_t pid = 0;
};
/// Written whole or not at all.
[[nodiscard]] Result<void> write_server_file(const std::string& directory, const ServerFile& file);
[[nodiscard]] std::optional<ServerFile> read_server_file(const std::string& directory);
void remove_server_file(const std::string& directory);

/// Writes a file of mode 0600 whole or not at all, and lasting.
[[nodiscard]] Result<void> write_file_atomically(const std::string& path, const std::string& text);

}  // namespace rolecall::app
