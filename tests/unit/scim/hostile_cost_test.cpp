#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <functional>
#include <limits>

#include "case_files.hpp"
#include "rolecall/adapter/icu/text_folder.hpp"
#include "rolecall/filter/parse.hpp"
#include "rolecall/patch/apply.hpp"
#include "rolecall/patch/message.hpp"
#include "rolecall/patch/path.hpp"
#include "rolecall/patch/resolve.hpp"

// What hostile text costs: no stack, no time to speak of where it is refused, and time in proportion where it is read.

namespace rolecall {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kIsSanitized = true;
#else
constexpr bool kIsSanitized = false;
#endif

/// Processor time of this thread: what else runs on the machine is not in it.
double cpu_milliseconds(const std::function<void()>& work) {
  const auto now = [] {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
  };
  const double start = now();
  work();
  return now() - start;
}

double least_of(int times, const std::function<void()>& work) {
  double least = std::numeric_limits<double>::max();
  for (int i = 0; i < times; ++i) least = std::min(least, cpu_milliseconds(work));
  return least;
}

/// Runs on a stack of 256 KiB.
void on_small_stack(std::function<void()> work) {
  pthread_attr_t attributes;
  ASSERT_EQ(pthread_attr_init(&attributes), 0);
  ASSERT_EQ(pthread_attr_setstacksize(&attributes, 256UL * 1024), 0);
  pthread_t thread{};
  const auto run = [](void* given) -> void* {
    (*static_cast<std::function<void()>*>(given))();
    return nullptr;
  };
  ASSERT_EQ(pthread_create(&thread, &attributes, run, &work), 0);
  ASSERT_EQ(pthread_join(thread, nullptr), 0);
  pthread_attr_destroy(&attributes);
}

std::string repeated(std::string_view text, std::size_t times) {
  std::string all;
  all.reserve(text.size() * times);
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

class HostileNesting : public testing::Test {
 protected:
  /// Refused with one of these codes, in less than 5 ms. A virtual machine may lose time in the middle of anything, so
  /// that the best of several tries counts.
  template <typename Parse>
  static void expect_refused(const std::string& shown, std::initializer_list<ErrorCode> codes, const Parse& parse) {
    constexpr int kTries = 20;
    const double allowed = kIsSanitized ? 100 : 5;
    Result<void> outcome;
    double milliseconds = allowed;
    for (int i = 0; i < kTries && milliseconds >= allowed; ++i) {
      milliseconds = cpu_milliseconds([&] {
        auto parsed = parse();
        outcome = parsed ? Result<void>() : fail(parsed.error());
      });
    }
    ASSERT_FALSE(outcome.has_value()) << shown;
    EXPECT_NE(std::find(codes.begin(), codes.end(), outcome.error().code), codes.end()) << outcome.error().detail;
    EXPECT_LT(milliseconds, allowed) << shown;
  }

  const std::shared_ptr<const schema::Registry> registry = test::shipped_registry();
  const schema::ResourceType& type = *registry->find_type("User");
};

TEST_F(HostileNesting, IsRefusedAtOnceOnASmallStack) {
  filter::Limits wide;  // as an admin could set them: the length alone does not save us
  wide.bytes = 64UL * 1024 * 1024;
  on_small_stack([&] {
    for (const char* opening : {"(", "not (", "not(", "emails[", "emails[not ("}) {
      for (const std::size_t depth : {33U, 1'000U, 100'000U, 1'000'000U}) {
        for (const char* end : {"title pr", "title bad", "\"", ""}) {
          const std::string text = repeated(opening, depth) + end;
          const std::string shown = opening + std::string(" ") + std::to_string(depth) + " " + end;
          expect_refused(shown, {ErrorCode::invalid_filter}, [&] { return filter::parse(text, type); });
          expect_refused(shown, {ErrorCode::invalid_filter}, [&] { return filter::parse(text, type, wide); });
          const auto codes = {ErrorCode::invalid_filter, ErrorCode::invalid_path};
          expect_refused(shown, codes, [&] { return patch::parse_path(text, type); });
          const std::string selection = "emails[" + text + "].value";
          expect_refused(shown, codes, [&] { return patch::parse_path(selection, type); });
        }
      }
    }
  });
}

TEST_F(HostileNesting, AsDeepAsIsAllowed_FitsASmallStack) {
  filter::Limits deep;
  deep.bytes = 64UL * 1024 * 1024;
  deep.depth = 1'000'000;
  on_small_stack([&] {
    for (const char* opening : {"(", "not ("}) {
      const std::string text = repeated(opening, 250'000) + "title pr" + std::string(250'000, ')');
      const auto parsed = filter::parse(text, type, deep);
      ASSERT_TRUE(parsed.has_value()) << parsed.error().detail;
      const auto broken = filter::parse(text + " and", type, deep);
      ASSERT_FALSE(broken.has_value());
      EXPECT_EQ(broken.error().code, ErrorCode::invalid_filter);
    }
  });
}

/// Twice the input may cost 2.3 times as much. Something that grows with the square costs four times as much each time
/// it is looked at, so one good look is proof enough.
void expect_linear(const std::string& shown, const std::function<void(std::size_t)>& work, std::size_t size) {
  constexpr int kLooks = 8;
  double ratio = 0;
  for (int look = 0; look < kLooks; ++look) {
    const double once = least_of(5, [&] { work(size); });
    const double twice = least_of(5, [&] { work(2 * size); });
    ratio = twice / once;
    if (ratio <= 2.3) return;
  }
  ADD_FAILURE() << shown << ": twice the size costs " << ratio << " times as much";
}

TEST(HostileCost, IsLinearInFiltersAndPaths) {
  const auto registry = test::shipped_registry();
  const auto& type = *registry->find_type("User");
  filter::Limits wide;
  wide.bytes = 64UL * 1024 * 1024;
  wide.depth = wide.tests = 1'000'000;
  const auto parses = [&](const std::function<std::string(std::size_t)>& text) {
    return [&, text](std::size_t size) {
      const std::string made = text(size);
      (void)filter::parse(made, type, wide);
    };
  };
  expect_linear("or", parses([](std::size_t n) { return repeated("title pr or ", n) + "title pr"; }), 4'000);
  expect_linear("and", parses([](std::size_t n) { return repeated("title eq \"a\" and ", n) + "title pr"; }), 4'000);
  expect_linear("parentheses",
                parses([](std::size_t n) { return repeated("(", n) + "title pr" + std::string(n, ')'); }), 20'000);
  expect_linear("literal", parses([](std::size_t n) { return "title eq \"" + repeated("\\u00e9", n) + "\""; }), 50'000);
  expect_linear("name", parses([](std::size_t n) { return std::string(n, 'a') + " pr"; }), 400'000);
  expect_linear("dots", parses([](std::size_t n) { return "name" + repeated(".a", n) + " pr"; }), 200'000);
  expect_linear("spaces", parses([](std::size_t n) { return "title" + std::string(n, ' ') + "pr"; }), 400'000);
  expect_linear(
      "paths",
      [&](std::size_t size) {
        const std::string path = "emails[" + repeated("type pr or ", size) + "type pr].value";
        for (int i = 0; i < 200; ++i) (void)patch::parse_path(path, type);
      },
      40);
}

TEST(HostileCost, IsLinearInBodies) {
  const auto registry = test::shipped_registry();
  const auto& type = *registry->find_type("User");
  const auto folder = adapter::icu::make_text_folder();
  const auto addresses = [](std::size_t count, std::size_t from) {
    std::string list;
    for (std::size_t i = 0; i < count; ++i) {
      list += (i == 0 ? "" : ",") + std::string(R"({"type":"work","value":"a)") + std::to_string(from + i) + "@x\"}";
    }
    return "[" + list + "]";
  };
  const auto user_of = [&](std::size_t count) {
    return json::parse(R"({"userName":"ana","emails":)" + addresses(count, 0) + "}").value();
  };
  expect_linear(
      "canonicalize",
      [&](std::size_t size) {
        const json::Value user = user_of(size);
        ASSERT_TRUE(resource::canonicalize(*registry, type, *user.as_object(), {}).has_value());
      },
      500);
  const auto stored = resource::canonicalize(*registry, type, *user_of(100).as_object(), {});
  ASSERT_TRUE(stored.has_value());
  expect_linear(
      "operations",
      [&](std::size_t size) {
        patch::RawOperation operation;
        operation.op = patch::Op::replace;
        operation.path = R"(emails[value eq "a99@x"].display)";
        operation.value = json::Value("x");
        const std::vector<patch::RawOperation> operations(size, operation);
        const auto resolved = patch::resolve(operations, type, patch::find_dialect("entra").value(), "id");
        ASSERT_TRUE(resolved.has_value());
        ASSERT_TRUE(patch::apply(*resolved, *registry, type, *stored, *folder, {}).has_value());
      },
      500);
}

}  // namespace
}  // namespace rolecall
