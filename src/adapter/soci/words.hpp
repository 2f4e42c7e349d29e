#pragma once

#include <string>
#include <string_view>
#include <vector>

// Short lists of words without blanks, or of names without line ends, in one column.

namespace rolecall::adapter::soci {

[[nodiscard]] inline std::vector<std::string> words_of(std::string_view text, char between = ' ') {
  std::vector<std::string> words;
  while (!text.empty()) {
    const auto end = text.find(between);
    words.emplace_back(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
  return words;
}

[[nodiscard]] inline std::string text_of(const std::vector<std::string>& words, char between = ' ') {
  std::string text;
  for (const std::string& word : words) text.append(text.empty() ? 0 : 1, between).append(word);
  return text;
}

}  // namespace rolecall::adapter::soci
