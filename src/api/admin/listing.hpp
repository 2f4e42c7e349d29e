#pragma once

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "call.hpp"

namespace rolecall::api::admin {

/// A page of a list: `limit` (cut to 1 … 1000) and `cursor`, the sealed place where the page before ended. A cursor is
/// good for the list, workspace, caller and filters that it was handed out for, and as long as cursors of SCIM are;
/// `invalid_cursor` and `expired_cursor` otherwise.
class Listing {
 public:
  /// `filters` are the parameters that decide what the list holds.
  [[nodiscard]] static Result<Listing> begin(const Call& call, std::initializer_list<std::string_view> filters = {});

  [[nodiscard]] std::int64_t limit() const { return limit_; }
  /// What the page before handed to `answer` as the place to go on from; empty on the first page.
  [[nodiscard]] const std::string& after() const { return after_; }

  /// Of a whole list: what comes after the page before, sorted by `key_of`, at most `limit`; the place to go on from,
  /// empty at the end. Keys are text, each once.
  template <typename Item, typename KeyOf>
  std::string cut(std::vector<Item>& all, const KeyOf& key_of, bool is_descending = false) const {
    const auto comes_before = [&](const auto& one, const auto& other) {
      return is_descending ? key_of(other) < key_of(one) : key_of(one) < key_of(other);
    };
    std::sort(all.begin(), all.end(), comes_before);
    if (!after_.empty()) {
      const auto first = std::find_if(all.begin(), all.end(), [&](const Item& item) {
        return is_descending ? key_of(item) < after_ : key_of(item) > after_;
      });
      all.erase(all.begin(), first);
    }
    if (all.size() <= static_cast<std::size_t>(limit_)) return {};
    all.erase(all.begin() + static_cast<std::ptrdiff_t>(limit_), all.end());
    return key_of(all.back());
  }

  /// Of a page that was read with one more than `limit`, in order: without that one, if it is there; the place to go on
  /// from, empty at the end.
  template <typename Item, typename KeyOf>
  std::string end(std::vector<Item>& page, const KeyOf& key_of) const {
    if (page.size() <= static_cast<std::size_t>(limit_)) return {};
    page.erase(page.begin() + static_cast<std::ptrdiff_t>(limit_), page.end());
    return key_of(page.back());
  }

  /// `{"items": […], "next_cursor": …}`; no cursor, which is null, where `next` is empty.
  [[nodiscard]] Answer answer(json::Array items, const std::string& next) const;

 private:
  explicit Listing(const Call& call) : call_(call) {}
  [[nodiscard]] Result<void> go_on(std::string_view text);

  const Call& call_;
  std::int64_t limit_ = 0;
  std::string context_;
  std::string after_;
};

/// A number as text that sorts as it does.
[[nodiscard]] std::string sortable(std::int64_t number);
/// Of lists that show the newest first.
[[nodiscard]] std::string newest_key(Instant created, const TokenId& id);

}  // namespace rolecall::api::admin
