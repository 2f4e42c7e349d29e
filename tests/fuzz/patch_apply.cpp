#include "rolecall/patch/apply.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>

#include "fuzz/check.hpp"
#include "fuzz/scim_fixture.hpp"
#include "rolecall/adapter/icu/text_folder.hpp"
#include "rolecall/json/write.hpp"

namespace {

namespace json = rolecall::json;
namespace patch = rolecall::patch;

constexpr const char* kOwnId = "2819c223-7f76-453a-919d-413861904646";

bool same(const patch::RawOperation& a, const patch::RawOperation& b) {
  return a.op == b.op && a.path == b.path && a.value == b.value;
}

void check_document(const rolecall::schema::ResourceType& type, const json::Object& document) {
  const rolecall::schema::Registry& registry = rolecall::fuzz::shipped_registry();
  // What a patch leaves behind is what a PUT of the same would have stored.
  const auto canonical = rolecall::resource::canonicalize(registry, type, document, {});
  FUZZ_CHECK(canonical.has_value());
  FUZZ_CHECK(*canonical == document);
  const auto read = json::parse(json::write(document));
  FUZZ_CHECK(read.has_value() && *read->as_object() == document);
}

void check(const std::vector<patch::RawOperation>& operations, const rolecall::schema::ResourceType& type,
           const json::Object& stored, const patch::Dialect& dialect) {
  static const std::unique_ptr<rolecall::TextFolder> folder = rolecall::adapter::icu::make_text_folder();
  const rolecall::schema::Registry& registry = rolecall::fuzz::shipped_registry();
  const auto once = patch::rewrite(operations, type, dialect, kOwnId);
  if (!once) return;
  const auto twice = patch::rewrite(*once, type, dialect, kOwnId);
  FUZZ_CHECK(twice.has_value() && std::equal(once->begin(), once->end(), twice->begin(), twice->end(), same));

  const auto resolved = patch::resolve(operations, type, dialect, kOwnId);
  if (!resolved) {
    FUZZ_CHECK(resolved.error().code != rolecall::ErrorCode::internal);
    return;
  }
  const auto applied = patch::apply(*resolved, registry, type, stored, *folder, {});
  if (!applied) {
    FUZZ_CHECK(applied.error().code != rolecall::ErrorCode::internal);
    return;
  }
  FUZZ_CHECK(applied->changed == (applied->document != stored));
  check_document(type, applied->document);
}

json::Object canonical(const rolecall::schema::ResourceType& type, const json::Object& input) {
  auto document = rolecall::resource::canonicalize(rolecall::fuzz::shipped_registry(), type, input, {});
  FUZZ_CHECK(document.has_value());
  return std::move(*document);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const json::Object user = canonical(rolecall::fuzz::user_type(), rolecall::fuzz::sample_user());
  static const json::Object group = canonical(rolecall::fuzz::group_type(), json::Object{{"displayName", "Admins"}});
  const auto body = json::parse({reinterpret_cast<const char*>(data), size});
  if (!body) return 0;
  const auto operations = patch::parse_message(*body);
  if (!operations) {
    FUZZ_CHECK(operations.error().code != rolecall::ErrorCode::internal);
    return 0;
  }
  static const patch::Dialect entra = patch::find_dialect("entra").value();
  for (const patch::Dialect& dialect : {patch::strict_dialect(), patch::okta_dialect(), entra}) {
    check(*operations, rolecall::fuzz::user_type(), user, dialect);
    check(*operations, rolecall::fuzz::group_type(), group, dialect);
  }
  return 0;
}
