#include <benchmark/benchmark.h>

#include <string>

#include "rolecall/adapter/icu/text_folder.hpp"
#include "rolecall/filter/evaluate.hpp"
#include "rolecall/filter/parse.hpp"
#include "rolecall/json/parse.hpp"
#include "sample.hpp"

namespace rolecall::bench {
namespace {

constexpr const char* kOkta = R"(userName eq "user001234@example.com")";
constexpr const char* kNested =
    R"(active eq true and (title co "engineer" or emails[type eq "work" and value ew "@example.com"]) and not (nickName sw "x"))";

void FilterParse(benchmark::State& state, const char* text) {
  const auto& type = *registry().find_type("User");
  for (auto _ : state) {
    auto filter = filter::parse(text, type);
    if (!filter) state.SkipWithError("the filter does not parse");
    benchmark::DoNotOptimize(filter);
  }
}
BENCHMARK_CAPTURE(FilterParse, Okta, kOkta);
BENCHMARK_CAPTURE(FilterParse, Nested, kNested);

void FilterMatch(benchmark::State& state, const char* text) {
  const auto filter = filter::parse(text, *registry().find_type("User"));
  const auto user = json::parse(user_text());
  const auto folder = adapter::icu::make_text_folder();
  if (!filter || !user || !filter::matches(*filter, *user->as_object(), *folder)) {
    return state.SkipWithError("the sample does not match");
  }
  for (auto _ : state) benchmark::DoNotOptimize(filter::matches(*filter, *user->as_object(), *folder));
}
BENCHMARK_CAPTURE(FilterMatch, Okta, kOkta);
BENCHMARK_CAPTURE(FilterMatch, Nested, kNested);

}  // namespace
}  // namespace rolecall::bench
