#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace rolecall::json {

class Value;

/// A number as it was written. Kept as text so that nothing is rounded on the way through (`5000000000`, `0.10`).
struct Number {
  std::string lexeme;
  bool operator==(const Number&) const = default;
};

using Array = std::vector<Value>;

/// Members in the order they came. Names are unique; `parse` refuses duplicates (also ones that differ in ASCII case
/// only, because SCIM attribute names ignore case, RFC 7643 §2.1).
class Object {
 public:
  using Member = std::pair<std::string, Value>;

  Object();
  Object(std::initializer_list<Member> members);
  Object(const Object&);
  Object(Object&&) noexcept;
  Object& operator=(const Object&);
  Object& operator=(Object&&) noexcept;
  ~Object();

  [[nodiscard]] const Value* find(std::string_view name) const;
  [[nodiscard]] Value* find(std::string_view name);
  [[nodiscard]] const Value* find_ignoring_case(std::string_view name) const;
  [[nodiscard]] Value* find_ignoring_case(std::string_view name);
  /// Replaces the member of that exact name or appends it.
  void set(std::string name, Value value);
  /// Appends without looking for the name: for builders that know it is new.
  void append(std::string name, Value value);
  bool erase(std::string_view name);

  [[nodiscard]] bool empty() const;
  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] std::vector<Member>::const_iterator begin() const;
  [[nodiscard]] std::vector<Member>::const_iterator end() const;
  [[nodiscard]] std::vector<Member>::iterator begin();
  [[nodiscard]] std::vector<Member>::iterator end();
  void reserve(std::size_t count);

  /// Same members with equal values, in any order.
  bool operator==(const Object& other) const;

 private:
  std::vector<Member> members_;
};

/// An owning JSON tree. `parse` bounds its depth, so destroying, copying and comparing one recurse at most that deep.
class Value {
 public:
  Value() = default;  ///< null
  Value(std::nullptr_t) {}
  Value(bool value) : data_(value) {}
  Value(Number value) : data_(std::move(value)) {}
  Value(std::int64_t value) : data_(Number{std::to_string(value)}) {}
  Value(int value) : data_(Number{std::to_string(value)}) {}
  Value(std::string value) : data_(std::move(value)) {}
  Value(std::string_view value) : data_(std::string(value)) {}
  Value(const char* value) : data_(std::string(value)) {}
  Value(Array value) : data_(std::move(value)) {}
  Value(Object value) : data_(std::move(value)) {}

  [[nodiscard]] bool is_null() const { return std::holds_alternative<std::monostate>(data_); }
  [[nodiscard]] bool is_bool() const { return std::holds_alternative<bool>(data_); }
  [[nodiscard]] bool is_number() const { return std::holds_alternative<Number>(data_); }
  [[nodiscard]] bool is_string() const { return std::holds_alternative<std::string>(data_); }
  [[nodiscard]] bool is_array() const { return std::holds_alternative<Array>(data_); }
  [[nodiscard]] bool is_object() const { return std::holds_alternative<Object>(data_); }

  /// Null when the value is of another kind.
  [[nodiscard]] const bool* as_bool() const { return std::get_if<bool>(&data_); }
  [[nodiscard]] const Number* as_number() const { return std::get_if<Number>(&data_); }
  [[nodiscard]] const std::string* as_string() const { return std::get_if<std::string>(&data_); }
  [[nodiscard]] const Array* as_array() const { return std::get_if<Array>(&data_); }
  [[nodiscard]] Array* as_array() { return std::get_if<Array>(&data_); }
  [[nodiscard]] const Object* as_object() const { return std::get_if<Object>(&data_); }
  [[nodiscard]] Object* as_object() { return std::get_if<Object>(&data_); }

  bool operator==(const Value&) const = default;

 private:
  std::variant<std::monostate, bool, Number, std::string, Array, Object> data_;
};

}  // namespace rolecall::json
