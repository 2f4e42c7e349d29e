#pragma once

#include <cstddef>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rolecall/json/parse.hpp"

namespace rolecall::json {

/// Builds a tree from the events of a parser and stops it at the first broken rule. `complaint_offset` is the first
/// byte of the token at fault, or the byte after the value that is one too many.
class TreeBuilder {
 public:
  TreeBuilder(std::string_view document, const Limits& limits) : document_(document), limits_(limits) {}

  // Each returns false when parsing must stop; `end` is the offset after the token, `offset` that of the token.
  bool add_value(Value value, std::size_t end);
  bool add_number(std::size_t length, std::size_t end);
  bool add_string(std::string_view text, std::size_t end);
  bool add_name(std::string_view text, std::size_t end);
  bool open_object(std::size_t offset);
  bool open_array(std::size_t offset);
  bool close();

  [[nodiscard]] bool refused() const { return !complaint_.empty(); }
  [[nodiscard]] const std::string& complaint() const { return complaint_; }
  [[nodiscard]] std::size_t complaint_offset() const { return complaint_offset_; }
  [[nodiscard]] Value take_root() { return std::move(root_); }

 private:
  struct Level {
    Value container;
    std::string name;  ///< of the member whose value comes next
    /// Lower-case names seen. Empty while the object is small and is searched directly. A balanced tree, because a
    /// hash table with a known function can be driven into quadratic time by the sender.
    std::set<std::string, std::less<>> names;
  };

  bool refuse(std::string complaint, std::size_t offset);
  bool count_node(std::size_t end);
  bool check_text(std::string_view text, std::size_t end);
  bool open(Value container, std::size_t offset);
  bool put(Value value);
  [[nodiscard]] bool is_new_name(Level& level, std::string_view name) const;
  [[nodiscard]] std::size_t string_start(std::size_t end) const;

  std::string_view document_;
  const Limits& limits_;
  std::vector<Level> levels_;
  Value root_;
  std::size_t nodes_ = 0;
  std::string complaint_;
  std::size_t complaint_offset_ = 0;
};

}  // namespace rolecall::json
