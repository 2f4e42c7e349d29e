#pragma once

#include <cstddef>
#include <string_view>

#include "rolecall/base/result.hpp"
#include "rolecall/json/value.hpp"

namespace rolecall::json {

/// Each limit is checked while bytes are read, before anything is built from them.
struct Limits {
  std::size_t bytes = 1024 * 1024;
  std::size_t depth = 32;
  std::size_t nodes = 500'000;      ///< values in all, members and items alike
  std::size_t free_nodes = 20'000;  ///< values that a document may have however short it is …
  std::size_t bytes_per_node = 16;  ///< … and one more for so many bytes: a tree of [1,1,1 is 30 times its text
  std::size_t names = 4'096;        ///< members of one object
  std::size_t string_bytes = 1024 * 1024;  ///< one string, after unescaping
  std::size_t number_bytes = 64;           ///< one number's lexeme
};

/// Parses one JSON document (RFC 8259). Refused with `invalid_syntax` and the byte offset in `detail`: anything
/// malformed, a byte order mark, bytes after the document, duplicate member names (ignoring ASCII case), lone
/// surrogates, U+0000 raw or escaped, invalid UTF-8, a number beyond the range of a double (`1e400`), and whatever
/// passes a limit. Pure and thread-safe.
[[nodiscard]] Result<Value> parse(std::string_view bytes, const Limits& limits = {});

}  // namespace rolecall::json
