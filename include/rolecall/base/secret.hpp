#pragma once

#include <string>
#include <utility>

namespace rolecall {

/// A string that must not be printed. It has no formatter and no stream operator; `expose()` is easy to find in a
/// review.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}
  Secret(const Secret&) = default;
  Secret(Secret&&) noexcept = default;
  Secret& operator=(const Secret& other);  ///< overwrites the bytes it replaces
  Secret& operator=(Secret&&) noexcept = default;
  ~Secret();  ///< overwrites the bytes

  [[nodiscard]] const std::string& expose() const { return value_; }
  [[nodiscard]] bool empty() const { return value_.empty(); }

 private:
  std::string value_;
};

}  // namespace rolecall
