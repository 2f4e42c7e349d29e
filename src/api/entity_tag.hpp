#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rolecall/base/ids.hpp"
#include "rolecall/http/message.hpp"

namespace rolecall::api {

/// `W/"7"`: weak, because the text of one version may differ in member order or projection (RFC 7644 §3.14).
[[nodiscard]] std::string entity_tag(Version version);

/// If-Match or If-None-Match (RFC 9110 §13.1).
struct TagList {
  bool is_any = false;            ///< `*`
  std::vector<Version> versions;  ///< tags that are ours; foreign ones match nothing

  [[nodiscard]] bool matches(Version version) const;
};
[[nodiscard]] TagList parse_tags(std::string_view text);
/// None when the header is absent. Compared weakly: RFC 7644 §3.14 uses weak tags in If-Match.
[[nodiscard]] std::optional<TagList> read_tags(const http::Request& request, std::string_view header);

}  // namespace rolecall::api
