#include <cstddef>
#include <cstdint>
#include <memory>

#include "fuzz/check.hpp"
#include "fuzz/scim_fixture.hpp"
#include "rolecall/adapter/icu/text_folder.hpp"
#include "rolecall/json/write.hpp"
#include "rolecall/patch/dialect.hpp"
#include "rolecall/resource/key.hpp"
#include "rolecall/resource/projection.hpp"
#include "rolecall/resource/validate.hpp"

namespace {

namespace json = rolecall::json;
namespace resource = rolecall::resource;
namespace patch = rolecall::patch;

/// The body of a POST, then the same as a PUT on what was stored, then what an answer shows of it.
void check(json::Object body, const rolecall::schema::ResourceType& type, const patch::Dialect& dialect) {
  static const std::unique_ptr<rolecall::TextFolder> folder = rolecall::adapter::icu::make_text_folder();
  const auto& registry = rolecall::fuzz::shipped_registry();
  if (const auto rewritten = patch::rewrite_resource(body, type, dialect); !rewritten) {
    FUZZ_CHECK(rewritten.error().code != rolecall::ErrorCode::internal);
    return;
  }
  json::Object again = body;
  FUZZ_CHECK(patch::rewrite_resource(again, type, dialect).has_value() && again == body);
  resource::ValidationOptions options;
  options.checks_formats = dialect.name == "strict";
  const auto stored = resource::canonicalize(registry, type, body, options);
  if (!stored) {
    FUZZ_CHECK(stored.error().code == rolecall::ErrorCode::invalid_value && !stored.error().detail.empty());
    return;
  }
  const auto settled = resource::canonicalize(registry, type, *stored, options);
  FUZZ_CHECK(settled.has_value() && *settled == *stored);
  const auto replaced = resource::replace(registry, type, *stored, body, options);
  FUZZ_CHECK(replaced.has_value() && *replaced == *stored);
  const auto read = json::parse(json::write(*stored));
  FUZZ_CHECK(read.has_value() && *read->as_object() == *stored);
  for (const auto& entry : resource::index_of(type, *stored, *folder)) {
    FUZZ_CHECK(!entry.path.empty() && entry.element >= 0);
  }
  const auto all = resource::make_projection(type, "", "");
  const auto some = resource::make_projection(type, "userName,emails.value,displayName", "");
  FUZZ_CHECK(all.has_value() && some.has_value() && some->apply(*stored).size() <= all->apply(*stored).size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const patch::Dialect entra = patch::find_dialect("entra").value();
  const auto body = json::parse({reinterpret_cast<const char*>(data), size});
  if (!body || !body->is_object()) return 0;
  for (const patch::Dialect& dialect : {patch::strict_dialect(), entra}) {
    check(*body->as_object(), rolecall::fuzz::user_type(), dialect);
    check(*body->as_object(), rolecall::fuzz::group_type(), dialect);
  }
  return 0;
}
