#include <benchmark/benchmark.h>

#include "rolecall/json/parse.hpp"
#include "rolecall/resource/projection.hpp"
#include "rolecall/resource/validate.hpp"
#include "sample.hpp"

namespace rolecall::bench {
namespace {

void ResourceCanonicalize_User(benchmark::State& state) {
  const auto& type = *registry().find_type("User");
  const auto user = json::parse(user_text());
  if (!user) return state.SkipWithError("the sample does not parse");
  for (auto _ : state) {
    auto canonical = resource::canonicalize(registry(), type, *user->as_object(), {});
    if (!canonical) state.SkipWithError("the sample is not valid");
    benchmark::DoNotOptimize(canonical);
  }
}
BENCHMARK(ResourceCanonicalize_User);

void Project(benchmark::State& state, const char* attributes, const char* excluded) {
  const auto& type = *registry().find_type("User");
  const auto user = json::parse(user_text());
  const auto projection = resource::make_projection(type, attributes, excluded);
  if (!user || !projection) return state.SkipWithError("the sample is not valid");
  for (auto _ : state) benchmark::DoNotOptimize(projection->apply(*user->as_object()));
}
BENCHMARK_CAPTURE(Project, Default, "", "");
BENCHMARK_CAPTURE(Project, FourAttributes, "userName,name.familyName,emails.value,active", "");
BENCHMARK_CAPTURE(Project, WithoutAddresses, "", "addresses,phoneNumbers");

}  // namespace
}  // namespace rolecall::bench
