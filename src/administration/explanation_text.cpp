#include "rolecall/administration/explanation.hpp"
#include "rolecall/base/timestamp.hpp"

namespace rolecall::administration {
namespace {

/// Names come from the IdP and may hold what moves a terminal's cursor. C1 controls are U+0080 to U+009F: C2 80 to
/// C2 9F in UTF-8.
std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0;
    if (byte == 0xc2 && next >= 0x80 && next <= 0x9f) {
      out += '?';
      ++i;
    } else {
      out += byte < 0x20 || byte == 0x7f ? '?' : text[i];
    }
  }
  return out;
}

void append_line(std::string& text, std::string_view label, std::string_view value) {
  constexpr std::size_t kLabelWidth = 12;
  text += label;
  text.append(kLabelWidth - label.size(), ' ');
  text += printable(value);
  text += '\n';
}

std::string others_of(const GrantReason& reason) {
  std::string others;
  for (const std::string& name : reason.others) others.append(others.empty() ? "" : ", ").append(name);
  const std::int64_t more = reason.other_count - static_cast<std::int64_t>(reason.others.size());
  if (more <= 0) return others;
  return others + " and " + std::to_string(more) + (reason.other_count == kCountedOthers ? " or more others" : " more");
}

}  // namespace

std::string to_text(const Explanation& explanation) {
  std::string text = printable(explanation.sentence) + "\n\n";
  for (const auto& reason : explanation.grants) {
    append_line(text, "ROLE", reason.role);
    append_line(text, "BECAUSE", reason.because);
    if (!reason.link.empty()) append_line(text, "LINK", reason.link);
    append_line(text, "REMOVED BY", reason.removed_by);
    if (!reason.others.empty()) append_line(text, "WHO ELSE", others_of(reason));
    text += '\n';
  }
  if (explanation.at) {
    append_line(text, "AT", to_timestamp(*explanation.at));
    return text;
  }
  for (const auto& losing : explanation.also) {
    append_line(text, "ALSO",
                losing.how + " (priority " + std::to_string(losing.priority) + ", loses to " +
                    std::to_string(losing.winning_priority) + ")");
  }
  append_line(text, "DEFAULT", explanation.default_role + " (" + explanation.default_because + ")");
  for (const auto& remark : explanation.without_effect) append_line(text, "NO EFFECT", remark);
  return text;
}

}  // namespace rolecall::administration
