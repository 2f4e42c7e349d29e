#pragma once

#include <concepts>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <variant>

#include "rolecall/base/ids.hpp"
#include "rolecall/base/secret.hpp"

namespace rolecall::log {

/// A name and a typed value. Borrows both: make it in the call of `emit`, do not keep it. There is no way to make one
/// from a Secret.
class Field {
 public:
  using Value = std::variant<std::string_view, std::int64_t, std::uint64_t, double, bool>;

  Field(std::string_view name, std::string_view value) : name_(name), value_(value) {}
  Field(std::string_view name, const char* value) : name_(name), value_(std::string_view(value)) {}
  Field(std::string_view name, std::same_as<bool> auto value) : name_(name), value_(value) {}
  Field(std::string_view name, std::floating_point auto value) : name_(name), value_(static_cast<double>(value)) {}
  template <std::integral Integer>
  requires(!std::same_as<Integer, bool> && !std::same_as<Integer, char>) Field(std::string_view name, Integer value)
      : name_(name) {
    if constexpr (std::is_signed_v<Integer>) {
      value_ = static_cast<std::int64_t>(value);
    } else {
      value_ = static_cast<std::uint64_t>(value);
    }
  }
  template <typename Tag>
  Field(std::string_view name, const StrongId<Tag>& id) : name_(name), value_(std::string_view(id.value())) {}
  Field(std::string_view, const Secret&) = delete;

  [[nodiscard]] std::string_view name() const { return name_; }
  [[nodiscard]] const Value& value() const { return value_; }

 private:
  std::string_view name_;
  Value value_;
};

}  // namespace rolecall::log
