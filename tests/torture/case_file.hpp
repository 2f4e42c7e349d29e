#pragma once

#include <map>
#include <string>
#include <vector>

namespace rolecall::torture {

/// One case: names to texts.
using Case = std::map<std::string, std::string>;

/// Every case of every file below tests/cases/`area`. The files are JSON, an array of flat objects of strings; the
/// escape \u00HH stands for the byte HH, so that a case can hold any byte. Throws for anything else.
[[nodiscard]] std::vector<Case> read_cases(const std::string& area);

/// The parts between separators; none for an empty text.
[[nodiscard]] std::vector<std::string> parts_of(const std::string& text, char separator);

}  // namespace rolecall::torture
