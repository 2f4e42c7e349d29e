#include "rolecall/patch/dialect.hpp"

#include "rules.hpp"

namespace rolecall::patch {

Dialect strict_dialect() { return Dialect{"strict", false, false, false, false, false, false}; }

Dialect okta_dialect() { return Dialect{"okta", true, true, true, true, true, false}; }

Result<Dialect> find_dialect(std::string_view name) {
  for (Dialect dialect : {strict_dialect(), okta_dialect()}) {
    if (dialect.name == name) return dialect;
  }
  return fail(ErrorCode::invalid_value,
              "No dialect is called \"" + std::string(name) + "\"; known are okta and strict.");
}

Result<std::vector<RawOperation>> rewrite(std::vector<RawOperation> operations, const schema::ResourceType& type,
                                          const Dialect& dialect, std::string_view own_id,
                                          std::vector<std::string>* applied) {
  const auto note = [&](bool changed, const char* rule) {
    if (changed && applied != nullptr) applied->emplace_back(rule);
  };
  if (dialect.passes_over_own_id) {
    ROLECALL_TRY_ASSIGN(const bool changed, dialect::own_id(operations, own_id));
    note(changed, "own_id");
  }
  if (dialect.passes_over_echoes) note(dialect::read_only_echo(operations, type), "read_only_echo");
  if (dialect.reads_keys_as_paths) note(dialect::keys_as_paths(operations, type), "keys_as_paths");
  if (dialect.removes_listed_members) note(dialect::listed_members(operations), "listed_members");
  return operations;
}

}  // namespace rolecall::patch
