#include "case_file.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string_view>

namespace rolecall::torture {
namespace {

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  std::vector<Case> read() {
    std::vector<Case> cases;
    expect('[');
    do {
      cases.push_back(read_case());
    } while (take(','));
    expect(']');
    return cases;
  }

 private:
  Case read_case() {
    Case fields;
    expect('{');
    do {
      const std::string name = read_string();
      expect(':');
      fields[name] = read_string();
    } while (take(','));
    expect('}');
    return fields;
  }

  std::string read_string() {
    expect('"');
    std::string value;
    while (text_.at(at_) != '"') value.push_back(text_[at_] == '\\' ? read_escape() : text_[at_++]);
    ++at_;
    return value;
  }

  char read_escape() {
    constexpr std::string_view kNames = "\"\\/bfnrt";
    constexpr std::string_view kValues = "\"\\/\b\f\n\r\t";
    const char name = text_.at(at_ + 1);
    at_ += 2;
    if (const auto known = kNames.find(name); known != std::string_view::npos) return kValues[known];
    const std::string_view digits = text_.substr(at_, 4);
    unsigned byte = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
    if (name != 'u' || error != std::errc() || end != digits.data() + 4 || byte > 0xFF) fail();
    at_ += 4;
    return static_cast<char>(byte);
  }

  bool take(char c) {
    while (at_ < text_.size() && std::string_view(" \r\n\t").find(text_[at_]) != std::string_view::npos) ++at_;
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  void expect(char c) {
    if (!take(c)) fail();
  }

  [[noreturn]] void fail() const { throw std::runtime_error("not a case file at byte " + std::to_string(at_)); }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::vector<Case> read_cases(const std::string& area) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::string(ROLECALL_SOURCE_DIR) + "/tests/cases/" + area)) {
    if (entry.path().extension() == ".json") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<Case> cases;
  for (const auto& path : paths) {
    std::ifstream file(path, std::ios::binary);
    const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    auto more = Reader(text).read();
    for (Case& one : more) one["file"] = path.filename().string();
    cases.insert(cases.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  }
  return cases;
}

std::vector<std::string> parts_of(const std::string& text, char separator) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(separator, at), text.size());
    parts.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

}  // namespace rolecall::torture
