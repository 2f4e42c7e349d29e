#include "people_lookup.hpp"

namespace rolecall::administration {

Result<std::vector<store::PersonRecord>> people_named(const Environment& environment, store::Workspace& workspace,
                                                      const std::string& name) {
  constexpr std::int64_t kEnough = 2;
  auto& people = workspace.people();
  ROLECALL_TRY_ASSIGN(auto found, people.page({{}, {}, name, {}, true}, "", kEnough));
  if (!found.empty()) return found;
  ROLECALL_TRY_ASSIGN(found, people.page({{}, {}, {}, environment.folder.fold(name), true}, "", kEnough));
  if (!found.empty()) return found;
  ROLECALL_TRY_ASSIGN(const auto directories, workspace.directories().list());
  for (const auto& directory : directories) {
    ROLECALL_TRY_ASSIGN(auto person, people.find(directory.id, name));
    if (person) found.push_back(std::move(*person));
  }
  return found;
}

tl::unexpected<Error> several_people(const std::string& name) {
  return fail_with_next(ErrorCode::conflict, "Several people are “" + name + "”.", "Give the provider's id.");
}

}  // namespace rolecall::administration
