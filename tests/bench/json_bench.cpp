#include <benchmark/benchmark.h>

#include "rolecall/json/parse.hpp"
#include "rolecall/json/write.hpp"
#include "sample.hpp"

namespace rolecall::bench {
namespace {

void JsonParse_User(benchmark::State& state) {
  const std::string text = user_text();
  for (auto _ : state) {
    auto value = json::parse(text);
    if (!value) state.SkipWithError("the sample does not parse");
    benchmark::DoNotOptimize(value);
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
BENCHMARK(JsonParse_User);

void JsonWrite_User(benchmark::State& state) {
  const auto value = json::parse(user_text());
  if (!value) return state.SkipWithError("the sample does not parse");
  std::string text;
  for (auto _ : state) {
    text = json::write(*value);
    benchmark::DoNotOptimize(text);
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
BENCHMARK(JsonWrite_User);

// A push of 10,000 members in one PATCH: 0.7 MB.
void JsonParse_TenThousandMembers(benchmark::State& state) {
  std::string text =
      R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"add","path":"members","value":[)";
  for (int i = 0; i < 10'000; ++i) {
    text += (i == 0 ? R"({"value":")" : R"(,{"value":")") + std::to_string(100'000 + i) +
            R"(-7c3e-7a10-9d2b-2f6f0d3c1a4e","display":"Person of the group"})";
  }
  text += "]}]}";
  for (auto _ : state) {
    auto value = json::parse(text);
    if (!value) state.SkipWithError("the sample does not parse");
    benchmark::DoNotOptimize(value);
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
BENCHMARK(JsonParse_TenThousandMembers)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace rolecall::bench
