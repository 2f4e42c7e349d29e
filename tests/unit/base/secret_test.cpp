#include "rolecall/base/secret.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstring>
#include <new>
#include <ostream>
#include <string>
#include <type_traits>

#include "rolecall/base/error.hpp"

namespace rolecall {
namespace {

template <typename T>
concept Printable = requires(std::ostream& out, const T& value) {
  out << value;
};

static_assert(Printable<std::string>);
static_assert(!Printable<Secret>);
static_assert(!std::is_convertible_v<Secret, std::string>);
static_assert(!std::is_convertible_v<std::string, Secret>);

TEST(Secret, Destruction_OverwritesShortValue) {
  // The bytes of a short string lie inside the object, so they can be read after its end without touching freed memory.
  alignas(Secret) std::byte storage[sizeof(Secret)];
  auto* secret = new (storage) Secret("hunter2-hunter");
  const auto contains = [&] {
    return std::string_view(reinterpret_cast<const char*>(storage), sizeof storage).find("hunter2") !=
           std::string_view::npos;
  };
  ASSERT_TRUE(contains());
  secret->~Secret();
  EXPECT_FALSE(contains());
}

TEST(Secret, CopiesAndMoves_KeepTheValue) {
  const Secret original(std::string(100, 'x'));
  Secret copy = original;
  EXPECT_EQ(copy.expose(), original.expose());
  Secret assigned("short");
  assigned = copy;
  EXPECT_EQ(assigned.expose(), original.expose());
  const Secret& self = assigned;
  assigned = self;
  EXPECT_EQ(assigned.expose(), original.expose());
  const Secret moved = std::move(copy);
  EXPECT_EQ(moved.expose(), original.expose());
  EXPECT_TRUE(Secret().empty());
}

TEST(ErrorCode, Names_AreDistinct) {
  std::string all = " ";
  for (int i = 0; i <= static_cast<int>(ErrorCode::unavailable); ++i) {
    const std::string name = std::string(name_of(static_cast<ErrorCode>(i))) + " ";
    EXPECT_EQ(all.find(" " + name), std::string::npos) << name;
    all += name;
  }
  EXPECT_STREQ(name_of(ErrorCode::invalid_filter), "invalid_filter");
  EXPECT_STREQ(name_of(ErrorCode::unavailable), "unavailable");
}

}  // namespace
}  // namespace rolecall
