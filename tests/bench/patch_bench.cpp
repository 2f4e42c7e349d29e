#include <benchmark/benchmark.h>

#include "rolecall/adapter/icu/text_folder.hpp"
#include "rolecall/json/parse.hpp"
#include "rolecall/patch/apply.hpp"
#include "rolecall/patch/dialect.hpp"
#include "rolecall/patch/message.hpp"
#include "rolecall/patch/resolve.hpp"
#include "sample.hpp"

namespace rolecall::bench {
namespace {

// What a catalogue application of Okta sends to deactivate somebody.
constexpr const char* kDeactivate = R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],)"
                                    R"("Operations":[{"op":"replace","value":{"active":false}}]})";
constexpr const char* kWorkMail =
    R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[)"
    R"({"op":"replace","path":"emails[type eq \"work\"].value","value":"new@example.com"},)"
    R"({"op":"add","path":"name.honorificPrefix","value":"Dr."},{"op":"remove","path":"nickName"}]})";

// The whole pure way of a PATCH: bytes, message, dialect, resolution, application, validation.
void PatchUser(benchmark::State& state, const char* text) {
  const auto& type = *registry().find_type("User");
  const auto folder = adapter::icu::make_text_folder();
  const auto dialect = patch::okta_dialect();
  const auto user = json::parse(user_text());
  if (!user) return state.SkipWithError("the sample does not parse");
  const auto stored = resource::canonicalize(registry(), type, *user->as_object(), {});
  if (!stored) return state.SkipWithError("the sample is not valid");
  for (auto _ : state) {
    const auto body = json::parse(text);
    const auto operations = patch::parse_message(*body);
    if (!operations) return state.SkipWithError("the message is not a PATCH");
    const auto resolved = patch::resolve(*operations, type, dialect, "id");
    if (!resolved) return state.SkipWithError("the paths do not resolve");
    auto applied = patch::apply(*resolved, registry(), type, *stored, *folder, {});
    if (!applied || !applied->changed) return state.SkipWithError("the patch does nothing");
    benchmark::DoNotOptimize(applied);
  }
}
BENCHMARK_CAPTURE(PatchUser, Deactivate, kDeactivate);
BENCHMARK_CAPTURE(PatchUser, WorkMail, kWorkMail);

}  // namespace
}  // namespace rolecall::bench
