#include "entity_tag.hpp"

#include <algorithm>
#include <charconv>

#include "rolecall/base/text.hpp"

namespace rolecall::api {
namespace {

/// `W/"7"` or `"7"`, and what careless clients make of it: `W/7`, `7`.
std::optional<Version> read_tag(std::string_view tag) {
  if (tag.starts_with("W/") || tag.starts_with("w/")) tag.remove_prefix(2);
  if (tag.size() >= 2 && tag.front() == '"' && tag.back() == '"') tag = tag.substr(1, tag.size() - 2);
  Version version;
  const auto [end, error] = std::from_chars(tag.data(), tag.data() + tag.size(), version.number);
  if (tag.empty() || error != std::errc() || end != tag.data() + tag.size() || version.number < 1) return std::nullopt;
  return version;
}

}  // namespace

std::string entity_tag(Version version) { return "W/\"" + std::to_string(version.number) + "\""; }

bool TagList::matches(Version version) const {
  return is_any || std::find(versions.begin(), versions.end(), version) != versions.end();
}

TagList parse_tags(std::string_view text) {
  TagList list;
  while (!text.empty()) {
    const auto comma = text.find(',');
    std::string_view tag = text.substr(0, comma);
    text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
    const auto first = tag.find_first_not_of(" \t");
    if (first == std::string_view::npos) continue;
    tag = tag.substr(first, tag.find_last_not_of(" \t") - first + 1);
    if (tag == "*") list.is_any = true;
    if (const auto version = read_tag(tag)) list.versions.push_back(*version);
  }
  return list;
}

std::optional<TagList> read_tags(const http::Request& request, std::string_view header) {
  std::optional<TagList> all;
  for (const auto& [name, value] : request.headers.fields()) {
    if (!equals_ignoring_ascii_case(name, header)) continue;
    const TagList list = parse_tags(value);
    if (!all) all.emplace();
    all->is_any = all->is_any || list.is_any;
    all->versions.insert(all->versions.end(), list.versions.begin(), list.versions.end());
  }
  return all;
}

}  // namespace rolecall::api
