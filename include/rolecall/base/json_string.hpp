#pragma once

#include <string>
#include <string_view>

namespace rolecall {

/// Appends `text` as a JSON string literal, quotes included (RFC 8259 §7). Here because the log writes JSON without
/// knowing the `json` module. UTF-8 is copied as it is.
void append_json_string(std::string& out, std::string_view text);

}  // namespace rolecall
